import { sleep } from 'n8n-workflow';

/** Waits; ends at once, without an error, when the signal fires. `sleep` knows a signal from n8n 2.34 on only. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	const local = new AbortController();
	const stop = () => local.abort();
	signal?.addEventListener('abort', stop, { once: true });
	const stopped = new Promise<void>((resolve) => local.signal.addEventListener('abort', () => resolve(), { once: true }));
	const slept = sleep(ms, local.signal).then(
		() => undefined,
		() => undefined,
	);
	await Promise.race([slept, stopped]);
	signal?.removeEventListener('abort', stop);
}
