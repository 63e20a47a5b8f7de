import { toMs } from './timestamp';

/** Marks one seen event in stored state: id and time in milliseconds (base 36), `id.time`. */
export type SeenMark = string;

/** Entries that were forgotten are thrown away when there are so many. */
const LONGEST_WASTE = 4_096;

/**
 * The ids of events inside the look-back window. A stream is always resumed a little before the cursor, so that ties,
 * late commits and both readings of "after the cursor" are covered; this window drops what was delivered before.
 */
export class SeenWindow {
	/** Ids in order of arrival with their times; those before `first` are forgotten. */
	private ids: string[] = [];
	private times: number[] = [];
	private first = 0;
	private readonly known = new Set<string>();
	private newest = Number.NEGATIVE_INFINITY;
	private droppedUpTo: number | undefined;
	/** Marks of the first ids, kept from one `marks` to the next: a trigger asks for them with every event. */
	private written: SeenMark[] = [];
	/** How far the times were looked through for what a limit leaves out, and the highest one found there. */
	private leftOut = { count: 0, highest: Number.NEGATIVE_INFINITY };

	/**
	 * @param lookbackMs age, measured against the newest event, after which an id is forgotten
	 * @param capacity ids kept at most, so that a burst cannot fill the memory (5,000 ids take about 0.5 MB)
	 */
	constructor(
		private readonly lookbackMs: number,
		private readonly capacity = 5_000,
	) {}

	has(id: string): boolean {
		return this.known.has(id);
	}

	/** @param timestamp the event's own time; an event without one counts as new as the newest */
	add(id: string, timestamp: unknown): void {
		this.addAt(id, toMs(timestamp) ?? (Number.isFinite(this.newest) ? this.newest : 0));
		this.forget();
	}

	/**
	 * Time in milliseconds up to which ids inside the window had to be dropped for want of room; `undefined` while all
	 * are known.
	 */
	get floor(): number | undefined {
		return this.droppedUpTo === undefined ? undefined : this.inside(this.droppedUpTo);
	}

	/** The ids that arrived last, and the floor that holds once only these are left. */
	marks(limit: number): { marks: SeenMark[]; floor: number | undefined } {
		const from = Math.max(this.first, this.ids.length - limit);
		for (let index = this.written.length; index < this.ids.length; index++) {
			this.written.push(`${this.ids[index]}.${this.times[index].toString(36)}`);
		}
		const { count, highest } = from < this.leftOut.count ? { count: this.first, highest: Number.NEGATIVE_INFINITY } : this.leftOut;
		this.leftOut = { count: from, highest: this.times.slice(count, from).reduce((a, b) => Math.max(a, b), highest) };
		const floor = Math.max(this.leftOut.highest, this.floor ?? Number.NEGATIVE_INFINITY);
		return { marks: this.written.slice(from), floor: this.inside(floor) };
	}

	/** Takes stored marks in; a mark that cannot be read is skipped, which can only cause a repeat. */
	restore(marks: readonly unknown[], floor?: number): void {
		for (const mark of marks) {
			const [, id, time] = (typeof mark === 'string' && /^([\w-]+)\.(-?[0-9a-z]+)$/.exec(mark)) || [];
			if (id !== undefined) this.addAt(id, Number.parseInt(time, 36));
		}
		this.droppedUpTo = floor;
	}

	get size(): number {
		return this.known.size;
	}

	private addAt(id: string, time: number): void {
		if (this.known.has(id)) this.takeOut(this.ids.lastIndexOf(id));
		this.known.add(id);
		this.ids.push(id);
		this.times.push(time);
		this.newest = Math.max(this.newest, time);
	}

	private takeOut(index: number): void {
		this.ids.splice(index, 1);
		this.times.splice(index, 1);
		this.written.length = Math.min(this.written.length, index);
		this.leftOut = { count: this.first, highest: Number.NEGATIVE_INFINITY };
	}

	/** A time inside the window; an older one says nothing any more. */
	private inside(time: number): number | undefined {
		return Number.isFinite(time) && time >= this.newest - this.lookbackMs ? time : undefined;
	}

	/** Ids lie in order of arrival, which is nearly the order of time: looking at the first ones is enough. */
	private forget(): void {
		const oldest = this.newest - this.lookbackMs;
		for (; this.first < this.ids.length; this.first++) {
			const time = this.times[this.first];
			const old = time < oldest;
			if (!old && this.known.size <= this.capacity) break;
			if (!old) this.droppedUpTo = Math.max(this.droppedUpTo ?? time, time);
			this.known.delete(this.ids[this.first]);
		}
		if (this.first >= LONGEST_WASTE) this.compact();
	}

	private compact(): void {
		this.ids = this.ids.slice(this.first);
		this.times = this.times.slice(this.first);
		this.written = this.written.slice(this.first);
		this.first = 0;
		this.leftOut = { count: 0, highest: Number.NEGATIVE_INFINITY };
	}
}
