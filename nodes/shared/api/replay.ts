import { compareMoments, compareTimestamps, minusMs, toMoment, type Moment } from '../events/timestamp';
import { rowsOf, toEvent, type PicoEvent } from '../events/event';
import { identityText } from '../events/identity';
import { SeenWindow } from '../events/window';
import type { EventKind } from '../events/types';
import type { PicoClient } from './client';
import { canReplay, subscriptionDocument, type StreamOptions } from './documents/subscription';
import { asFailure, isTransient, PicoFailure } from './failure';
import { Patience, pause, within } from './pause';
import { sseFrames } from './stream/sse';
import type { StreamEnd, StreamFrame } from './stream/types';

export interface ReplayOptions extends Omit<StreamOptions, 'cursor'> {
	/** RFC 3339 timestamp; events at or after it are read. */
	from: string;
	/** RFC 3339 timestamp; reading ends with the first event after it. Without it: until caught up. */
	to?: string;
	/** The server counts as caught up when it sent no event for so long. Default 3 s. */
	idleMs?: number;
	signal?: AbortSignal;
	/** A frame or row that cannot be read; reading goes on. */
	onUnreadable?: (reason: string, text: string) => void;
}

const DEFAULT_IDLE_MS = 3_000;
const CONNECT_MS = 30_000;
const RECONNECTS = 4;
/** Covers ties at the edge of a batch and both readings of "after the cursor" when a broken stream is resumed. */
const OVERLAP_MS = 2_000;
const IDLE = Symbol('idle');

/**
 * Reads a window of past events through the stream, oldest first, in batches as they come. Uses only documented
 * arguments. Touches no trigger's cursor. A stream that breaks is resumed where it stood; what was read before is not
 * given out twice.
 *
 * @throws PicoFailure when the stream cannot be opened, keeps breaking, or this Pico cannot replay
 */
export async function* replay(client: PicoClient, kind: EventKind, options: ReplayOptions): AsyncGenerator<PicoEvent[]> {
	const dialect = await client.dialect(options.signal);
	const seen = new SeenWindow(OVERLAP_MS);
	const bounds: Bounds = { from: toMoment(options.from), to: toMoment(options.to) };
	// One millisecond earlier, since a cursor may be exclusive and events "at" the start belong to the window.
	let position = minusMs(options.from, 1);
	let broken = 0;

	for (;;) {
		const attempt = new AbortController();
		const stop = () => attempt.abort();
		options.signal?.addEventListener('abort', stop, { once: true });
		let failure: PicoFailure | undefined;
		let frames: AsyncGenerator<StreamFrame, StreamEnd> | undefined;
		const patience = new Patience(options.idleMs ?? DEFAULT_IDLE_MS);
		try {
			const document = subscriptionDocument(kind, dialect, { ...options, cursor: position });
			if (!canReplay(kind, dialect)) {
				throw new PicoFailure('graphql', 'This Pico cannot send past events again', {
					hint: `Its '${kind.streamField}' takes no cursor. Ask Pico for an update.`,
				});
			}
			let opened = () => {};
			const open = new Promise<void>((resolve) => (opened = resolve));
			frames = sseFrames(client, { document, signal: attempt.signal, onOpen: () => opened() });
			for (let first = true; ; first = false) {
				const coming = frames.next();
				// The idle time counts from the moment the server accepted the stream, however long that took.
				if (first && (await within(Promise.race([open, coming]), CONNECT_MS, IDLE)) === IDLE) throw tooSlow();
				const next = await patience.await(coming, IDLE);
				if (next === IDLE) return;
				if (next.done) break;
				const { events, last, past } = read(kind, next.value, options, bounds, seen);
				if (last !== undefined && compareTimestamps(last, position) > 0) position = last;
				if (events.length > 0) {
					broken = 0;
					yield events;
				}
				if (past) return;
			}
			if (options.signal?.aborted) return;
		} catch (error) {
			failure = asFailure(error);
		} finally {
			attempt.abort();
			patience.stop();
			// Its clean-up closes the socket, also where the helper of n8n does not listen to our signal.
			void frames?.return('ended');
			options.signal?.removeEventListener('abort', stop);
		}
		if (failure && dialect.learn(failure)) continue;
		if (failure && !isTransient(failure)) throw failure;
		if (++broken > RECONNECTS) {
			throw failure ?? new PicoFailure('cutOff', 'Pico ends the stream again and again', { hint: 'Try again later.' });
		}
		await pause(Math.max(failure?.details.retryAfterMs ?? 0, 250 * 2 ** broken), options.signal);
		position = minusMs(position, OVERLAP_MS);
		if (compareTimestamps(position, options.from) < 0) position = minusMs(options.from, 1);
	}
}

function tooSlow(): PicoFailure {
	return new PicoFailure('timeout', `Pico did not open the stream within ${CONNECT_MS / 1000} s`, { hint: 'Try again later.' });
}

interface Bounds {
	from: Moment | undefined;
	/** Absent: no end. */
	to: Moment | undefined;
}

/** The new events of a frame that lie inside the window, and the latest cursor; `past` once the end was passed. */
function read(kind: EventKind, frame: StreamFrame, options: ReplayOptions, { from, to }: Bounds, seen: SeenWindow) {
	const events: PicoEvent[] = [];
	if (frame.kind === 'unreadable') {
		options.onUnreadable?.(frame.reason, frame.text);
		return { events, past: false };
	}
	const { rows, strange } = rowsOf(frame.data[kind.streamField]);
	for (const entry of strange) options.onUnreadable?.('not an object', JSON.stringify(entry));
	let latest: Moment | undefined;
	let last: string | undefined;
	let past = false;
	for (const row of rows) {
		const event = toEvent(kind, row);
		const identity = identityText(kind, event.row);
		if (seen.has(identity)) continue;
		const moment = toMoment(event.cursor);
		if (to && compareMoments(moment, to) > 0) {
			past = true;
			continue;
		}
		if (event.cursor !== '' && compareMoments(moment, from) < 0) continue;
		seen.add(identity, moment?.ms);
		events.push(event);
		if (compareMoments(moment, latest) <= 0) continue;
		latest = moment;
		last = event.cursor;
	}
	return { events, last, past };
}
