import * as workflow from 'n8n-workflow';

/** Milliseconds by a clock that nobody sets: for waits, which a correction of the system's time must not change. */
export const elapsed = (): number => performance.now();

type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/**
 * The `sleep` of n8n-workflow takes a signal since 2.34; before that `sleepWithAbort` does, which newer versions lack.
 * Without one each wait that is given up would keep its timer until the end.
 */
const sleep: Sleep = (workflow as { sleepWithAbort?: Sleep }).sleepWithAbort ?? workflow.sleep;

/** Waits; ends at once, without an error, when the signal fires. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	const local = new AbortController();
	const stop = () => local.abort(GIVEN_UP);
	signal?.addEventListener('abort', stop, { once: true });
	const stopped = new Promise<void>((resolve) => local.signal.addEventListener('abort', () => resolve(), { once: true }));
	await Promise.race([quietly(sleep(ms, local.signal)), stopped]);
	signal?.removeEventListener('abort', stop);
}

/** The reason with which timers are given up; made once, since a new one costs more than the timer. */
const GIVEN_UP = new Error('no longer needed');

/** `promise`, or `timedOut` when it takes longer than `ms`; the timer is gone in either case. */
export async function within<T, U>(promise: Promise<T>, ms: number, timedOut: U): Promise<T | U> {
	const timer = new AbortController();
	try {
		return await Promise.race([promise, pause(ms, timer.signal).then(() => timedOut)]);
	} finally {
		timer.abort(GIVEN_UP);
	}
}

/**
 * A signal that fires after a time, with `reason`, or with `signal`. `stop` gives the timer up.
 *
 * Unlike `AbortSignal.timeout` it says why, and leaves no timer behind.
 */
export function deadline(ms: number, reason: Error, signal?: AbortSignal): { signal: AbortSignal; stop: () => void } {
	const timer = new AbortController();
	const limit = new AbortController();
	void pause(ms, timer.signal).then(() => {
		if (!timer.signal.aborted) limit.abort(reason);
	});
	return { signal: signal ? AbortSignal.any([limit.signal, signal]) : limit.signal, stop: () => timer.abort(GIVEN_UP) };
}

/**
 * Bounds the wait for each of many promises, one after the other, with a single timer: with one for each, a long replay
 * would spend more time on timers than on events.
 */
export class IdleLimit {
	private readonly stopped = new AbortController();
	private running = false;
	private deadline = 0;
	private lose: (() => void) | undefined;

	constructor(private readonly ms: number) {}

	/** `promise`, or `timedOut` when it takes longer. */
	async await<T, U>(promise: Promise<T>, timedOut: U): Promise<T | U> {
		this.deadline = elapsed() + this.ms;
		if (!this.running) void this.watch();
		try {
			return await new Promise<T | U>((resolve, reject) => {
				this.lose = () => resolve(timedOut);
				promise.then(resolve, reject);
			});
		} finally {
			this.lose = undefined;
		}
	}

	/** Gives the timer up. */
	stop(): void {
		this.stopped.abort(GIVEN_UP);
	}

	/** Runs while somebody may wait, and moves its end along with each new promise. */
	private async watch(): Promise<void> {
		this.running = true;
		for (let left = this.ms; left > 0; left = this.deadline - elapsed()) {
			await pause(left, this.stopped.signal);
			if (this.stopped.signal.aborted) return;
		}
		this.running = false;
		this.lose?.();
	}
}

async function quietly(promise: Promise<unknown>): Promise<void> {
	await promise.then(
		() => undefined,
		() => undefined,
	);
}
