import type { Entry, Log } from '../plant/log.mts';
import type { Random } from '../random.mts';
import type { Switches } from '../switches.mts';
import { unitOf } from '../time.mts';

/** Where a stream starts: a time or (notes only) a sequence number. */
export type Start =
	| { kind: 'now' }
	| { kind: 'everything' }
	| { kind: 'time'; ns: bigint; descending: boolean }
	| { kind: 'seq'; seq: number; descending: boolean };

export interface FeedOptions<Row extends object> {
	log: Log<Row>;
	start: Start;
	batchSize: number;
	matches: (row: Row) => boolean;
	switches: () => Switches;
	random: Random;
	onDelivered?: (rows: number) => void;
	onClose?: () => void;
}

/**
 * One reader of a log: first what lies behind the cursor in order of time, then what is committed, batch by batch and only
 * when asked, so a slow reader costs nothing. Rows that were replaced meanwhile are left out, as in a table.
 */
export class Feed<Row extends object> implements AsyncIterableIterator<Row[]> {
	private closed = false;
	private wakeUp: (() => void) | undefined;
	private readonly replayUntil: number;
	private backlog: Iterator<Entry<Row>> | undefined;
	private nextCommit: number;
	private newest: bigint | undefined;
	private again: Row[] = [];

	constructor(private readonly options: FeedOptions<Row>) {
		this.replayUntil = options.log.length;
		this.nextCommit = this.replayUntil;
		if (options.start.kind !== 'now') this.backlog = this.replay(options.start);
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	async next(): Promise<IteratorResult<Row[]>> {
		while (!this.closed) {
			const rows = this.take();
			if (rows.length > 0) {
				this.options.onDelivered?.(rows.length);
				return { done: false, value: rows };
			}
			await this.somethingNew();
		}
		return { done: true, value: undefined };
	}

	async return(): Promise<IteratorResult<Row[]>> {
		this.close();
		return { done: true, value: undefined };
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.wakeUp?.();
		this.options.onClose?.();
	}

	private take(): Row[] {
		const { batchSize } = this.options;
		if (this.again.length > 0) return this.again.splice(0, batchSize);
		const rows: Row[] = [];
		while (rows.length < batchSize) {
			const entry = this.nextEntry();
			if (!entry) break;
			rows.push(entry.row);
			if (this.newest === undefined || entry.ns > this.newest) this.newest = entry.ns;
		}
		const { duplicateRate } = this.options.switches();
		if (duplicateRate > 0) this.again = rows.filter(() => this.options.random.next() < duplicateRate);
		return rows;
	}

	private nextEntry(): Entry<Row> | undefined {
		if (this.backlog) {
			const { value, done } = this.backlog.next();
			if (!done) return value;
			this.backlog = undefined;
		}
		const { log, matches } = this.options;
		const { delayMs, reorder } = this.options.switches();
		while (this.nextCommit < log.length) {
			const entry = log.commits[this.nextCommit];
			if (delayMs > 0 && entry.committedAt + delayMs > Date.now()) return undefined;
			this.nextCommit++;
			const hidden = reorder === 'late-hidden' && this.newest !== undefined && entry.ns < this.newest;
			if (!entry.superseded && !hidden && this.isPastStart(entry) && matches(entry.row)) return entry;
		}
		return undefined;
	}

	private *replay(start: Exclude<Start, { kind: 'now' }>): Generator<Entry<Row>> {
		const { log, matches } = this.options;
		const wanted = (entry: Entry<Row>) => entry.commit < this.replayUntil && !entry.superseded && matches(entry.row);
		if (start.kind === 'seq') {
			const entries = log.commits.slice(0, this.replayUntil);
			if (start.descending) entries.reverse();
			for (const entry of entries) if (wanted(entry) && this.isPastStart(entry)) yield entry;
			return;
		}
		if (start.kind === 'time' && start.descending) {
			// A row that is committed meanwhile may move the indices; what is replayed was there when the stream opened.
			const older = Array.from({ length: log.firstAt(this.lowest(start.ns + 1n)) }, (_, index) => log.timeline(index));
			for (const entry of older.reverse()) if (entry && wanted(entry) && this.isPastStart(entry)) yield entry;
			return;
		}
		let index = start.kind === 'time' ? log.firstAt(this.lowest(start.ns)) : 0;
		let known = log.length;
		let last: Entry<Row> | undefined;
		for (;;) {
			if (known !== log.length && last) {
				index = log.firstAfter(last.ns, last.commit);
				known = log.length;
			}
			const entry = log.timeline(index++);
			if (!entry) return;
			last = entry;
			if (wanted(entry)) yield entry;
		}
	}

	/** The earliest exact time whose shown (cut off) value lies behind the cursor, or at it if cursors are inclusive. */
	private lowest(cursor: bigint): bigint {
		const unit = unitOf(this.options.switches().timePrecision);
		if (this.options.switches().cursorInclusive) return ((cursor + unit - 1n) / unit) * unit;
		return (cursor / unit + 1n) * unit;
	}

	private isPastStart(entry: Entry<Row>): boolean {
		const { start } = this.options;
		const { cursorInclusive, timePrecision } = this.options.switches();
		if (start.kind === 'time') {
			if (!start.descending) return entry.ns >= this.lowest(start.ns);
			const shown = entry.ns - (entry.ns % unitOf(timePrecision));
			return shown < start.ns || (cursorInclusive && shown === start.ns);
		}
		if (start.kind !== 'seq') return true;
		const seq: unknown = Reflect.get(entry.row, 'seq');
		if (typeof seq !== 'number') return false;
		if (seq === start.seq) return cursorInclusive;
		return start.descending ? seq < start.seq : seq > start.seq;
	}

	private somethingNew(): Promise<void> {
		const { log } = this.options;
		return new Promise((resolve) => {
			const pending = log.commits[this.nextCommit];
			const delay = pending ? pending.committedAt + this.options.switches().delayMs - Date.now() : undefined;
			const timer = delay === undefined ? undefined : setTimeout(() => done(), Math.max(1, delay));
			const forget = log.onNext(() => done());
			const done = () => {
				clearTimeout(timer);
				forget();
				this.wakeUp = undefined;
				resolve();
			};
			this.wakeUp = done;
		});
	}
}
