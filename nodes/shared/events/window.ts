import { toMs } from './timestamp';

/** Marks one seen event in stored state: id and time in milliseconds (base 36), `id.time`. */
export type SeenMark = string;

/**
 * The ids of events inside the look-back window. A stream is always resumed a little before the cursor, so that ties,
 * late commits and both readings of "after the cursor" are covered; this window drops what was delivered before.
 */
export class SeenWindow {
	private readonly times = new Map<string, number>();
	private newest = Number.NEGATIVE_INFINITY;
	private droppedUpTo: number | undefined;

	/**
	 * @param lookbackMs age, measured against the newest event, after which an id is forgotten
	 * @param capacity ids kept at most, so that a burst cannot fill the memory (5,000 ids take about 0.5 MB)
	 */
	constructor(
		private readonly lookbackMs: number,
		private readonly capacity = 5_000,
	) {}

	has(id: string): boolean {
		return this.times.has(id);
	}

	/** @param timestamp the event's own time; an event without one counts as new as the newest */
	add(id: string, timestamp: unknown): void {
		const time = toMs(timestamp) ?? (Number.isFinite(this.newest) ? this.newest : 0);
		this.times.delete(id);
		this.times.set(id, time);
		this.newest = Math.max(this.newest, time);
		this.forget();
	}

	/**
	 * Time in milliseconds up to which ids inside the window had to be dropped for want of room; `undefined` while all
	 * are known.
	 */
	get floor(): number | undefined {
		return this.droppedUpTo !== undefined && this.droppedUpTo >= this.newest - this.lookbackMs ? this.droppedUpTo : undefined;
	}

	/** The ids that arrived last, and the floor that holds once only these are left. */
	marks(limit: number): { marks: SeenMark[]; floor: number | undefined } {
		const kept = [...this.times];
		const dropped = kept.splice(0, Math.max(0, kept.length - limit));
		const floor = dropped.reduce((highest, [, time]) => Math.max(highest, time), this.floor ?? Number.NEGATIVE_INFINITY);
		return {
			marks: kept.map(([id, time]) => `${id}.${time.toString(36)}`),
			floor: Number.isFinite(floor) ? floor : undefined,
		};
	}

	/** Takes stored marks in; a mark that cannot be read is skipped, which can only cause a repeat. */
	restore(marks: readonly unknown[], floor?: number): void {
		for (const mark of marks) {
			const [, id, time] = (typeof mark === 'string' && /^([\w-]+)\.(-?[0-9a-z]+)$/.exec(mark)) || [];
			if (id === undefined) continue;
			const ms = Number.parseInt(time, 36);
			this.times.set(id, ms);
			this.newest = Math.max(this.newest, ms);
		}
		this.droppedUpTo = floor;
	}

	get size(): number {
		return this.times.size;
	}

	/** Ids lie in order of arrival, which is nearly the order of time: looking at the first ones is enough. */
	private forget(): void {
		const oldest = this.newest - this.lookbackMs;
		for (const [id, time] of this.times) {
			const old = time < oldest;
			if (!old && this.times.size <= this.capacity) return;
			if (!old) this.droppedUpTo = Math.max(this.droppedUpTo ?? time, time);
			this.times.delete(id);
		}
	}
}
