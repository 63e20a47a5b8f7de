import { WEBHOOKS } from '../../../shared/api/documents/reads';
import { PicoFailure } from '../../../shared/api/failure';
import { readWebhooks, type WebhookHandle } from '../../../shared/api/models/webhook';
import { EVENT_KINDS } from '../../../shared/events/kinds';
import type { Run } from '../../helpers/run';

export async function listWebhooks(run: Run): Promise<WebhookHandle[]> {
	const webhooks = readWebhooks(await run.read(() => WEBHOOKS));
	if (!webhooks) throw new PicoFailure('graphql', 'Pico lists its webhooks in a form that this node cannot read');
	return webhooks;
}

/** Name of the event that a fragment asks for; `null` for a type this package does not know. */
export function eventOf(fragment: string | null | undefined): string | null {
	const type = /\bfragment\s+\w+\s+on\s+(\w+)/.exec(fragment ?? '')?.[1];
	return EVENT_KINDS.find((kind) => kind.typeName === type)?.id ?? null;
}
