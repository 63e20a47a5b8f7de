import { compareMoments, compareTimestamps, minusMs, toMoment, type Moment } from '../events/timestamp';
import { rowsOf, toEvent, type PicoEvent } from '../events/event';
import { identityText } from '../events/identity';
import { SeenWindow } from '../events/window';
import type { EventKind } from '../events/types';
import type { PicoClient } from './client';
import type { Dialect } from './dialect/dialect';
import { canReplay, subscriptionDocument, type StreamOptions } from './documents/subscription';
import { asFailure, isTransient, PicoFailure, type GraphqlErrorEntry } from './failure';
import { IdleLimit, pause, within } from './pause';
import { parseReason, printed } from './result';
import { Retries, RETRY } from './retry';
import { sseFrames } from './stream/sse';
import type { Frame, StreamEnd, StreamFrame } from './stream/types';
import { UnresolvedRows } from './unresolved';

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
/** Covers ties at the edge of a batch and both readings of "after the cursor" when a broken stream is resumed. */
const OVERLAP_MS = 2_000;
/** Good rows read one by one in a row before a stream with many rows a frame is opened again. */
const ROWS_BEFORE_MANY = 500;
const IDLE = Symbol('idle');

/**
 * Reads a window of past events through the stream, oldest first, in batches as they come. Uses only documented
 * arguments. Touches no trigger's cursor. A stream that breaks is resumed where it stood; what was read before is not
 * given out twice. A row that cannot be read, or that Pico cannot resolve, costs at most itself.
 *
 * @throws PicoFailure when the stream cannot be opened, keeps breaking, or this Pico cannot replay
 */
export async function* replay(client: PicoClient, kind: EventKind, options: ReplayOptions): AsyncGenerator<PicoEvent[]> {
	const dialect = await client.dialect(options.signal);
	const retries = new Retries(RETRY.replay);
	const reading = new Reading(client, kind, dialect, options);

	for (;;) {
		let failure: PicoFailure | undefined;
		try {
			const build = () => ({ document: reading.document() });
			// The first frame tells whether the server takes the document; the rest is read outside.
			const stream = await dialect.adapting(build, async ({ document }) => await opened(client, document, options));
			for await (const events of reading.batches(stream)) {
				if (events.length === 0) continue;
				retries.reset();
				yield events;
			}
			if (reading.isDone || options.signal?.aborted) return;
		} catch (error) {
			failure = asFailure(error);
		}
		if (!failure && reading.isAgain) continue;
		if (failure && !isTransient(failure)) throw failure;
		const wait = retries.next(failure?.details.retryAfterMs);
		if (wait === undefined) {
			throw failure ?? new PicoFailure('cutOff', 'Pico keeps ending the stream', { hint: 'Try again later.' });
		}
		await pause(wait, options.signal);
		if (options.signal?.aborted) return;
	}
}

/** A stream of which the first frame has come, or nothing within the time. */
interface Opened {
	frames: AsyncGenerator<Frame, StreamEnd>;
	first: IteratorResult<Frame, StreamEnd> | typeof IDLE;
	close(): void;
}

/** @throws PicoFailure when the server does not open the stream, or refuses it */
async function opened(client: PicoClient, document: string, { idleMs = DEFAULT_IDLE_MS, signal }: ReplayOptions): Promise<Opened> {
	const attempt = new AbortController();
	const stop = () => attempt.abort();
	signal?.addEventListener('abort', stop, { once: true });
	if (signal?.aborted) stop();
	let tellOpen = () => {};
	const open = new Promise<void>((resolve) => (tellOpen = resolve));
	const frames = sseFrames(client, { document, signal: attempt.signal, onOpen: () => tellOpen() });
	const close = () => {
		attempt.abort();
		signal?.removeEventListener('abort', stop);
		// Its clean-up closes the socket, also where the helper of n8n does not listen to our signal.
		void frames.return('ended').catch(() => undefined);
	};
	try {
		const coming = frames.next();
		// The idle time counts from the moment the server accepted the stream, however long that took.
		if ((await within(Promise.race([open, coming]), CONNECT_MS, IDLE)) === IDLE) throw tooSlow();
		return { frames, first: await within(coming, idleMs, IDLE), close };
	} catch (error) {
		close();
		throw asFailure(error);
	}
}

/** Where a replay stands, over all the streams that it needs. */
class Reading {
	/** Everything wanted was read. */
	isDone = false;
	/** The stream is to be opened again at once, row by row: one of its rows hides the others. */
	isAgain = false;
	private readonly seen = new SeenWindow(OVERLAP_MS);
	private readonly from: Moment | undefined;
	/** Absent: no end. */
	private readonly to: Moment | undefined;
	/** One millisecond earlier than wanted, since a cursor may be exclusive and events "at" the start belong to the window. */
	private position: string;
	private isFirst = true;
	/** Cursor up to which rows are read one by one. */
	private oneByOneUntil: string | undefined;
	private batchSize: number | undefined;
	private readonly unresolved: UnresolvedRows;

	constructor(
		client: PicoClient,
		private readonly kind: EventKind,
		private readonly dialect: Dialect,
		private readonly options: ReplayOptions,
	) {
		this.from = toMoment(options.from);
		this.to = toMoment(options.to);
		this.position = minusMs(options.from, 1);
		this.unresolved = new UnresolvedRows(client, kind, sseFrames);
	}

