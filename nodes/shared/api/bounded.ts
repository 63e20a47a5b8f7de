/** Lets at most `size` jobs run at once; the others wait, first come first served. */
export class Slots {
	private readonly waiting: Array<() => void> = [];

	constructor(private free: number) {}

	async run<T>(job: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
		try {
			return await job();
		} finally {
			// A slot is handed on, not given back, so that nobody can overtake those who wait.
			const next = this.waiting.shift();
			if (next) next();
			else this.free++;
		}
	}
}

/** What became of a job; `undefined` when it was not started. */
export type Outcome<T> = { value: T } | { thrown: unknown } | undefined;

/**
 * Runs `job` for 0..count-1, at most `width` at once, and hands back what became of each, in order. Never rejects.
 * After a job that threw no new one is started, unless `keepGoing`; those under way are waited for.
 */
export async function runBounded<T>(
	count: number,
	width: number,
	job: (index: number) => Promise<T>,
	options: { keepGoing?: boolean; signal?: AbortSignal } = {},
): Promise<Array<Outcome<T>>> {
	const outcomes: Array<Outcome<T>> = Array.from({ length: count }, () => undefined);
	let next = 0;
	let stopped = false;
	const worker = async () => {
		while (next < count && !stopped && !options.signal?.aborted) {
			const index = next++;
			try {
				outcomes[index] = { value: await job(index) };
			} catch (thrown) {
				outcomes[index] = { thrown };
				stopped = options.keepGoing !== true;
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
	return outcomes;
}
