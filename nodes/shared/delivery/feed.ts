import type { ITriggerFunctions } from 'n8n-workflow';

import type { PicoClient } from '../api/client';
import { canReplay, subscriptionDocument } from '../api/documents/subscription';
import { isTransient, PicoFailure } from '../api/failure';
import { pause } from '../api/pause';
import type { StreamFrame } from '../api/stream/types';
import { rowsOf, toEvent, type PicoEvent } from '../events/event';
import { toMs } from '../events/timestamp';
import { Backoff } from './backoff';
import type { Batch } from './batch';
import { connection, type ConnectionEnd } from './connection';
import { deliver } from './deliver';
import { matches, serverFilter } from './filter';
import { Overlap } from './overlap';
import { PACE } from './pace';
import type { Position } from './position';
import { Reoffer } from './reoffer';
import type { Report } from './report';
import type { TriggerSettings } from './settings';

/** Rows the server may put into one frame; more costs memory, fewer cost frames. */
const FRAME_ROWS = 100;
/** Least size of a frame; reached when connections keep breaking before a larger one arrives. */
const FEWEST_ROWS = 1;
const UNREADABLE_KEPT = 100;

export interface FeedOptions {
	context: ITriggerFunctions;
	client: PicoClient;
	settings: TriggerSettings;
	position: Position;
	report: Report;
	store: () => void;
	/** Whether a first connection that fails for a passing reason may be left to the background. */
	patient: boolean;
}

/**
 * From stream to workflow runs, for as long as the trigger is active: connects at the position, hands over batch after
 * batch, one at a time, and reconnects with back-off whatever happens.
 */
export class Feed {
	private readonly closing = new AbortController();
	private readonly backoff = new Backoff();
	private readonly overlap = new Overlap(this.closing.signal);
	/** What was reported since the last good connection, so that a lasting cause is reported once. */
	private readonly reported = new Set<string>();
	/** Unreadable messages come again with every look-back; each is reported once. */
	private readonly unreadable = new Set<string>();
	private reoffer: Reoffer | undefined;
	private frameRows: number;
	private openedAt = Date.now();
	private running: Promise<void> = Promise.resolve();

	constructor(private readonly options: FeedOptions) {
		this.frameRows = Math.max(FRAME_ROWS, options.settings.eventsPerRun);
		const { unconfirmed } = options.position;
		if (unconfirmed) this.reoffer = new Reoffer(unconfirmed, options.settings.afterUncleanStop);
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
	}

	private async run(started: () => void, failed: (failure: PicoFailure) => void): Promise<void> {
		const { report, patient } = this.options;
		let settled = false;
		while (!this.closing.signal.aborted) {
			const ended = new AbortController();
			const end = await this.connectOnce(() => {
				// A server may accept a stream and refuse the subscription in its first message.
				void pause(PACE.settle, ended.signal).then(() => {
					if (ended.signal.aborted) return;
					settled = true;
					this.reported.clear();
					started();
				});
			});
			ended.abort();
			if (this.closing.signal.aborted) break;
			if (end.failure && !settled && !(patient && isTransient(end.failure))) {
				this.closing.abort();
				failed(end.failure);
				return;
			}
			settled = true;
			started();
			this.adaptFrames(end);
			if (end.reason === 'refresh') continue;
			const wait = this.waitAfter(end);
			report.info(`Stream ${describeEnd(end)}; connecting again in ${(wait / 1000).toFixed(1)} s`);
			await pause(wait, this.closing.signal);
		}
		started();
	}

	/** A line that breaks before a whole frame is through would never get any further with frames of the same size. */
	private adaptFrames({ openMs, frames, reason }: ConnectionEnd): void {
		const largest = Math.max(FRAME_ROWS, this.options.settings.eventsPerRun);
		if (openMs > 0 && frames === 0 && reason === 'failed') this.frameRows = Math.max(FEWEST_ROWS, Math.floor(this.frameRows / 2));
		else if (frames > 0) this.frameRows = Math.min(largest, this.frameRows * 2);
	}

	private waitAfter({ failure, openMs }: ConnectionEnd): number {
		const { report } = this.options;
		const wait = this.backoff.next(openMs, failure?.details.retryAfterMs);
		if (!failure || isTransient(failure)) return wait;
		// Only a person can mend this. Say so once, and keep looking: when it is mended the stream goes on by itself.
		if (!this.reported.has(failure.message)) {
			this.reported.add(failure.message);
			report.failedExecution(failure.message, `${failure.details.hint ?? ''} The trigger keeps trying every minute; no event is lost.`);
		}
		return Math.max(wait, PACE.slow);
	}

