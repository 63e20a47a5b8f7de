import type { PicoClient } from '../shared/api/client';
import { asFailure } from '../shared/api/failure';
import type { PicoEvent } from '../shared/events/event';
import { compareTimestamps, minusMs } from '../shared/events/timestamp';
import { catchUp, type CaughtUp } from './catchUp';
import type { Progress } from './progress';
import type { WebhookSettings } from './settings';
import type { Memory } from './turns';

/**
 * n8n answers Pico when a call is over and the run has been started, and Pico drops an event whose delivery takes too
 * long: reading what was missed gets little time, and goes on in another call.
 */
const EVENT_BUDGET_MS = 2_500;
/** A call of our own may take longer. */
const OWN_BUDGET_MS = 10_000;
/** Events that one call starts a run with at most. */
const MOST_EVENTS = 500;
/** Read again before each event; the whole look-back window once a minute is enough. */
const OVERLAP_MS = 2_000;
const LOOK_BACK_EVERY_MS = 60_000;

/** What has arrived with a call, and what was missed before it, in order. */
export async function withMissed(
	client: PicoClient | undefined,
	settings: WebhookSettings,
	progress: Progress,
	{ arrived, own }: { arrived: readonly PicoEvent[]; own: boolean },
	memory: Memory,
): Promise<CaughtUp> {
	if (!client) return unreachable(arrived, progress);
	const now = Date.now();
	const short = !own && now - memory.lookedBackAt < LOOK_BACK_EVERY_MS;
	const overlap = minusMs(progress.cursor, OVERLAP_MS);
	const from = short && compareTimestamps(overlap, progress.resumeFrom) > 0 ? overlap : progress.resumeFrom;
	const caughtUp = await catchUp(client, settings, progress, {
		from,
		arrived,
		budgetMs: own ? OWN_BUDGET_MS : EVENT_BUDGET_MS,
		most: MOST_EVENTS,
		closing: memory.closing.signal,
	});
	if (!short && !caughtUp.failure && !caughtUp.more) memory.lookedBackAt = now;
	return caughtUp;
}

/** Without a usable credential nothing can be read; what has arrived is delivered all the same. */
function unreachable(events: readonly PicoEvent[], progress: Progress): CaughtUp {
	for (const event of events) progress.acknowledgeAhead(event);
	return {
		deliver: events.map((event) => ({ event, correction: false })),
		more: false,
		failure: asFailure(new Error('The credential cannot be used')),
	};
}
