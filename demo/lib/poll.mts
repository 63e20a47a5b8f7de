/** Thrown by {@link until} when the deadline has passed. */
export class DeadlineError extends Error {
	override name = 'DeadlineError';
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Asks again and again until the answer is neither undefined, null nor false.
 *
 * @param what named in the error, e.g. "the execution to finish"
 * @throws DeadlineError after `timeoutMs`, with the last error of `ask` if it threw
 */
export async function until<T>(
	what: string,
	ask: () => Promise<T | undefined | null | false> | T | undefined | null | false,
	{ timeoutMs = 30_000, everyMs = 100 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	let last: unknown;
	for (;;) {
		try {
			const answer = await ask();
			if (answer !== undefined && answer !== null && answer !== false) return answer;
			last = undefined;
		} catch (cause) {
			if (cause instanceof FatalError) throw cause;
			last = cause;
		}
		if (Date.now() >= deadline) {
			const why = last instanceof Error ? ` (last: ${last.message})` : '';
			throw new DeadlineError(`Waited ${Math.round(timeoutMs / 1000)} s for ${what}${why}`);
		}
		await pause(everyMs);
	}
}

/** Ends {@link until} at once: what is waited for can no longer happen. */
export class FatalError extends Error {
	override name = 'FatalError';
}
