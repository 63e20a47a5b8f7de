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

	/**
	 * @param lookbackMs age, measured against the newest event, after which an id is forgotten
	 * @param capacity ids kept at most, so that a burst cannot fill the memory (a 20,000-id window takes about 3 MB)
	 */
	constructor(
		private readonly lookbackMs: number,
		private readonly capacity = 20_000,
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

	/** The newest ids, oldest first, for stored state. */
	marks(limit: number): SeenMark[] {
		return [...this.times]
			.sort(([, a], [, b]) => a - b)
			.slice(-limit)
			.map(([id, time]) => `${id}.${time.toString(36)}`);
	}

	/** Takes stored marks in; a mark that cannot be read is skipped, which can only cause a repeat. */
	restore(marks: readonly unknown[]): void {
		for (const mark of marks) {
			const [, id, time] = (typeof mark === 'string' && /^([\w-]+)\.(-?[0-9a-z]+)$/.exec(mark)) || [];
			if (id === undefined) continue;
			const ms = Number.parseInt(time, 36);
			this.times.set(id, ms);
			this.newest = Math.max(this.newest, ms);
		}
	}

	get size(): number {
		return this.times.size;
	}

	/** Ids lie in order of arrival, which is nearly the order of time: looking at the first ones is enough. */
	private forget(): void {
		const oldest = this.newest - this.lookbackMs;
		for (const [id, time] of this.times) {
			if (time >= oldest && this.times.size <= this.capacity) return;
			this.times.delete(id);
		}
	}
}
