import type { Dialect } from '../api/dialect/dialect';
import { canReplay, subscriptionDocument } from '../api/documents/subscription';
import { asFailure, causeOf, isTransient, PicoFailure, type GraphqlErrorEntry } from '../api/failure';
import { deadline, elapsed, pause } from '../api/pause';
import { Retries } from '../api/retry';
import { sseFrames } from '../api/stream/sse';
import type { Frame } from '../api/stream/types';
import { wsFrames } from '../api/stream/ws';
import { cursorOf, UnresolvedRows } from '../api/unresolved';
import { rowsOf } from '../events/event';
import { compareTimestamps, toMs } from '../events/timestamp';
import { connection, type ConnectionEnd } from './connection';
import { Downtime } from './downtime';
import { serverFilter } from './filter';
import { Inbox, type InboxOptions } from './inbox/inbox';
import { PACE } from './pace';

/** Rows the server may put into one frame; more costs memory, fewer cost frames. */
const FRAME_ROWS = 100;
/** Least size of a frame; reached when connections keep breaking before a larger one arrives. */
const FEWEST_ROWS = 1;
/** Good rows read one by one in a row before frames become larger again. */
const ROWS_BEFORE_MANY = 500;
/** Causes told without a good connection in between. */
const MOST_CAUSES = 20;

export interface FeedOptions extends InboxOptions {
	/** Whether a first connection that fails is left to the background, whatever the reason: nobody would read the error. */
	patient: boolean;
	/** By when the first connection has to be accepted, on the clock of `elapsed`. */
	startBy: number;
}

/** What one connection asks for. */
interface Wish {
	document: string;
	dialect: Dialect;
	where: Record<string, unknown> | undefined;
	fields: readonly string[] | undefined;
	/** Rows a frame holds at most. */
	rows: number;
}

/**
 * Keeps a stream open for as long as the trigger is active: connects at the position, hands each frame to the inbox,
 * and connects again with back-off whatever happens.
 */
export class Feed {
	private readonly closing = new AbortController();
	private readonly retries = new Retries({
		tries: Number.POSITIVE_INFINITY,
		firstMs: PACE.reconnectFirst,
		longestMs: PACE.reconnectLongest,
		longestAskedMs: Number.POSITIVE_INFINITY,
	});
	private readonly inbox: Inbox;
	private readonly unresolved: UnresolvedRows;
	/** Causes told since the last good connection, so that a lasting one is told once. */
	private readonly told = new Set<string>();
	private frameRows: number;
	/** Cursor of the newest row that Pico could not resolve: up to there rows are read one by one. */
	private oneByOneUntil: string | undefined;
	/** Cursor of the last row that came, in this connection. */
	private lastCursor = '';
	/** Good rows that came since then. */
	private oneByOneRows = 0;
	private readonly downtime: Downtime;
	private isNoReplayTold = false;
	private isLookBackCutTold = false;
	private running: Promise<void> = Promise.resolve();

	constructor(private readonly options: FeedOptions) {
		const { client, settings } = options;
		this.frameRows = this.mostRows;
		this.inbox = new Inbox(options, this.closing.signal);
		this.unresolved = new UnresolvedRows(client, settings.kind, settings.transport === 'webSocket' ? wsFrames : sseFrames);
		this.downtime = new Downtime(options.report);
	}

