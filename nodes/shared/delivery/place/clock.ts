/**
 * The clock of the Pico server, from the `Date` header of its answers. It runs on by monotonic time, so that a change of
 * n8n's own clock does not move it. For a server that sends no `Date` the clock of n8n stands in.
 */
export class PlantClock {
	private told: { ms: number; at: number } | undefined;

	/** @param ms the server's time, milliseconds since 1970 */
	set(ms: number): void {
		this.told = { ms, at: performance.now() };
	}

	/** Milliseconds since 1970. */
	get ms(): number {
		return this.told ? this.told.ms + performance.now() - this.told.at : Date.now();
	}
}