	/** @throws PicoFailure when the server turned out to take no cursor */
	document(): string {
		let cursor = this.position;
		if (!this.isFirst) {
			cursor = minusMs(cursor, OVERLAP_MS);
			if (compareTimestamps(cursor, this.options.from) < 0) cursor = minusMs(this.options.from, 1);
		}
		const oneByOne = this.oneByOneUntil !== undefined && compareTimestamps(cursor, this.oneByOneUntil) <= 0;
		this.batchSize = oneByOne ? 1 : this.options.batchSize;
		const document = subscriptionDocument(this.kind, this.dialect, { ...this.options, cursor, batchSize: this.batchSize });
		if (!canReplay(this.kind, this.dialect)) throw cannotReplay(this.kind);
		return document;
	}

	/** The new events of a stream, frame by frame, until it ends, is idle, or the end of the window is passed. */
	async *batches({ frames, first, close }: Opened): AsyncGenerator<PicoEvent[], void> {
		this.isFirst = false;
		this.isAgain = false;
		this.unresolved.begin();
		const idle = new IdleLimit(this.options.idleMs ?? DEFAULT_IDLE_MS);
		try {
			let read = 0;
			for (let next = first; ; next = await idle.await(frames.next(), IDLE)) {
				if (next === IDLE) {
					this.isDone = true;
					return;
				}
				if (next.done) return;
				const frame = next.value;
				if (frame.kind === 'unresolved' && this.readsManyRows && this.canReadOneByOne) {
					this.oneByOneUntil = this.position;
					this.isAgain = true;
					return;
				}
				if (frame.kind === 'result' && !this.readsManyRows) this.unresolved.note(rowsOf(frame.data[this.kind.streamField]).rows);
				yield frame.kind === 'unresolved' ? await this.missing(frame.errors) : this.read(frame);
				if (this.isDone) return;
				read = frame.kind === 'unresolved' ? 0 : read + 1;
				if (read >= ROWS_BEFORE_MANY && this.mayReadMany) {
					this.isAgain = true;
					return;
				}
			}
		} finally {
			idle.stop();
			close();
		}
	}

	private get readsManyRows(): boolean {
		return this.batchSize !== 1;
	}

	/** Whether the unresolvable rows lie behind, so that frames may hold many rows again. */
	private get mayReadMany(): boolean {
		if (this.readsManyRows || this.options.batchSize === 1 || this.oneByOneUntil === undefined) return false;
		return compareTimestamps(minusMs(this.position, OVERLAP_MS), this.oneByOneUntil) > 0;
	}

	private get canReadOneByOne(): boolean {
		return this.dialect.hasArgument('Subscription', this.kind.streamField, 'batchSize') !== false;
	}

	/** The events that Pico cannot resolve, as far as it sends them; told otherwise. */
	private async missing(errors: readonly GraphqlErrorEntry[]): Promise<PicoEvent[]> {
		const { dialect, options } = this;
		this.oneByOneUntil = this.position;
		const { rows, failure } = await this.unresolved.explain(errors, {
			dialect,
			after: this.position,
			where: options.where,
			fields: options.fields,
			signal: options.signal ?? new AbortController().signal,
		});
		if (failure) options.onUnreadable?.(failure.message, failure.details.hint ?? '');
		return this.read({ kind: 'result', data: { [this.kind.streamField]: rows }, errors: [] });
	}

	/** The new events of a frame that lie inside the window; moves the position. */
	private read(frame: StreamFrame): PicoEvent[] {
		const { kind, options } = this;
		if (frame.kind === 'unreadable') {
			options.onUnreadable?.(frame.reason, frame.text);
			return [];
		}
		const { rows, strange } = rowsOf(frame.data[kind.streamField]);
		const lost = this.unresolved.nulls(frame.data[kind.streamField], frame.errors, this.position);
		if (lost) options.onUnreadable?.(lost.message, lost.details.hint ?? '');
		for (const entry of strange) options.onUnreadable?.('not an object', printed(entry));
		const events: PicoEvent[] = [];
		let latest: { moment: Moment; cursor: string } | undefined;
		for (const row of rows) {
			try {
				const event = toEvent(kind, row);
				const identity = identityText(kind, event.row);
				if (this.seen.has(identity)) continue;
				const moment = toMoment(event.cursor);
				if (this.to && compareMoments(moment, this.to) > 0) {
					this.isDone = true;
					continue;
				}
				// A row without a readable time cannot be outside the window.
				if (moment && compareMoments(moment, this.from) < 0) continue;
				this.seen.add(identity, moment?.ms);
				events.push(event);
				if (moment && compareMoments(moment, latest?.moment) > 0) latest = { moment, cursor: event.cursor };
			} catch (error) {
				options.onUnreadable?.(parseReason(error), printed(row));
			}
		}
		if (latest && compareTimestamps(latest.cursor, this.position) > 0) this.position = latest.cursor;
		return events;
	}
}

function cannotReplay(kind: EventKind): PicoFailure {
	return new PicoFailure('graphql', 'This Pico cannot send past events again', {
		hint: `Its '${kind.streamField}' does not accept a cursor. Ask Pico for an update.`,
	});
}

function tooSlow(): PicoFailure {
	return new PicoFailure('timeout', `Pico did not open the stream within ${CONNECT_MS / 1000} s`, { hint: 'Try again later.' });
}
