/**
 * The clock of the Pico server, from the `Date` header of its answers. It runs on by monotonic time, so that a change of
 * n8n's own clock does not move it. For a server that sends no `Date` the clock of n8n stands in, as it was at the start.
 */
export class PlantClock {
	private told = { ms: Date.now(), at: performance.now() };

	/** @param ms the server's time, milliseconds since 1970 */
	set(ms: number): void {
		this.told = { ms, at: performance.now() };
	}

	/** Milliseconds since 1970. */
	get ms(): number {
		return this.told.ms + performance.now() - this.told.at;
	}
}
