import { sleep } from 'n8n-workflow';

/**
 * Waits; ends at once, without an error, when the signal fires. n8n-workflow's `sleep` knows a signal since 2.34 only
 * (before that it ignores the argument), so the signal is raced as well.
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	const local = new AbortController();
	const stop = () => local.abort();
	signal?.addEventListener('abort', stop, { once: true });
	const stopped = new Promise<void>((resolve) => local.signal.addEventListener('abort', () => resolve(), { once: true }));
	await Promise.race([quietly(sleep(ms, local.signal)), stopped]);
	signal?.removeEventListener('abort', stop);
}

/** `promise`, or `timedOut` when it takes longer than `ms`; the timer is gone in either case. */
export async function within<T, U>(promise: Promise<T>, ms: number, timedOut: U): Promise<T | U> {
	const timer = new AbortController();
	try {
		return await Promise.race([promise, pause(ms, timer.signal).then(() => timedOut)]);
	} finally {
		timer.abort();
	}
}

async function quietly(promise: Promise<unknown>): Promise<void> {
	await promise.then(
		() => undefined,
		() => undefined,
	);
}
