import type { Switches } from './switches.mts';

/** Requests in 24 hours by plan (public pricing and documentation of 2026). */
const byPlan = { free: 100, pro: 1000, premium: 10_000, enterprise: Infinity } as const;
const windowMs = 24 * 60 * 60 * 1000;

export interface RateLimitInfo {
	remaining: number;
	resetAt: string;
	/** Seconds. */
	retryAfter: number;
}

/** A fixed window of 24 hours that begins with the first request. */
export class Quota {
	private used = 0;
	private startedAt = 0;

	/** Counts one request; answers what a 429 says when it is one too many. */
	take(switches: Pick<Switches, 'plan' | 'dailyQuota'>, now = Date.now()): RateLimitInfo | undefined {
		if (this.used === 0 || now >= this.startedAt + windowMs) {
			this.used = 0;
			this.startedAt = now;
		}
		const allowed = switches.dailyQuota > 0 ? switches.dailyQuota : byPlan[switches.plan];
		if (this.used >= allowed) return limitInfo(this.startedAt + windowMs, now);
		this.used += 1;
		return undefined;
	}

	get usedToday(): number {
		return this.used;
	}

	clear(): void {
		this.used = 0;
	}
}

export const limitInfo = (until: number, now: number): RateLimitInfo => ({
	remaining: 0,
	resetAt: new Date(until).toISOString(),
	retryAfter: Math.max(1, Math.ceil((until - now) / 1000)),
});
