import { asFailure, isTransient, type PicoFailure } from './failure';
import { pause } from './pause';

/** How often something is tried, and how long to wait in between. */
export interface RetryPolicy {
	/** Tries in all, the first one included. */
	tries: number;
	/** The first wait; each further one is twice as long. */
	firstMs: number;
	longestMs: number;
	/** A server that asks for a longer wait (`Retry-After`) is not tried again. */
	longestAskedMs: number;
}

/** Every repeat towards Pico except that of the live stream, whose waits are in `delivery/pace`. */
export const RETRY = {
	/** One request: enough for a restart of a proxy, short enough for a person who waits. */
	request: { tries: 3, firstMs: 1_000, longestMs: 10_000, longestAskedMs: 30_000 },
	/** A stream of past events that breaks off; counted anew after each event. */
	replay: { tries: 5, firstMs: 1_000, longestMs: 10_000, longestAskedMs: 300_000 },
	/** The structure that is attached to an event: the run waits for it. */
	structure: { tries: 3, firstMs: 1_000, longestMs: 1_000, longestAskedMs: 30_000 },
	/** A call of the webhook trigger to its own address. A busy n8n serves it half a minute after the activation, or later. */
	selfCall: { tries: 6, firstMs: 3_000, longestMs: 15_000, longestAskedMs: 30_000 },
} satisfies Record<string, RetryPolicy>;

/** Counts the tries of one thing and says how long to wait before the next one. */
export class Retries {
	private failed = 0;

	constructor(
		private readonly policy: RetryPolicy,
		private readonly random: () => number = Math.random,
	) {}

	/** After something that counts as success: the next wait is the first one again. */
	reset(): void {
		this.failed = 0;
	}

	/**
	 * Milliseconds to wait before the next try, shortened by up to half so that many do not knock at once; `undefined` when
	 * there is none.
	 *
	 * @param askedMs what the server asked for; never undercut
	 */
	next(askedMs = 0): number | undefined {
		const { tries, firstMs, longestMs, longestAskedMs } = this.policy;
		const full = Math.min(longestMs, firstMs * 2 ** this.failed);
		this.failed = Math.min(this.failed + 1, 1_000);
		if (this.failed >= tries || askedMs > longestAskedMs) return undefined;
		return Math.max(Math.round(full * (0.5 + this.random() / 2)), askedMs);
	}
}

/**
 * Runs something again after a failure that may pass. Only for what does no harm when it happens twice: reads, and saves
 * that carry an order id.
 *
 * @param isWorthIt whether a failure may pass
 * @throws PicoFailure
 */
export async function retrying<T>(
	policy: RetryPolicy,
	attempt: () => Promise<T>,
	{ signal, isWorthIt = isTransient }: { signal?: AbortSignal; isWorthIt?: (failure: PicoFailure) => boolean } = {},
): Promise<T> {
	const retries = new Retries(policy);
	for (;;) {
		const outcome = await settle(attempt);
		if ('value' in outcome) return outcome.value;
		const { failure } = outcome;
		const wait = isWorthIt(failure) && !signal?.aborted ? retries.next(failure.details.retryAfterMs) : undefined;
		if (wait === undefined) throw failure;
		await pause(wait, signal);
		if (signal?.aborted) throw failure;
	}
}

async function settle<T>(attempt: () => Promise<T>): Promise<{ value: T } | { failure: PicoFailure }> {
	try {
		return { value: await attempt() };
	} catch (error) {
		return { failure: asFailure(error) };
	}
}
