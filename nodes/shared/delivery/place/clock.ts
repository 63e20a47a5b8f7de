/** So many events in a row ahead of the clock of n8n: then it is this clock that is wrong. */
const PROOF = 20;

/**
 * The clock of the Pico server, from the `Date` header of its answers. It runs on by monotonic time, so that a change of
 * n8n's own clock does not move it. For a server that sends no `Date` the clock of n8n stands in; it is put forward when
 * event after event is ahead of it.
 */
export class PlantClock {
	private told: { ms: number; at: number } | undefined;
	private offsetMs = 0;
	private leads: number[] = [];

	/** @param ms the server's time, milliseconds since 1970 */
	set(ms: number): void {
		this.told = { ms, at: performance.now() };
	}

	/** Milliseconds since 1970. */
	get ms(): number {
		return this.told ? this.told.ms + performance.now() - this.told.at : Date.now() + this.offsetMs;
	}

	/** Learns from the time of an event that has just arrived. */
	hear(eventMs: number | undefined): void {
		if (this.told || eventMs === undefined) return;
		const lead = eventMs - this.ms;
		if (lead <= 0) this.leads = [];
		else if (this.leads.push(lead) >= PROOF) {
			this.offsetMs += Math.min(...this.leads);
			this.leads = [];
		}
	}
}
