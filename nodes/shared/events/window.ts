/** What is stored of a window. */
export interface StoredWindow {
	/**
	 * Inside the window, newest first: a second since 1970 (base 36), a colon, and the first characters of each id that
	 * falls into it. Many events fit in, and where few come, one takes no more room than its id with its time.
	 */
	seen: string[];
	/** Beyond the window, in order of arrival: id, a point, and the time in milliseconds (base 36). */
	ahead: string[];
	/** Time in milliseconds up to which ids are missing; `undefined` while all are there. */
	forgottenUpTo: number | undefined;
}

/**
 * Characters of an id that are stored of it inside the window: 36 bits. They count only for events no later than the
 * cursor that was stored with them. Nearly all of those were delivered; one that came late is taken for delivered once in
 * ten million times, with 4,000 ids stored.
 */
const SHORT = 6;
/** JSON bytes of a second with its colon, its quotes and a comma, and of an id with its time. */
const SECOND_BYTES = 10;
const AHEAD_BYTES = 24;
/** The ids of one second. */
interface Group {
	prefix: string;
	/** The first characters of each, in order of arrival. */
	ids: string;
	lastMs: number;
}

/** Entries that were forgotten are thrown away when there are so many. */
const LONGEST_WASTE = 4_096;
/** Ids kept at most, so that a burst cannot fill the memory (20,000 ids take about 2 MB). */
const CAPACITY = 20_000;
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
	/** Ids in order of arrival with their times; those before `first` are forgotten. */
	private ids: string[] = [];
	private times: number[] = [];
	private first = 0;
	/** The same as it is stored, by seconds since 1970. */
	private readonly seconds = new Map<number, Group>();
	private readonly known = new Set<string>();
	/** Delivered, but later than the cursor may go; with their times. They stay until the window has passed them. */
	private readonly beyond = new Map<string, number>();
	private soonestBeyond = Number.POSITIVE_INFINITY;
	private newest = Number.NEGATIVE_INFINITY;
	private dropped: number | undefined;
	/** Events up to this time are known by the first characters of their ids as well. */
	private shortUpTo = Number.NEGATIVE_INFINITY;

	/** @param lookbackMs age, measured against the newest event, after which an id is forgotten */
	constructor(
		private readonly lookbackMs: number,
		private readonly capacity = CAPACITY,
	) {}

	/** @param ms the event's own time, as for `add` */
	has(id: string, ms?: number): boolean {
		if (this.known.has(id) || this.beyond.has(id)) return true;
		return (ms ?? Number.NEGATIVE_INFINITY) <= this.shortUpTo && this.known.has(id.slice(0, SHORT));
	}

	/** @param ms the event's own time; an event without one counts as new as the newest */
	add(id: string, ms: number | undefined): void {
		this.beyond.delete(id);
		this.append(id, ms ?? (Number.isFinite(this.newest) ? this.newest : 0));
		this.forget();
	}

	/** Keeps the id of an event that the window must not move to: it lies ahead of the clock, or behind a gap. */
	addBeyond(id: string, ms: number | undefined): void {
		if (this.has(id, ms)) return;
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

	/** The newest ids, as many as fit into so many bytes of JSON; those beyond take half of it at most. */
	toStored(bytes: number): StoredWindow {
		const most = Math.floor(bytes / 2 / AHEAD_BYTES);
		const ahead = [...this.beyond].slice(Math.max(0, this.beyond.size - most)).map(([id, time]) => `${id}.${time.toString(36)}`);
		const seen: string[] = [];
		let room = bytes - ahead.length * AHEAD_BYTES;
		let forgottenUpTo = this.dropped;
		for (const { prefix, ids, lastMs } of [...this.seconds.values()].reverse()) {
			const fitting = Math.max(0, Math.floor((room - SECOND_BYTES) / SHORT)) * SHORT;
			if (fitting >= ids.length) seen.push(prefix + ids);
			else {
				if (fitting > 0) seen.push(prefix + ids.slice(-fitting));
				forgottenUpTo = max(lastMs, forgottenUpTo);
			}
			room -= SECOND_BYTES + Math.min(fitting, ids.length);
		}
		return { seen, ahead, forgottenUpTo };
	}

	/**
	 * Takes in what was stored; what cannot be read is skipped, which can only cause a repeat.
	 *
	 * @param cursorMs the cursor it was stored with: what is later was delivered ahead of it
	 */
	restore({ seen, ahead, forgottenUpTo }: StoredWindow, cursorMs: number): void {
		for (const group of [...seen].reverse()) {
			const [, second, ids] = /^(-?[0-9a-z]+):((?:[\w-]{6})+)$/.exec(group) ?? [];
			if (second === undefined) continue;
			// As late as it can have been: so none is forgotten too early, and stored again it falls into the same second.
			const time = Math.min(lastMsOf(Number.parseInt(second, 36)), cursorMs);
			for (let at = 0; at < ids.length; at += SHORT) this.append(ids.slice(at, at + SHORT), time);
		}
		for (const mark of ahead) {
			const [, id, text] = /^([\w-]+)\.(-?[0-9a-z]+)$/.exec(mark) ?? [];
			if (id !== undefined) this.addBeyond(id, Number.parseInt(text, 36));
		}
		this.shortUpTo = cursorMs;
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
		const second = secondOf(time);
		const group = this.seconds.get(second) ?? { prefix: `${second.toString(36)}:`, ids: '', lastMs: lastMsOf(second) };
		group.ids += id.slice(0, SHORT);
		this.seconds.set(second, group);
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
			this.forgetStored(secondOf(time));
		}
		if (this.first >= LONGEST_WASTE) this.compact();
		if (this.soonestBeyond < oldest) this.forgetBeyond(oldest);
	}

	/** The id that arrived first is the first one of its second. */
	private forgetStored(second: number): void {
		const group = this.seconds.get(second);
		if (!group) return;
		group.ids = group.ids.slice(SHORT);
		if (group.ids === '') this.seconds.delete(second);
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
		this.first = 0;
	}
}

const secondOf = (ms: number) => Math.floor(ms / 1_000);
const lastMsOf = (second: number) => second * 1_000 + 999;

function max(a: number | undefined, b: number | undefined): number | undefined {
	if (a === undefined || b === undefined) return a ?? b;
	return Math.max(a, b);
}