	private async connectOnce(opened: () => void): Promise<ConnectionEnd> {
		const { client, settings, position, report } = this.options;
		try {
			const dialect = await client.dialect(this.closing.signal);
			const end = await dialect.adapting(async () => {
				const outcome = await connection(client, {
					transport: settings.transport,
					document: subscriptionDocument(settings.kind, dialect, {
						cursor: position.resumeFrom,
						batchSize: this.frameRows,
						where: serverFilter(settings, dialect),
						...(settings.output === 'fields' ? { fields: settings.fields } : {}),
					}),
					closing: this.closing.signal,
					silenceMs: settings.silenceMs,
					refreshMs: Math.max(settings.lookbackMs / 2, PACE.refreshLeast),
					quietMs: PACE.quiet,
					onOpen: (serverDate) => this.onOpen(serverDate, opened),
					onFrame: async (frame) => await this.onFrame(frame),
					onQuiet: async () => await this.releaseReoffer(),
				});
				if (outcome.failure && dialect.isUnlearned(outcome.failure)) throw outcome.failure;
				return outcome;
			});
			if (!canReplay(settings.kind, dialect)) report.warn('This Pico cannot send past events again; what happens while the connection is down is lost');
			return end;
		} catch (error) {
			const failure = error instanceof PicoFailure ? error : new PicoFailure('server', error instanceof Error ? error.message : String(error));
			return { reason: 'failed', failure, openMs: 0, frames: 0 };
		}
	}

	private onOpen(serverDate: string | undefined, opened: () => void): void {
		const { settings, position, report } = this.options;
		const date = Date.parse(serverDate ?? '');
		this.openedAt = Number.isNaN(date) ? Date.now() : date;
		const behind = Math.round((Date.now() - (toMs(position.acknowledged) ?? Date.now())) / 1000);
		report.info(`Connected to '${settings.kind.streamField}', reading from ${position.resumeFrom} (position ${behind} s back)`);
		opened();
	}

	private async onFrame(frame: StreamFrame): Promise<void> {
		const { settings, position, report } = this.options;
		if (frame.kind === 'unreadable') {
			this.reportOnce(`A message of Pico could not be read (${frame.reason})`, frame.text.slice(0, 10_000));
			return;
		}
		if (frame.errors.length > 0) report.warn(`Pico reports: ${frame.errors.map(({ message }) => message).join('; ')}`);
		const { rows, strange } = rowsOf(frame.data[settings.kind.streamField]);
		for (const entry of strange) this.reportOnce('Pico sent an event that is not an object', JSON.stringify(entry));

		const fresh: PicoEvent[] = [];
		const inFrame = new Set<string>();
		for (const row of rows) {
			const event = toEvent(settings.kind, row);
			if (position.isDelivered(event) || inFrame.has(event.id)) continue;
			inFrame.add(event.id);
			fresh.push(event);
		}
		if (!this.reoffer) return await this.deliverAll(fresh);
		if (this.reoffer.add(fresh).complete) await this.releaseReoffer();
	}

	private async releaseReoffer(): Promise<void> {
		if (!this.reoffer) return;
		const { batch, later } = this.reoffer.release(this.isReplayed);
		this.reoffer = undefined;
		if (batch && (await this.deliverBatch(batch)) === 'closed') return;
		await this.deliverAll(later);
	}

	/** Batches in the order of arrival; an event that nobody wants only moves the position. */
	private async deliverAll(events: readonly PicoEvent[]): Promise<void> {
		const { settings, position } = this.options;
		let group: PicoEvent[] = [];
		const flush = async () => {
			const batch: Batch = { events: group, attempt: 1, replayed: this.isReplayed };
			group = [];
			return batch.events.length === 0 ? 'acknowledged' : await this.deliverBatch(batch);
		};
		for (const event of events) {
			if (!matches(settings, event)) {
				if ((await flush()) === 'closed') return;
				position.pass(event);
				continue;
			}
			group.push(event);
			if (group.length >= settings.eventsPerRun && (await flush()) === 'closed') return;
		}
		await flush();
	}

	private async deliverBatch(batch: Batch) {
		const { context, settings, position, report, store } = this.options;
		if (this.closing.signal.aborted) return 'closed';
		return await deliver({ context, settings, position, report, store, closing: this.closing.signal, overlap: this.overlap }, batch);
	}

	private readonly isReplayed = (event: PicoEvent): boolean => (toMs(event.cursor) ?? Number.POSITIVE_INFINITY) < this.openedAt;

	private reportOnce(message: string, text: string): void {
		if (this.unreadable.has(text)) return;
		if (this.unreadable.size >= UNREADABLE_KEPT) this.unreadable.clear();
		this.unreadable.add(text);
		this.options.report.failedExecution(message, 'The stream goes on with the next event. What came:', text);
	}
}

function describeEnd({ reason, failure, openMs }: ConnectionEnd): string {
	const lasted = openMs > 0 ? ` after ${Math.round(openMs / 1000)} s` : '';
	if (failure) return `lost${lasted}: ${failure.message}`;
	return reason === 'silent' ? `silent${lasted}, presumed dead` : `ended by Pico${lasted}`;
}
