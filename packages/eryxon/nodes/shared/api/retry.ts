import { asFailure, type EryxonFailure } from './failure';
import { pause } from './pause';

const TRIES = 3;
const FIRST_WAIT_MS = 500;
/** A daily quota asks for hours: then the message helps more than waiting. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Runs a request again after a failure that may pass, waiting 0.5 s, then 1 s (with jitter), or as long as the server
 * asks. What Eryxon refused for a reason is not repeated.
 *
 * @param again.repeatable whether the request may have been carried out although no answer came: reads, and writes by key
 * @param again.slow the same for a request that took too long
 */
export async function withRetries<T>(attempt: () => Promise<T>, again: { repeatable: boolean; slow: boolean }, signal?: AbortSignal): Promise<T> {
	for (let tried = 1; ; tried++) {
		let failure: EryxonFailure;
		try {
			return await attempt();
		} catch (error) {
			failure = asFailure(error);
		}
		const asked = failure.details.retryAfterMs;
		if (tried >= TRIES || signal?.aborted || !mayPass(failure, again) || (asked ?? 0) > LONGEST_WAIT_MS) throw failure;
		await pause(Math.max(asked ?? 0, FIRST_WAIT_MS * 2 ** (tried - 1) * (0.75 + Math.random() / 2)), signal);
	}
}

function mayPass({ kind, details }: EryxonFailure, { repeatable, slow }: { repeatable: boolean; slow: boolean }): boolean {
	// A refusal with 429 was not carried out, so any request may go again; without a time, nothing says that it helps.
	if (kind === 'quota') return details.status === 429 && details.retryAfterMs !== undefined;
	if (kind === 'timeout') return slow;
	return repeatable && (kind === 'network' || kind === 'server');
}