	/**
	 * Starts and waits for the first word of the server.
	 *
	 * @throws PicoFailure when the first connection fails and waiting would not help or nobody wants to wait
	 */
	async start(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.running = this.run(resolve, reject);
		});
	}

	/** Stops within moments, whatever is under way: what was not acknowledged comes again at the next start. */
	async stop(): Promise<void> {
		this.closing.abort();
		await this.running;
		await this.inbox.takenUp();
	}

	private async run(started: () => void, failed: (failure: PicoFailure) => void): Promise<void> {
		const { report, patient, place, startBy } = this.options;
		let settled = false;
		while (!this.closing.signal.aborted) {
			const ended = new AbortController();
			const before = place.cursor;
			const opened = () => {
				// A server may accept a stream and refuse the subscription in its first message.
				void pause(PACE.settle, ended.signal).then(() => {
					if (ended.signal.aborted) return;
					settled = true;
					this.downtime.over();
					started();
				});
			};
			const end = await this.connectOnce(opened, settled || patient ? undefined : Math.max(1, startBy - elapsed()));
			ended.abort();
			if (this.closing.signal.aborted) break;
			// A stream that opened and then broke off was worth opening; a refusal is not.
			const brokeOff = end.failure && isTransient(end.failure) && end.openMs > 0;
			if (end.failure && !settled && !patient && !brokeOff) {
				this.closing.abort();
				failed(end.failure);
				return;
			}
			settled = true;
			started();
			if (end.carried) this.downtime.carried();
			const mayHelp = this.adaptFrames(end);
			if (end.reason === 'refresh' || mayHelp) continue;
			const wasOfUse = end.openMs >= PACE.healthy || place.cursor !== before;
			const wait = this.waitAfter(end, wasOfUse);
			this.downtime.lasts(end);
			report.info(`Stream ${describeEnd(end)}; connecting again in ${(wait / 1000).toFixed(1)} s`);
			await pause(wait, this.closing.signal);
		}
		started();
	}

	private get mostRows(): number {
		return Math.max(FRAME_ROWS, this.options.settings.eventsPerRun);
	}

	/**
	 * A line that breaks before a whole frame is through would never get any further with frames of the same size.
	 *
	 * @returns whether to try with smaller frames at once
	 */
	private adaptFrames({ openMs, frames, reason, failure }: ConnectionEnd): boolean {
		if (failure?.kind === 'tooLarge') {
			const wasLarger = this.frameRows > FEWEST_ROWS;
			this.frameRows = FEWEST_ROWS;
			return wasLarger;
		}
		if (openMs > 0 && frames === 0 && reason === 'failed') this.frameRows = Math.max(FEWEST_ROWS, Math.floor(this.frameRows / 2));
		else if (frames > 0) this.frameRows = Math.min(this.mostRows, this.frameRows * 2);
		return false;
	}

	private waitAfter({ failure }: ConnectionEnd, wasOfUse: boolean): number {
		if (wasOfUse) {
			this.retries.reset();
			this.told.clear();
		}
		const wait = this.retries.next(failure?.details.retryAfterMs) ?? PACE.reconnectLongest;
		if (!failure || isTransient(failure)) return wait;
		// Only a person can mend this. Say so once, and keep looking: when it is mended the stream goes on by itself.
		const cause = causeOf(failure);
		if (!this.told.has(cause) && this.told.size < MOST_CAUSES) {
			this.told.add(cause);
			const hint = failure.details.hint ?? '';
			const goesOn = failure.kind === 'moved' ? '' : ' The trigger keeps trying every minute; no event is lost.';
			this.options.report.failedExecution(failure.message, `${hint}${goesOn}`);
		}
		return Math.max(wait, PACE.slow);
	}

	/** @param withinMs time for everything until the server accepted the stream; absent when nobody waits for it */
	private async connectOnce(opened: () => void, withinMs: number | undefined): Promise<ConnectionEnd> {
		const { client, settings } = this.options;
		const by = elapsed() + (withinMs ?? 0);
		const limit = withinMs === undefined ? undefined : deadline(withinMs, noAnswer(), this.closing.signal);
		try {
			const dialect = await client.dialect(limit?.signal ?? this.closing.signal);
			const end = await dialect.adapting(
				() => this.wish(dialect),
				async (wish) => {
					this.begin();
					const outcome = await connection(client, {
						transport: settings.transport,
						document: wish.document,
						closing: this.closing.signal,
						openMs: withinMs === undefined ? PACE.openWithin : Math.max(1, by - elapsed()),
						silenceMs: settings.silenceMs,
						refreshMs: this.canReplay(dialect) ? Math.max(settings.lookbackMs / 2, PACE.refreshLeast) : Number.POSITIVE_INFINITY,
						quietMs: PACE.quiet,
						onOpen: (serverDate) => this.onOpen(serverDate, opened),
						onFrame: async (frame) => await this.onFrame(frame, wish),
						holds: () => this.inbox.holds,
						onPause: async () => await this.inbox.flush(),
						onQuiet: async () => await this.inbox.endReoffer(),
					});
					await this.inbox.flush();
					// A refusal may be of what was asked for, which can be asked in another way.
					if (outcome.failure?.kind === 'graphql' && outcome.frames === 0) throw outcome.failure;
					return outcome;
				},
			);
			if (!this.canReplay(dialect)) this.tellNoReplay();
			return end;
		} catch (error) {
			return { reason: 'failed', failure: asFailure(error), openMs: 0, frames: 0, carried: false };
		} finally {
			limit?.stop();
		}
	}

	private wish(dialect: Dialect): Wish {
		const { settings, place } = this.options;
		const cursor = place.resumeFrom;
		const oneByOne = this.oneByOneUntil !== undefined && compareTimestamps(cursor, this.oneByOneUntil) <= 0;
		const rows = oneByOne ? FEWEST_ROWS : this.frameRows;
		const where = serverFilter(settings, dialect);
		const fields = settings.output === 'fields' ? settings.fields : undefined;
		return { dialect, rows, where, fields, document: subscriptionDocument(settings.kind, dialect, { cursor, batchSize: rows, where, fields }) };
	}

	private begin(): void {
		this.unresolved.begin();
		this.oneByOneRows = 0;
		this.lastCursor = this.options.place.resumeFrom;
	}

	private async onFrame(frame: Frame, wish: Wish): Promise<'on' | 'again'> {
		const { settings, report, place } = this.options;
		if (frame.kind === 'unresolved') {
			// One row that Pico cannot resolve hides all others of its frame: read on row by row.
			if (wish.rows > FEWEST_ROWS && this.canReadOneByOne(wish.dialect)) {
				this.readOneByOneUntil(this.lastCursor);
				return 'again';
			}
			await this.deliverUnresolved(frame.errors, wish);
			return 'on';
		}
		if (frame.kind === 'unreadable') {
			await this.inbox.take(frame);
			return 'on';
		}
		const entries = frame.data[settings.kind.streamField];
		const { rows } = rowsOf(entries);
		const lost = this.unresolved.nulls(entries, frame.errors, this.lastCursor);
		if (wish.rows === FEWEST_ROWS) this.unresolved.note(rows);
		const last = rows.at(-1);
		if (last) this.lastCursor = cursorOf(settings.kind, last) || this.lastCursor;
		await this.inbox.take(frame);
		if (lost) report.failedExecution(lost.message, lost.details.hint ?? '');
		if (wish.rows > FEWEST_ROWS || this.oneByOneUntil === undefined || ++this.oneByOneRows < ROWS_BEFORE_MANY) return 'on';
		// Frames may be large again once the look-back no longer reaches the row.
		return compareTimestamps(place.resumeFrom, this.oneByOneUntil) > 0 ? 'again' : 'on';
	}

	/** Hands on the row that Pico cannot resolve, without the field in question; else leaves it visible. */
	private async deliverUnresolved(errors: readonly GraphqlErrorEntry[], { dialect, where, fields }: Wish): Promise<void> {
		const { settings, report, place } = this.options;
		await this.inbox.flush();
		const after = this.lastCursor;
		const { rows, failure } = this.canReadOneByOne(dialect)
			? await this.unresolved.explain(errors, { dialect, where, fields, after, earlier: place.resumeFrom, signal: this.closing.signal })
			: this.unresolved.tell(errors, after);
		if (this.closing.signal.aborted) return;
		this.readOneByOneUntil(after);
		this.oneByOneRows = 0;
		if (failure) report.failedExecution(failure.message, failure.details.hint ?? '', errors);
		if (rows.length === 0) return;
		report.warn(`Pico cannot resolve a part of ${rows.length} event(s) after ${after}; delivered without it: ${errors.map(({ message }) => message).join('; ')}`);
		await this.inbox.take({ kind: 'result', data: { [settings.kind.streamField]: rows }, errors: [] });
		for (const row of rows) this.readOneByOneUntil(cursorOf(settings.kind, row));
	}

	/** Not beyond the position, since a station whose clock is years ahead would keep frames small for years. */
	private readOneByOneUntil(cursor: string): void {
		const { place } = this.options;
		const until = compareTimestamps(cursor, place.cursor) > 0 ? place.cursor : cursor;
		if (this.oneByOneUntil === undefined || compareTimestamps(until, this.oneByOneUntil) > 0) this.oneByOneUntil = until;
	}

	private canReplay(dialect: Dialect): boolean {
		return canReplay(this.options.settings.kind, dialect);
	}

	private canReadOneByOne(dialect: Dialect): boolean {
		return this.canReplay(dialect) && dialect.hasArgument('Subscription', this.options.settings.kind.streamField, 'batchSize') !== false;
	}

	private tellNoReplay(): void {
		if (this.isNoReplayTold) return;
		this.isNoReplayTold = true;
		this.options.report.warn('This Pico cannot send past events again; what happens while the connection is down is lost');
	}

	private onOpen(serverDate: string | undefined, opened: () => void): void {
		const { settings, place, report } = this.options;
		const date = Date.parse(serverDate ?? '');
		if (Number.isNaN(date)) void this.askClock();
		else place.clock.set(date);
		this.inbox.openedAt = place.clock.ms;
		const behind = Math.round((place.clock.ms - (toMs(place.cursor) ?? place.clock.ms)) / 1000);
		report.info(`Connected to '${settings.kind.streamField}', reading from ${place.resumeFrom} (position ${behind} s back)`);
		if (place.isLookBackCut && !this.isLookBackCutTold) {
			this.isLookBackCutTold = true;
			report.warn(`The trigger knows what it delivered only from ${place.resumeFrom} on, which is less than 'Look-Back Window'. An event that Pico stores later with an earlier time is not found`);
		}
		opened();
	}

	/** A WebSocket tells no time of the server. Until an answer does, the clock of n8n stands in. */
	private async askClock(): Promise<void> {
		const { client, settings, place } = this.options;
		if (settings.transport !== 'webSocket') return;
		try {
			place.clock.set(toMs(await client.serverNow(this.closing.signal)) ?? Date.now());
		} catch (error) {
			this.options.report.info(`Pico did not send its time (${asFailure(error).message})`);
		}
	}
}

/** What to say when a first connection takes too long. */
export function noAnswer(): PicoFailure {
	return new PicoFailure('timeout', `Pico did not answer within ${PACE.startWithin / 1000} s`, {
		hint: 'Check that the server is up, and that no firewall or proxy in between blocks the connection. Then publish the workflow again.',
	});
}

function describeEnd({ reason, failure, openMs }: ConnectionEnd): string {
	const lasted = openMs > 0 ? ` after ${Math.round(openMs / 1000)} s` : '';
	if (failure) return `lost${lasted}: ${failure.message}`;
	return reason === 'silent' ? `silent${lasted}, presumed dead` : `ended by Pico${lasted}`;
}
