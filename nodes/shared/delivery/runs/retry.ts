import { PACE } from '../pace';
import type { TriggerSettings } from '../settings';
import type { RunOutcome } from './outcome';

type FailedRun = Extract<RunOutcome, { kind: 'failed' }>;

/** To be run again after `waitMs`. */
export interface Again {
	kind: 'again';
	waitMs: number;
	/** The run that failed used up no attempt. */
	isOutage: boolean;
	log?: string;
}

/** There is no further attempt; see 'After Last Attempt'. */
export interface Over {
	kind: 'over';
	reason: string;
}

/** Every rule about when a failed run is tried again; one for each batch. */
export class Retry {
	/** When the first of the runs in a row failed that failed because another system was down, by `performance.now()`. */
	private downSince: number | undefined;

	constructor(private readonly settings: Pick<TriggerSettings, 'attempts' | 'afterLastAttempt' | 'outagePatienceMs'>) {}

	/**
	 * What follows a failed run.
	 *
	 * @param attempt its number
	 */
	after({ reason, outage }: FailedRun, attempt: number): Again | Over {
		const { attempts, afterLastAttempt, outagePatienceMs } = this.settings;
		const isDown = outage !== undefined && outagePatienceMs > 0;
		this.downSince = isDown ? (this.downSince ?? performance.now()) : undefined;
		const downMs = this.downSince === undefined ? 0 : performance.now() - this.downSince;
		if (isDown && downMs < outagePatienceMs) {
			const waitMs = outageWait(downMs);
			const log = `another system is down or busy (${outage}), for ${duration(downMs)} so far; next run in ${duration(waitMs)}`;
			return { kind: 'again', waitMs, isOutage: true, log };
		}
		const isLast = attempt >= attempts || isDown;
		const waitMs = Math.min(PACE.retryFirst * 2 ** Math.min(attempt - 1, 8), PACE.retryLongest);
		if (!isLast) return { kind: 'again', waitMs, isOutage: false };
		const whole = isDown ? `${reason} (for ${duration(downMs)})` : reason;
		if (afterLastAttempt !== 'keepRetrying') return { kind: 'over', reason: whole };
		return { kind: 'again', waitMs, isOutage: false, log: `keeps failing, and later events wait: ${whole}` };
	}
}

/** A tenth of the time for which the other system has been down: what waits for it is then delivered soon after it is back. */
function outageWait(downMs: number): number {
	return Math.min(Math.max(downMs / 10, PACE.retryFirst), PACE.outageLongest);
}

/** As a person reads it in a log. */
export function duration(ms: number): string {
	return ms < 90_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
