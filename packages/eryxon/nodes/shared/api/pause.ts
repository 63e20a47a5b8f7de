import * as workflow from 'n8n-workflow';

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
