import type { PicoClient } from '../shared/api/client';
import type { Dialect } from '../shared/api/dialect/dialect';
import { canReplay } from '../shared/api/documents/subscription';
import { asFailure, type PicoFailure } from '../shared/api/failure';
import { pause } from '../shared/api/pause';
import { replay } from '../shared/api/replay';
import { matches, serverFilter } from '../shared/delivery/filter';
import type { Place } from '../shared/delivery/place/place';
import type { EventChoice } from '../shared/delivery/settings';
import { compareTimestamps } from '../shared/events/timestamp';
import { readRow, unreadable, type Arrival } from '../shared/delivery/arrival';

export interface CatchUpOptions {
	/** RFC 3339 timestamp from which to read. */
	from: string;
	/** New events that Pico has just sent; reading ends where they stand. Without any: with the newest event. */
	arrived: readonly Arrival[];
	/** Whether this process knows that an event is delivered. */
	isDelivered: (event: Arrival) => boolean;
	budgetMs: number;
	closing: AbortSignal;
}

export interface CaughtUp {
	/** What to deliver in one run, in order; the place has moved over it. */
	deliver: Array<{ event: Arrival; correction: boolean }>;
	/** Whether Pico has more that is due: time or room ran out. */
	more: boolean;
	/** Why nothing could be read. */
	failure?: PicoFailure;
}

/** A server that sent nothing for so long has nothing more. */
const IDLE_MS = 700;
/** Events that one run holds at most. */
const MOST_EVENTS = 500;

/**
 * Reads what the webhook missed since the last delivered event, and moves the place over it.
 *
 * Events come in the order in which Pico stored them: an event that has just arrived waits until all before it are
 * delivered, also when that takes another call. Only where Pico cannot be asked it goes ahead, and the cursor stays. A
 * row that cannot be used is a run of its own.
 */
export async function catchUp(
	client: PicoClient,
	settings: EventChoice,
	place: Place,
	options: CatchUpOptions,
): Promise<CaughtUp> {
	const deliver: CaughtUp['deliver'] = [];
	const waiting = new Map(options.arrived.map((event) => [event.id, event]));
	const hasTarget = waiting.size > 0;
	let moved = false;

	const hasRoom = (event: Arrival) =>
		deliver.length === 0 || (deliver.length < MOST_EVENTS && !event.problem && !deliver[0].event.problem);
	const take = (event: Arrival, acknowledge: (event: Arrival) => void) => {
		deliver.push({ event, correction: settings.kind.repeatIsCorrection && !event.problem && place.isCorrection(event) });
		acknowledge(event);
	};
	const takeAll = (events: readonly Arrival[], acknowledge: (event: Arrival) => void) => {
		const fitting = events.findIndex((event) => !hasRoom(event) || (take(event, acknowledge), false));
		return fitting < 0 ? [] : events.slice(fitting);
	};
	const inOrder = (event: Arrival) => place.acknowledge([event]);
	const ahead = (event: Arrival) => place.acknowledgeAhead(event);

	const outcome = await read(client, settings, options, (event) => {
		if (options.isDelivered(event)) {
			// What was delivered ahead now has nothing missing before it.
			place.leaveOut(event);
			return 'on';
		}
		if (!hasRoom(event)) return 'full';
		moved = true;
		if (event.problem || matches(settings, event)) take(event, inOrder);
		else place.leaveOut(event);
		waiting.delete(event.id);
		return hasTarget && waiting.size === 0 ? 'reached' : 'on';
	});

	const left = [...waiting.values()].sort((a, b) => compareTimestamps(a.cursor, b.cursor));
	if (outcome === 'reached') return { deliver, more: false };
	// An event that the stream does not show again (some updates keep the time of the original) stands where it came.
	if (outcome === 'end' || outcome === 'cannot') return { deliver, more: takeAll(left, inOrder).length > 0 };
	if (outcome === 'full' || (outcome === 'late' && moved)) return { deliver, more: true };
	const kept = takeAll(left, ahead).length > 0;
	// Too slow for the short time of an event: worth one longer try of our own, but no more than one.
	return outcome === 'late' ? { deliver, more: hasTarget } : { deliver, more: kept, failure: outcome.failure };
}

type Step = 'on' | 'full' | 'reached';

/**
 * `end`: nothing more before the newest arrived event. `late`: time ran out. `cannot`: this Pico sends no past events.
 */
async function read(
	client: PicoClient,
	settings: EventChoice,
	{ from, arrived, budgetMs, closing }: CatchUpOptions,
	see: (event: Arrival) => Step,
): Promise<'end' | 'late' | 'cannot' | 'full' | 'reached' | { failure: PicoFailure }> {
	const { kind } = settings;
	const limit = new AbortController();
	const done = new AbortController();
	void pause(budgetMs, done.signal).then(() => {
		if (!done.signal.aborted) limit.abort();
	});
	const signal = AbortSignal.any([limit.signal, closing]);
	const strange: Arrival[] = [];
	let dialect: Dialect | undefined;
	try {
		dialect = await client.dialect(signal);
		if (!canReplay(kind, dialect)) return 'cannot';
		const window = {
			from,
			to: newest(arrived),
			where: serverFilter(settings, dialect),
			fields: settings.output === 'fields' ? settings.fields : undefined,
			batchSize: 100,
			idleMs: IDLE_MS,
			signal,
			onUnreadable: (reason: string, text: string) => void strange.push(unreadable(kind, text, `A message from Pico could not be read (${reason})`)),
		};
		for await (const events of replay(client, kind, window)) {
			for (const event of [...strange.splice(0), ...events]) {
				const step = see(readRow(settings, event.row));
				if (step !== 'on') return step;
			}
		}
		for (const event of strange) if (see(event) === 'full') return 'full';
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
function newest(events: readonly Arrival[]): string | undefined {
	if (events.length === 0 || events.some(({ cursor }) => cursor === '')) return undefined;
	return events.reduce((latest, { cursor }) => (compareTimestamps(cursor, latest) > 0 ? cursor : latest), events[0].cursor);
}
