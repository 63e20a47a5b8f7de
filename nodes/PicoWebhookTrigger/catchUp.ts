import type { PicoClient } from '../shared/api/client';
import type { Dialect } from '../shared/api/dialect/dialect';
import { canReplay } from '../shared/api/documents/subscription';
import type { PicoFailure } from '../shared/api/failure';
import { pause } from '../shared/api/pause';
import { replay } from '../shared/api/replay';
import { matches, serverFilter } from '../shared/delivery/filter';
import type { PicoEvent } from '../shared/events/event';
import { compareTimestamps } from '../shared/events/timestamp';
import type { Progress } from './progress';
import { fieldsOf, type WebhookSettings } from './settings';
import { asFailure } from '../shared/api/failure';

export interface CatchUpOptions {
	/** RFC 3339 timestamp from which to read. */
	from: string;
	/** New events that Pico has just sent; reading ends where they stand. Without any: with the newest event. */
	arrived: readonly PicoEvent[];
	budgetMs: number;
	/** Events to deliver at most. */
	most: number;
	closing: AbortSignal;
}

export interface CaughtUp {
	/** What to deliver, in order; the progress has moved over it. */
	deliver: Array<{ event: PicoEvent; correction: boolean }>;
	/** Whether Pico has more that is due: time or room ran out. */
	more: boolean;
	/** Why nothing could be read. */
	failure?: PicoFailure;
}

/** A server that sent nothing for so long has nothing more. */
const IDLE_MS = 700;

/**
 * Reads what the webhook missed since the last delivered event, and moves the progress over it.
 *
 * Events come in the order in which Pico stored them: an event that has just arrived waits until all before it are
 * delivered, also when that takes another call. Only where Pico cannot be asked it goes ahead, and the cursor stays.
 */
export async function catchUp(
	client: PicoClient,
	settings: WebhookSettings,
	progress: Progress,
	options: CatchUpOptions,
): Promise<CaughtUp> {
	const { kind } = settings;
	const deliver: CaughtUp['deliver'] = [];
	const waiting = new Map(options.arrived.map((event) => [event.id, event]));
	const hasTarget = waiting.size > 0;
	let moved = false;

	const take = (event: PicoEvent, acknowledge: (event: PicoEvent) => void) => {
		deliver.push({ event, correction: kind.id === 'orderCompleted' && progress.isCorrection(event) });
		acknowledge(event);
	};
	const inOrder = (event: PicoEvent) => take(event, (each) => progress.acknowledge(each));
	const ahead = (event: PicoEvent) => take(event, (each) => progress.acknowledgeAhead(each));

	const outcome = await read(client, settings, options, (event) => {
		if (progress.isDelivered(event)) {
			progress.seeAgain(event);
			return 'on';
		}
		if (deliver.length >= options.most) return 'full';
		moved = true;
		if (matches(settings, event)) inOrder(event);
		else progress.pass(event);
		waiting.delete(event.id);
		return hasTarget && waiting.size === 0 ? 'reached' : 'on';
	});

	const left = [...waiting.values()].sort((a, b) => compareTimestamps(a.cursor, b.cursor));
	if (outcome === 'reached') return { deliver, more: false };
	// An event that the stream does not show again (some updates keep the time of the original) stands where it came.
	if (outcome === 'end' || outcome === 'cannot') {
		left.forEach(inOrder);
		return { deliver, more: false };
	}
	if (outcome === 'full' || (outcome === 'late' && moved)) return { deliver, more: true };
	left.forEach(ahead);
	// Too slow for the short time of an event: worth one longer try of our own, but no more than one.
	return outcome === 'late' ? { deliver, more: hasTarget } : { deliver, more: false, failure: outcome.failure };
}

type Step = 'on' | 'full' | 'reached';

/**
 * `end`: nothing more before the newest arrived event. `late`: time ran out. `cannot`: this Pico sends no past events.
 */
async function read(
	client: PicoClient,
	settings: WebhookSettings,
	{ from, arrived, budgetMs, closing }: CatchUpOptions,
	see: (event: PicoEvent) => Step,
): Promise<'end' | 'late' | 'cannot' | 'full' | 'reached' | { failure: PicoFailure }> {
	const { kind } = settings;
	const limit = new AbortController();
	const done = new AbortController();
	void pause(budgetMs, done.signal).then(() => {
		if (!done.signal.aborted) limit.abort();
	});
	const signal = AbortSignal.any([limit.signal, closing]);
	let dialect: Dialect | undefined;
	try {
		dialect = await client.dialect(signal);
		if (!canReplay(kind, dialect)) return 'cannot';
		const window = {
			from,
			to: newest(arrived),
			where: serverFilter(settings, dialect),
			fields: fieldsOf(settings),
			batchSize: 100,
			idleMs: IDLE_MS,
			signal,
		};
		for await (const events of replay(client, kind, window)) {
			for (const event of events) {
				const step = see(event);
				if (step !== 'on') return step;
			}
		}
		return signal.aborted ? 'late' : 'end';
	} catch (error) {
		if (signal.aborted) return 'late';
		return dialect && !canReplay(kind, dialect) ? 'cannot' : { failure: asFailure(error) };
	} finally {
		done.abort();
		limit.abort();
	}
}

/** `undefined` unless every event has a time. */
function newest(events: readonly PicoEvent[]): string | undefined {
	if (events.length === 0 || events.some(({ cursor }) => cursor === '')) return undefined;
	return events.reduce((latest, { cursor }) => (compareTimestamps(cursor, latest) > 0 ? cursor : latest), events[0].cursor);
}
