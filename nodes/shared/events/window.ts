/** Marks one seen event in stored state: id and time in milliseconds (base 36), `id.time`. */
export type SeenMark = string;

/** Entries that were forgotten are thrown away when there are so many. */
const LONGEST_WASTE = 4_096;
/** Ids kept at most, so that a burst cannot fill the memory (5,000 ids take about 0.5 MB). */
const CAPACITY = 5_000;
/**
 * Ids of the newest moment are kept beyond that: a stream that stopped among events of one time can only be resumed at
 * that time, and all of it comes again. So many take about 10 MB.
 */
const MOST_OF_ONE_TIME = 100_000;

/**
 * The ids of events inside the look-back window. A stream is always resumed a little before the cursor, so that ties,
 * late commits and both readings of "after the cursor" are covered; this window drops what was delivered before.
 */
export class SeenWindow {
	/** Ids in order of arrival with their marks; those before `first` are forgotten. */
	private ids: string[] = [];
	private times: number[] = [];
	private marked: SeenMark[] = [];
	/** The highest time up to each entry. */
	private highest: number[] = [];
	private first = 0;
	private readonly known = new Set<string>();
	/** Delivered, but later than the cursor may go; with their times. They stay until the window has passed them. */
	private readonly beyond = new Map<string, number>();
	private soonestBeyond = Number.POSITIVE_INFINITY;
	private newest = Number.NEGATIVE_INFINITY;
	private dropped: number | undefined;

	/** @param lookbackMs age, measured against the newest event, after which an id is forgotten */
	constructor(
		private readonly lookbackMs: number,
		private readonly capacity = CAPACITY,
	) {}

	has(id: string): boolean {
		return this.known.has(id) || this.beyond.has(id);
	}

	/** @param ms the event's own time; an event without one counts as new as the newest */
	add(id: string, ms: number | undefined): void {
		this.beyond.delete(id);
		this.append(id, ms ?? (Number.isFinite(this.newest) ? this.newest : 0));
		this.forget();
	}

	/** Keeps the id of an event that the window must not move to: it lies ahead of the clock, or behind a gap. */
	addBeyond(id: string, ms: number | undefined): void {
		if (this.has(id)) return;
		const time = ms ?? Number.MAX_SAFE_INTEGER;
		this.beyond.set(id, time);
		this.soonestBeyond = Math.min(this.soonestBeyond, time);
		for (const oldest of this.beyond.keys()) {
			if (this.beyond.size <= this.capacity) break;
			this.beyond.delete(oldest);
		}
	}

	/**
	 * Moves the window over what was added beyond it, up to a time in milliseconds.
	 *
	 * @returns the highest time among what it moved over; `undefined` for nothing
	 */
	takeReached(upToMs: number): number | undefined {
		if (this.soonestBeyond > upToMs) return undefined;
		let highest: number | undefined;
		this.soonestBeyond = Number.POSITIVE_INFINITY;
		for (const [id, time] of this.beyond) {
			if (time <= upToMs) {
				highest = max(time, highest);
				this.add(id, time);
			} else this.soonestBeyond = Math.min(this.soonestBeyond, time);
		}
		return highest;
	}

	/** Time in milliseconds up to which ids were forgotten, whatever the reason; `undefined` while all are known. */
	get forgottenUpTo(): number | undefined {
		return this.dropped;
	}

	/** The ids that arrived last, and up to which time ids are missing where only these are kept. */
	marks(limit: number): { marks: SeenMark[]; forgottenUpTo: number | undefined } {
		// Neither may crowd the other out: a station whose clock is wrong would take the look-back from all others.
		const room = Math.max(Math.floor(limit / 2), limit - (this.ids.length - this.first));
		const ahead = [...this.beyond].slice(Math.max(0, this.beyond.size - room)).map(([id, time]) => markOf(id, time));
		const from = Math.max(this.first, this.ids.length - (limit - ahead.length));
		const left = from > this.first ? this.highest[from - 1] : undefined;
		return { marks: [...ahead, ...this.marked.slice(from)], forgottenUpTo: max(left, this.dropped) };
	}

	/**
	 * Takes stored marks in; a mark that cannot be read is skipped, which can only cause a repeat.
	 *
	 * @param cursorMs what is later was delivered ahead of the cursor
	 */
	restore(marks: readonly unknown[], forgottenUpTo: number | undefined, cursorMs: number): void {
		for (const mark of marks) {
			const [, id, text] = (typeof mark === 'string' && /^([\w-]+)\.(-?[0-9a-z]+)$/.exec(mark)) || [];
			if (id === undefined) continue;
			const time = Number.parseInt(text, 36);
			if (time > cursorMs) this.addBeyond(id, time);
			else this.append(id, time);
		}
		this.dropped = max(forgottenUpTo, this.dropped);
	}

	get size(): number {
		return this.known.size + this.beyond.size;
	}

	private append(id: string, time: number): void {
		if (this.known.has(id)) return;
		this.known.add(id);
		this.ids.push(id);
		this.times.push(time);
		this.marked.push(markOf(id, time));
		this.highest.push(Math.max(time, this.highest.at(-1) ?? time));
		this.newest = Math.max(this.newest, time);
	}

	/** Ids lie in order of arrival, which is nearly the order of time: looking at the first ones is enough. */
	private forget(): void {
		const oldest = this.newest - this.lookbackMs;
		for (; this.first < this.ids.length; this.first++) {
			const time = this.times[this.first];
			const most = time === this.newest ? MOST_OF_ONE_TIME : this.capacity;
			if (time >= oldest && this.known.size <= most) break;
			this.dropped = max(time, this.dropped);
			this.known.delete(this.ids[this.first]);
		}
		if (this.first >= LONGEST_WASTE) this.compact();
		if (this.soonestBeyond < oldest) this.forgetBeyond(oldest);
	}

	private forgetBeyond(oldest: number): void {
		this.soonestBeyond = Number.POSITIVE_INFINITY;
		for (const [id, time] of this.beyond) {
			if (time >= oldest) {
				this.soonestBeyond = Math.min(this.soonestBeyond, time);
				continue;
			}
			this.beyond.delete(id);
			this.dropped = max(time, this.dropped);
		}
	}

	private compact(): void {
		this.ids = this.ids.slice(this.first);
		this.times = this.times.slice(this.first);
		this.marked = this.marked.slice(this.first);
		this.highest = this.highest.slice(this.first);
		this.first = 0;
	}
}

function markOf(id: string, time: number): SeenMark {
	return `${id}.${time.toString(36)}`;
}

function max(a: number | undefined, b: number | undefined): number | undefined {
	if (a === undefined || b === undefined) return a ?? b;
	return Math.max(a, b);
}
