import type { ITriggerFunctions } from 'n8n-workflow';

import type { StreamFrame } from '../api/stream/types';
import { rowsOf, toEvent, type PicoEvent } from '../events/event';
import { toMs } from '../events/timestamp';
import type { Batch } from './batch';
import { deliver, type Verdict } from './deliver';
import { matches } from './filter';
import { Overlap } from './overlap';
import type { RunPatience } from './patience';
import type { Position } from './position';
import { Reoffer } from './reoffer';
import type { Report } from './report';
import type { TriggerSettings } from './settings';

const UNREADABLE_KEPT = 100;
const LONGEST_TEXT = 10_000;

export interface IntakeOptions {
	context: ITriggerFunctions;
	settings: TriggerSettings;
	position: Position;
	report: Report;
	patience: RunPatience;
	/** Writes the position into static data. */
	store: () => void;
}

/**
 * From frames to runs: drops what was delivered before, puts a batch from before a restart together again, and hands
 * over batch after batch, one at a time. A frame that cannot be read is told once and left behind.
 */
export class Intake {
	/** When the server accepted the present connection, by its clock; what is older was read back. */
	openedAt = Date.now();
	private readonly overlap: Overlap;
	private reoffer: Reoffer | undefined;
	/** Events that wait for others to start a run with. */
	private group: PicoEvent[] = [];
	/** Unreadable messages come again with every look-back; each is reported once. */
	private readonly unreadable = new Set<string>();

	constructor(
		private readonly options: IntakeOptions,
		private readonly closing: AbortSignal,
	) {
		this.overlap = new Overlap(closing, options.patience);
		const { unconfirmed } = options.position;
		if (unconfirmed) this.reoffer = new Reoffer(unconfirmed, options.settings.afterUncleanStop);
	}

	/** After a stop: waits until n8n has taken up every run that was started without waiting for it. */
	async takenUp(): Promise<void> {
		await this.overlap.takenUp();
	}

	get holds(): boolean {
		return this.group.length > 0;
	}

	/** Resolves when everything in the frame is behind us or waits for company, so that the next one is read only then. */
	async take(frame: StreamFrame): Promise<void> {
		const { settings, position, report } = this.options;
		if (frame.kind === 'unreadable') {
			this.reportOnce(`A message of Pico could not be read (${frame.reason})`, frame.text.slice(0, LONGEST_TEXT));
			return;
		}
		if (frame.errors.length > 0) report.warn(`Pico reports: ${frame.errors.map(({ message }) => message).join('; ')}`);
		const { rows, strange } = rowsOf(frame.data[settings.kind.streamField]);
		for (const entry of strange) this.reportOnce('Pico sent an event that is not an object', JSON.stringify(entry));

		const fresh: PicoEvent[] = [];
		const inFrame = new Set(this.group.map(({ id }) => id));
		for (const row of rows) {
			const event = toEvent(settings.kind, row);
			if (position.isDelivered(event) || inFrame.has(event.id)) continue;
			inFrame.add(event.id);
			fresh.push(event);
		}
		if (!this.reoffer) return await this.deliverAll(fresh);
		if (this.reoffer.add(fresh).complete) await this.endReoffer();
	}

	/** Everything stored has been sent: what is still missing of a batch from before a restart will not come. */
	async endReoffer(): Promise<void> {
		if (!this.reoffer) return;
		const { batch, later } = this.reoffer.release(this.isReplayed);
		this.reoffer = undefined;
		if (batch && (await this.deliverBatch(batch)) === 'closed') return;
		await this.deliverAll(later);
		await this.flush();
	}

	/** Batches in the order of arrival; an event that nobody wants only moves the position. */
	private async deliverAll(events: readonly PicoEvent[]): Promise<void> {
		const { settings, position } = this.options;
		for (const event of events) {
			if (!matches(settings, event)) {
				if ((await this.flush()) === 'closed') return;
				position.pass(event);
				continue;
			}
			this.group.push(event);
			if (this.group.length >= settings.eventsPerRun && (await this.flush()) === 'closed') return;
		}
	}

	/** Starts a run with the events that wait, however few they are. */
	async flush(): Promise<Verdict> {
		const batch: Batch = { events: this.group, attempt: 1, replayed: this.isReplayed };
		this.group = [];
		return batch.events.length === 0 ? 'acknowledged' : await this.deliverBatch(batch);
	}

	private async deliverBatch(batch: Batch): Promise<Verdict> {
		if (this.closing.aborted) return 'closed';
		return await deliver({ ...this.options, closing: this.closing, overlap: this.overlap }, batch);
	}

	private readonly isReplayed = (event: PicoEvent): boolean => (toMs(event.cursor) ?? Number.POSITIVE_INFINITY) < this.openedAt;

	private reportOnce(message: string, text: string): void {
		if (this.unreadable.has(text)) return;
		if (this.unreadable.size >= UNREADABLE_KEPT) this.unreadable.clear();
		this.unreadable.add(text);
		this.options.report.failedExecution(message, 'The stream goes on with the next event. What came:', text);
	}
}
