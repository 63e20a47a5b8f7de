import { Stamp } from './time.mts';

/** The plant's clock: runs with the machine's by default, can be set, advanced and frozen. */
export class Clock {
	private offset = 0n;
	private frozen: bigint | undefined;
	private readonly startedAt = process.hrtime.bigint();
	private readonly startWall = BigInt(Date.now()) * 1_000_000n;

	now(): bigint {
		return this.frozen ?? this.machine() + this.offset;
	}

	stamp(): Stamp {
		return new Stamp(this.now());
	}

	get isFrozen(): boolean {
		return this.frozen !== undefined;
	}

	set(ns: bigint): void {
		if (this.frozen !== undefined) this.frozen = ns;
		else this.offset = ns - this.machine();
	}

	advance(ns: bigint): void {
		if (this.frozen !== undefined) this.frozen += ns;
		else this.offset += ns;
	}

	freeze(): void {
		this.frozen = this.now();
	}

	/** Lets the time run on from where it stands. */
	thaw(): void {
		if (this.frozen === undefined) return;
		this.offset = this.frozen - this.machine();
		this.frozen = undefined;
	}

	/** Back to the machine's own time. */
	real(): void {
		this.frozen = undefined;
		this.offset = 0n;
	}

	private machine(): bigint {
		return this.startWall + (process.hrtime.bigint() - this.startedAt);
	}
}
