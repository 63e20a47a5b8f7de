import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { PicoEvent } from '../shared/events/event';
import { toMs } from '../shared/events/timestamp';
import { answered, storeOnceMore } from './afterCall';
import type { CaughtUp } from './catchUp';
import { clientOf } from './client';
import { AFTER_A_CALL, goOnLater } from './goOn';
import { itemsOf } from './items';
import { withMissed } from './missed';
import { newerProgress } from './newerProgress';
import { store } from './progress';
import type { Registration } from './registration';
import { say } from './say';
import type { WebhookSettings } from './settings';
import { turnKey, type Memory } from './turns';

/** A call of the trigger's address that is to be delivered. */
export interface Call {
	registration: Registration;
	settings: WebhookSettings;
	arrived: readonly PicoEvent[];
	/** Sent by the trigger itself to go on with catching up. */
	own: boolean;
}

/** Starts one run with what has arrived and what was missed before it, and moves the position over both. */
export async function deliverCall(
	context: IWebhookFunctions,
	call: Call,
	memory: Memory,
): Promise<{ result: IWebhookResponseData; settled: Promise<unknown> }> {
	const { registration, settings, arrived, own } = call;
	const client = await clientOf(context);
	const progress = newerProgress(context, client, settings, arrived, memory);
	const fresh = arrived.filter((event) => !progress.isDelivered(event));
	if (fresh.length === 0 && !own) {
		return { result: { webhookResponse: { message: 'Delivered before' } }, settled: Promise.resolve() };
	}

	const caughtUp = await withMissed(client, settings, progress, { arrived: fresh, own }, memory);
	const stored = store(context, progress);
	const settled = answered(context).then((ok) => {
		if (!ok) return;
		memory.latest = stored;
		for (const { event } of caughtUp.deliver) memory.seen.add(event.id, toMs(event.cursor));
	});
	tell(context, call, caughtUp, stored.cursor);
	if (caughtUp.more && !memory.closing.signal.aborted) goOnLater(context, turnKey(context), registration, AFTER_A_CALL);
	if (caughtUp.deliver.length === 0) {
		return { result: { webhookResponse: { message: caughtUp.more ? 'Catching up' : 'Nothing new' } }, settled };
	}
	const posted = new Set(arrived.map(({ id }) => id));
	const items = await itemsOf(client, settings, caughtUp.deliver, posted);
	void storeOnceMore(context, progress);
	return { result: { workflowData: [items] }, settled };
}

function tell(context: IWebhookFunctions, { arrived, own }: Call, { deliver, more, failure }: CaughtUp, cursor: string): void {
	const missed = deliver.length - (more || failure ? 0 : arrived.length);
	if (failure) {
		const line = `Could not ask Pico for missed events (${failure.message}); asks again with the next event, from ${cursor} on`;
		say(context, 'warn', line);
	} else if (own || missed > 0) {
		say(context, 'info', `Fetched ${Math.max(0, missed)} missed event(s), now at ${cursor}${more ? '; more to come' : ''}`);
	}
}
