import { asFailure, isTransient, PicoFailure } from './failure';
import { pause } from './pause';

/** Three tries in all: enough for a restart of a proxy, short enough for a person who waits. */
const TRIES = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * Runs a request again after a transient failure, waiting 0.5 s, then 1 s (with jitter), or as long as the server asks.
 * Only for requests whose repeat cannot do harm: reads, and saves that carry an order id.
 */
export async function withRetries<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
	for (let tried = 1; ; tried++) {
		const outcome = await settle(attempt);
		if ('value' in outcome) return outcome.value;
		const { failure } = outcome;
		const asked = failure.details.retryAfterMs ?? 0;
		if (tried >= TRIES || !isTransient(failure) || signal?.aborted || asked > LONGEST_WAIT_MS) throw failure;
		const wait = Math.max(asked, FIRST_WAIT_MS * 2 ** (tried - 1) * (0.75 + Math.random() / 2));
		await pause(wait, signal);
	}
}

async function settle<T>(attempt: () => Promise<T>): Promise<{ value: T } | { failure: PicoFailure }> {
	try {
		return { value: await attempt() };
	} catch (error) {
		return { failure: asFailure(error) };
	}
}
