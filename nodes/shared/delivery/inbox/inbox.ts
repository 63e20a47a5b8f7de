import type { ITriggerFunctions } from 'n8n-workflow';

import type { PicoClient } from '../../api/client';
import type { StreamFrame } from '../../api/stream/types';
import { rowsOf, type PicoEvent } from '../../events/event';
import { toMs } from '../../events/timestamp';
import { CONTINUES, readRow, unreadable, type Arrival } from '../arrival';
import type { Batch } from '../batch';
import { deliver, type Delivery, type Verdict } from '../deliver';
import { matches } from '../filter';
import type { Report } from '../host';
import type { Place } from '../place/place';
import type { RunHistory } from '../runs/allowance';
import { Runs } from '../runs/runs';
import type { TriggerSettings } from '../settings';
import { Reoffer } from './reoffer';

/** A clock that differs by less is nothing to tell a person. */
const WORTH_TELLING_MS = 60_000;
/** Unusable rows without a time that are remembered beyond the look-back window, so that each is told once. */
const MOST_ROWS_KEPT = 1_000;
/** Different errors beside data that are remembered, so that each is told once. */
const MOST_ERRORS_KEPT = 100;

export interface InboxOptions {
	context: ITriggerFunctions;
	client: PicoClient;
	settings: TriggerSettings;
	place: Place;
	report: Report;
	/** Longest wait for the end of a run in queue mode is never less, milliseconds. */
	leastQueuedMs: number;
	/** What is stored of earlier runs. */
	history: RunHistory | undefined;
	/** Writes place and history of runs into static data. */
	store: (history: RunHistory | undefined) => void;
}

/**
 * From frames to runs: drops what was delivered before, puts a batch from before a restart together again, and hands
 * over batch after batch, one at a time. A row with which anything goes wrong is one failed execution that shows it, once;
 * the stream goes on behind it.
 */
export class Inbox {
	/** When the server accepted the present connection, by its clock; what is older was read back. */
	openedAt = Date.now();
	private readonly delivery: Delivery;
	private reoffer: Reoffer<Arrival> | undefined;
	/** A batch from before a restart that was offered again before all of it had come, and the ids of the rest. */
	private incomplete: { batch: Batch; absent: Set<string> } | undefined;
	/** Events that wait for others to start a run with. */
	private group: PicoEvent[] = [];
	private readonly errorsTold = new Set<string>();
	private readonly timelessTold = new Set<string>();
	private readonly oddTimesTold = new Set<'ahead' | 'unreadable'>();

	constructor(options: InboxOptions, closing: AbortSignal) {
		const { context, client, settings, place, report, history, leastQueuedMs } = options;
		const runs = new Runs({ context, closing, mostMs: settings.runTimeoutMs, history, leastQueuedMs });
		this.delivery = { context, client, settings, place, report, closing, runs, store: () => options.store(runs.history) };
		if (place.unconfirmed) this.reoffer = new Reoffer(place.unconfirmed, settings.afterRestart);
	}

	/** After a stop: waits until n8n has taken up every run that was started. */
	async takenUp(): Promise<void> {
		await this.delivery.runs.takenUp();
	}

	/** Whether events wait for others to start a run with. */
	get holds(): boolean {
		return this.group.length > 0;
	}

	/** Resolves when everything in the frame is behind us or waits for company, so that the next one is read only then. */
	async take(frame: StreamFrame): Promise<void> {
		const { settings } = this.delivery;
		const { kind } = settings;
		if (frame.kind === 'unreadable') return await this.takeAll([unreadable(kind, frame.text, `A message from Pico could not be read (${frame.reason})`)]);
		this.tellErrors(frame.errors.map(({ message }) => message));
		const { rows, strange } = rowsOf(frame.data[kind.streamField]);
		await this.takeAll([
			...rows.map((row) => readRow(settings, row)),
			...strange.map((entry) => unreadable(kind, entry, 'Pico sent an event that is not an object')),
		]);
	}

	/** The server is quiet: what is still missing of a batch from before a restart will hardly come. */
	async endReoffer(): Promise<void> {
		if (!this.reoffer || this.reoffer.isEmpty) return;
		const { reoffer } = this;
		const { members, absent, later } = reoffer.release();
		this.reoffer = undefined;
		const events = members.filter(({ problem }) => !problem);
		const batch: Batch = { events, ...reoffer.nextRun, replayed: this.isReplayed };
		if (batch.key !== undefined) this.incomplete = { batch, absent: new Set(absent) };
		if ((await this.deliverBatch(batch)) === 'closed') return;
		await this.deliverAll(later);
		await this.flush();
	}

