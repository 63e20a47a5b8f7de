import type { PicoClient } from '../api/client';
import { canReplay, subscriptionDocument } from '../api/documents/subscription';
import { asFailure, isTransient, PicoFailure } from '../api/failure';
import { pause } from '../api/pause';
import { toMs } from '../events/timestamp';
import { Backoff } from './backoff';
import { connection, type ConnectionEnd } from './connection';
import { serverFilter } from './filter';
import { Inbox, type InboxOptions } from './inbox/inbox';
import { PACE } from './pace';

/** Rows the server may put into one frame; more costs memory, fewer cost frames. */
const FRAME_ROWS = 100;
/** Least size of a frame; reached when connections keep breaking before a larger one arrives. */
const FEWEST_ROWS = 1;

export interface FeedOptions extends InboxOptions {
	client: PicoClient;
	/** Whether a first connection that fails is left to the background, whatever the reason: nobody would read the error. */
	patient: boolean;
}

/**
 * Keeps a stream open for as long as the trigger is active: connects at the position, hands each frame to the inbox,
 * and reconnects with back-off whatever happens.
 */
export class Feed {
	private readonly closing = new AbortController();
	private readonly backoff = new Backoff();
	private readonly inbox: Inbox;
	/** What was reported since the last good connection, so that a lasting cause is reported once. */
	private readonly reported = new Set<string>();
	private frameRows: number;
	private running: Promise<void> = Promise.resolve();

	constructor(private readonly options: FeedOptions) {
		this.frameRows = Math.max(FRAME_ROWS, options.settings.eventsPerRun);
		this.inbox = new Inbox(options, this.closing.signal);
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
		const { report, patient, place } = this.options;
		let settled = false;
		while (!this.closing.signal.aborted) {
			const ended = new AbortController();
			const before = place.cursor;
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
			// A stream that opened and then broke off was worth opening; a refusal is not.
			const brokeOff = end.failure && isTransient(end.failure) && end.openMs > 0;
			if (end.failure && !settled && !patient && !brokeOff) {
				this.closing.abort();
				failed(end.failure);
				return;
			}
			settled = true;
			started();
			this.adaptFrames(end);
			if (end.reason === 'refresh') continue;
			const wait = this.waitAfter(end, end.openMs >= PACE.healthy || place.cursor !== before);
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

	private waitAfter({ failure }: ConnectionEnd, wasOfUse: boolean): number {
		const { report } = this.options;
		const wait = this.backoff.next(wasOfUse, failure?.details.retryAfterMs);
		if (!failure || isTransient(failure)) return wait;
		// Only a person can mend this. Say so once, and keep looking: when it is mended the stream goes on by itself.
		if (!this.reported.has(failure.message)) {
			this.reported.add(failure.message);
			report.failedExecution(failure.message, `${failure.details.hint ?? ''} The trigger keeps trying every minute; no event is lost.`);
		}
		return Math.max(wait, PACE.slow);
	}

	private async connectOnce(opened: () => void): Promise<ConnectionEnd> {
		const { client, settings, place, report } = this.options;
		try {
			const dialect = await client.dialect(this.closing.signal);
			const end = await dialect.adapting(async () => {
				const outcome = await connection(client, {
					transport: settings.transport,
					document: subscriptionDocument(settings.kind, dialect, {
						cursor: place.resumeFrom,
						batchSize: this.frameRows,
						where: serverFilter(settings, dialect),
						...(settings.output === 'fields' ? { fields: settings.fields } : {}),
					}),
					closing: this.closing.signal,
					silenceMs: settings.silenceMs,
					refreshMs: Math.max(settings.lookbackMs / 2, PACE.refreshLeast),
					quietMs: PACE.quiet,
					onOpen: (serverDate) => this.onOpen(serverDate, opened),
					onFrame: async (frame) => await this.inbox.take(frame),
					holds: () => this.inbox.holds,
					onPause: async () => await this.inbox.flush(),
					onQuiet: async () => await this.inbox.endReoffer(),
				});
				await this.inbox.flush();
				if (outcome.failure && dialect.isUnlearned(outcome.failure)) throw outcome.failure;
				return outcome;
			});
			if (!canReplay(settings.kind, dialect)) report.warn('This Pico cannot send past events again; what happens while the connection is down is lost');
			return end;
		} catch (error) {
			const failure = asFailure(error);
			return { reason: 'failed', failure, openMs: 0, frames: 0 };
		}
	}

	private onOpen(serverDate: string | undefined, opened: () => void): void {
		const { settings, place, report } = this.options;
		const date = Date.parse(serverDate ?? '');
		this.inbox.openedAt = Number.isNaN(date) ? Date.now() : date;
		const behind = Math.round((Date.now() - (toMs(place.cursor) ?? Date.now())) / 1000);
		report.info(`Connected to '${settings.kind.streamField}', reading from ${place.resumeFrom} (position ${behind} s back)`);
		opened();
	}
}

function describeEnd({ reason, failure, openMs }: ConnectionEnd): string {
	const lasted = openMs > 0 ? ` after ${Math.round(openMs / 1000)} s` : '';
	if (failure) return `lost${lasted}: ${failure.message}`;
	return reason === 'silent' ? `silent${lasted}, presumed dead` : `ended by Pico${lasted}`;
}
