/** One row as it was committed. `at` orders replays, `commit` orders what open streams see. */
export interface Entry<Row> {
	readonly row: Row;
	readonly ns: bigint;
	readonly commit: number;
	/** Machine time of the commit in ms, for delayed delivery. */
	readonly committedAt: number;
	superseded: boolean;
}

/**
 * An append-only log read from two sides: by time (replay from a cursor) and by commit order (open streams).
 * Readers pull; the log never buffers for them.
 */
export class Log<Row> {
	readonly commits: Array<Entry<Row>> = [];
	private readonly byTime: Array<Entry<Row>> = [];
	private readonly waiters = new Set<() => void>();

	append(row: Row, ns: bigint, replaces?: Entry<Row>): Entry<Row> {
		const entry: Entry<Row> = { row, ns, commit: this.commits.length, committedAt: Date.now(), superseded: false };
		if (replaces) replaces.superseded = true;
		this.commits.push(entry);
		const last = this.byTime.at(-1);
		if (!last || last.ns <= ns) this.byTime.push(entry);
		else this.byTime.splice(this.firstAfter(ns, entry.commit), 0, entry);
		this.wake();
		return entry;
	}

	/** Commits many rows at once; they need not be in order of time. */
	appendMany(rows: Row[], time: (row: Row) => bigint): void {
		const committedAt = Date.now();
		for (const row of rows) {
			const entry = { row, ns: time(row), commit: this.commits.length, committedAt, superseded: false };
			this.commits.push(entry);
			this.byTime.push(entry);
		}
		this.byTime.sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : a.commit - b.commit));
		this.wake();
	}

	/** Rows that are valid now, in order of time. */
	*current(): Generator<Row> {
		for (const entry of this.byTime) if (!entry.superseded) yield entry.row;
	}

	/** Index in time order of the first entry at or after `ns`. */
	firstAt(ns: bigint): number {
		return this.search((entry) => entry.ns >= ns);
	}

	/** Index in time order of the first entry behind the given one. */
	firstAfter(ns: bigint, commit: number): number {
		return this.search((entry) => entry.ns > ns || (entry.ns === ns && entry.commit > commit));
	}

	timeline(index: number): Entry<Row> | undefined {
		return this.byTime[index];
	}

	get length(): number {
		return this.commits.length;
	}

	/** Calls `listener` once at the next append or wake; returns a function that forgets it. */
	onNext(listener: () => void): () => void {
		this.waiters.add(listener);
		return () => this.waiters.delete(listener);
	}

	wake(): void {
		const waiting = [...this.waiters];
		this.waiters.clear();
		for (const listener of waiting) listener();
	}

	private search(isBehind: (entry: Entry<Row>) => boolean): number {
		let low = 0;
		let high = this.byTime.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (isBehind(this.byTime[middle])) high = middle;
			else low = middle + 1;
		}
		return low;
	}
}