	/** Starts a run with the events that wait, however few they are. */
	async flush(): Promise<Verdict> {
		const batch: Batch = { events: this.group, attempt: 1, outages: 0, replayed: this.isReplayed };
		this.group = [];
		return await this.deliverBatch(batch);
	}

	private async takeAll(arrivals: readonly Arrival[]): Promise<void> {
		const known = new Set(this.group.map(({ id }) => id));
		const fresh = arrivals.filter((arrival) => {
			if (known.has(arrival.id) || this.isKnown(arrival)) return false;
			known.add(arrival.id);
			return true;
		});
		if (!this.reoffer) return await this.deliverAll(fresh);
		if (this.reoffer.add(fresh)) await this.endReoffer();
	}

	/** Batches in the order of arrival; what is not to be delivered only moves the place. */
	private async deliverAll(arrivals: readonly Arrival[]): Promise<void> {
		const { settings, place } = this.delivery;
		for (const arrival of arrivals) {
			if (!arrival.problem && matches(settings, arrival) && !this.wasStarted(arrival)) {
				this.tellOddTime(arrival);
				this.group.push(arrival);
				if (this.group.length >= settings.eventsPerRun && (await this.flush()) === 'closed') return;
				continue;
			}
			if ((await this.flush()) === 'closed') return;
			if (arrival.problem) this.tellUnusable(arrival, arrival.problem);
			place.leaveOut(arrival);
		}
	}

	private async deliverBatch(batch: Batch): Promise<Verdict> {
		if (batch.events.length === 0) return 'acknowledged';
		return this.delivery.closing.aborted ? 'closed' : await deliver(this.delivery, batch);
	}

	/** Whether the event comes late of a batch from before a restart, of which n8n says that it was started. */
	private wasStarted({ id }: PicoEvent): boolean {
		return this.incomplete?.batch.startedBefore === true && this.incomplete.absent.has(id);
	}

	private isKnown(arrival: Arrival): boolean {
		return this.timelessTold.has(arrival.id) || this.delivery.place.isDelivered(arrival);
	}

	private readonly isReplayed = (event: PicoEvent): boolean => (toMs(event.cursor) ?? Number.POSITIVE_INFINITY) < this.openedAt;

	private tellUnusable({ id, cursor }: Arrival, { reason, row }: NonNullable<Arrival['problem']>): void {
		this.delivery.report.failedExecution(reason, CONTINUES, row);
		if (cursor !== '') return;
		this.timelessTold.add(id);
		const [oldest] = this.timelessTold;
		if (this.timelessTold.size > MOST_ROWS_KEPT) this.timelessTold.delete(oldest);
	}

	/** Errors beside usable data: one field of one row, as a rule, and the same with every look-back. */
	private tellErrors(messages: readonly string[]): void {
		for (const message of messages) {
			if (this.errorsTold.has(message) || this.errorsTold.size >= MOST_ERRORS_KEPT) continue;
			this.errorsTold.add(message);
			this.delivery.report.warn(`Pico sent errors along with its data: ${message}`);
		}
	}

	/** The event is delivered as any other; but a person should know that times of this plant cannot be relied on. */
	private tellOddTime(event: PicoEvent): void {
		const { report, place, settings } = this.delivery;
		const lead = place.leadMs(event);
		const odd = toMs(event.cursor) === undefined ? 'unreadable' : lead >= WORTH_TELLING_MS ? 'ahead' : undefined;
		if (!odd || this.oddTimesTold.has(odd)) return;
		this.oddTimesTold.add(odd);
		const what = odd === 'ahead' ? `is ${Math.round(lead / 60_000)} min ahead of Pico's clock` : 'has a time that cannot be read';
		report.failedExecution(
			`An event from Pico ${what}: '${settings.kind.cursorField}' is '${event.cursor.slice(0, 60)}'`,
			'It is delivered like any other event and does not move the position of the trigger. Check the clock of the station. Further events like this are delivered without a message. The event:',
			event.row,
		);
	}
}
