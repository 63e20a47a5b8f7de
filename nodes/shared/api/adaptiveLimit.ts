/** Kind to a small plant server; also how many requests a server may keep waiting: with more fewer are sent, with fewer more. */
export const START = 5;
const MOST = 16;
/** After a refusal: answers at the new size before one more is tried, in rounds of that size. */
const CALM_ROUNDS = 10;

/**
 * How many requests may be under way at once: more while the server answers quickly, fewer when it slows down or refuses.
 *
 * What a request takes longer than the quickest one, it has waited behind others: the idea of TCP Vegas. Slowness alone
 * never leads below the start, since an answer may be slow for reasons of its own.
 */
export class AdaptiveLimit {
	private exact = START;
	private quickestMs = Number.POSITIVE_INFINITY;
	/** How often the size was halved. A request notes it when it starts, see `refused`. */
	cuts = 0;

	get size(): number {
		return Math.floor(this.exact);
	}

	/** @param underWay how many requests there were, with this one: a size that nobody needed proves nothing */
	answered(ms: number, underWay: number): void {
		const taken = Math.max(ms, 1);
		this.quickestMs = Math.min(this.quickestMs, taken);
		const waiting = this.size * (1 - this.quickestMs / taken);
		if (waiting > START) this.exact -= 1;
		else if (waiting < START - 1 && underWay * 2 > this.size) {
			this.exact = Math.min(MOST, this.exact + (this.cuts === 0 ? 1 : 1 / (CALM_ROUNDS * this.size)));
		}
	}

	/** @param cuts when that request started: those sent together are refused together, which is one refusal */
	refused(cuts: number): void {
		if (cuts !== this.cuts) return;
		this.cuts++;
		this.exact = Math.max(1, this.exact / 2);
	}
}
