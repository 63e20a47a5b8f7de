import { listWebhooks } from '../../../shared/api/webhooks';
import { EVENT_KINDS } from '../../../shared/events/kinds';
import { readLimit } from '../../helpers/returnAll';
import type { Execute } from '../../helpers/run';

export const execute: Execute = async (run, item) => {
	const limit = readLimit(run, item);
	const webhooks = await listWebhooks(run.client, run.signal);
	return webhooks.slice(0, limit).map(({ subscriptionId, webhookUrl, responseFragment, createdAt, lastEventAt }) => ({
		subscriptionId: subscriptionId ?? null,
		event: eventOf(responseFragment),
		webhookUrl: webhookUrl ?? null,
		responseFragment: responseFragment ?? null,
		createdAt: createdAt ?? null,
		lastEventAt: lastEventAt ?? null,
	}));
};

/** Name of the event that a fragment asks for; `null` for a type this package does not know. */
export function eventOf(fragment: string | null | undefined): string | null {
	const type = /\bfragment\s+\w+\s+on\s+(\w+)/.exec(fragment ?? '')?.[1];
	return EVENT_KINDS.find((kind) => kind.typeName === type)?.id ?? null;
}
