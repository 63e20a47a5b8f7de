import { PACE } from './pace';

/** Waiting times between connection attempts: 1 s doubling to 60 s, with jitter so that many triggers do not knock at once. */
export class Backoff {
	private failures = 0;

	constructor(private readonly random: () => number = Math.random) {}

	/**
	 * Milliseconds to wait before the next attempt.
	 *
	 * @param wasOfUse whether the connection that just ended had lasted a while or brought something new
	 * @param askedMs what the server asked for (`Retry-After`); never undercut
	 */
	next(wasOfUse: boolean, askedMs = 0): number {
		if (wasOfUse) this.failures = 0;
		const full = Math.min(PACE.reconnectLongest, PACE.reconnectFirst * 2 ** this.failures);
		this.failures = Math.min(this.failures + 1, 10);
		return Math.max(Math.round(full * (0.5 + this.random() / 2)), askedMs);
	}
}
