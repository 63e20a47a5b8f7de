/** Seeded random numbers (mulberry32): the same seed gives the same plant and the same serials. */
export class Random {
	private state: number;

	constructor(seed: number) {
		this.state = (seed >>> 0) ^ 0x9e3779b9;
	}

	/** A number in [0, 1). */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	}

	between(low: number, high: number): number {
		return low + Math.floor(this.next() * (high - low + 1));
	}

	/** Lower-case hexadecimal digits. */
	hex(length: number): string {
		let text = '';
		while (text.length < length) text += Math.floor(this.next() * 16).toString(16);
		return text;
	}
}
