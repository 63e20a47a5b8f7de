export type Made = { at: number; hidden: boolean };

interface Stop {
	what: string;
	from: number;
	/** When n8n was up again, and when it had worked off what had come meanwhile. */
	up?: number;
	caughtUp?: number;
}

/** Less behind than this is up to date. */
const UP_TO_DATE_MS = 1_000;

/** When each event was made and when its run told the other system. Milliseconds of one clock. */
export class Lags {
	readonly made = new Map<string, Made>();
	readonly stops: Stop[] = [];
	private readonly arrived = new Map<string, number>();
	private newestMade = 0;
	private newestArrived = 0;

	/** @param hidden the event lies behind newer ones, and no open stream shows it */
	note(order: string, hidden: boolean, at = Date.now()): void {
		this.made.set(order, { at, hidden });
		if (hidden) return;
		this.newestMade = at;
		// Until the first one arrives the lag is counted from when it was made.
		if (this.newestArrived === 0) this.newestArrived = at;
	}

	arrive(order: string, at = Date.now()): void {
		const made = this.made.get(order);
		if (!made || this.arrived.has(order)) return;
		this.arrived.set(order, at);
		if (!made.hidden) this.newestArrived = Math.max(this.newestArrived, made.at);
		const stop = this.stops.at(-1);
		if (stop?.up !== undefined && stop.caughtUp === undefined && this.now() < UP_TO_DATE_MS) stop.caughtUp = at;
	}

	/** Newest event made minus newest event delivered. */
	now(): number {
		return Math.max(0, this.newestMade - this.newestArrived);
	}

	begin(what: string): void {
		this.stops.push({ what, from: Date.now() });
	}

	up(): void {
		const stop = this.stops.at(-1);
		if (stop) stop.up = Date.now();
	}

	/** Times from an event to its run: while n8n was up, while it was away or catching up, of hidden late events. */
	sorted(): { up: number[]; away: number[]; hidden: number[] } {
		const lags = { up: [] as number[], away: [] as number[], hidden: [] as number[] };
		for (const [order, { at, hidden }] of this.made) {
			const arrived = this.arrived.get(order);
			if (arrived === undefined) continue;
			const away = this.stops.some(({ from, caughtUp = Infinity }) => arrived >= from && at <= caughtUp);
			lags[away ? 'away' : hidden ? 'hidden' : 'up'].push(arrived - at);
		}
		return lags;
	}
}
