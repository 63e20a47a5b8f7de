import { AdaptiveLimit } from './adaptiveLimit';
import { asFailure, isTransient } from './failure';
import { elapsed } from './pause';

/** Lets as many requests run at once as the server bears; the others wait, first come first served. */
export class Slots {
	readonly limit = new AdaptiveLimit();
	private readonly waiting: Array<() => void> = [];
	private underWay = 0;

	async run<T>(request: () => Promise<T>): Promise<T> {
		if (this.underWay >= this.limit.size) await new Promise<void>((resolve) => this.waiting.push(resolve));
		else this.underWay++;
		const started = elapsed();
		const { cuts } = this.limit;
		try {
			const answer = await request();
			this.limit.answered(elapsed() - started, this.underWay);
			return answer;
		} catch (error) {
			const failure = asFailure(error);
			if (isTransient(failure)) this.limit.refused(cuts);
			throw failure;
		} finally {
			this.underWay--;
			this.admit();
		}
	}

	/** A slot is handed on, not given back, so that nobody can overtake those who wait. */
	private admit(): void {
		while (this.underWay < this.limit.size && this.waiting.length > 0) {
			this.underWay++;
			this.waiting.shift()?.();
		}
	}
}

/** What became of a job; `undefined` when it was not started. */
export type Outcome<T> = { value: T } | { thrown: unknown } | undefined;

/**
 * Runs `job` for 0..count-1, at most `limit.size` at once, and hands back what became of each, in order. Never rejects.
 * After a job that threw no new one is started, unless `keepGoing`; those under way are waited for.
 *
 * @param limit its size may change meanwhile
 */
export async function runBounded<T>(
	count: number,
	limit: { readonly size: number },
	job: (index: number) => Promise<T>,
	options: { keepGoing?: boolean; signal?: AbortSignal } = {},
): Promise<Array<Outcome<T>>> {
	const outcomes: Array<Outcome<T>> = Array.from({ length: count }, () => undefined);
	let next = 0;
	let underWay = 0;
	let stopped = false;
	const settle = async (index: number) => {
		try {
			outcomes[index] = { value: await job(index) };
		} catch (thrown) {
			outcomes[index] = { thrown };
			stopped = options.keepGoing !== true;
		}
	};
	await new Promise<void>((resolve) => {
		const startMore = () => {
			while (next < count && underWay < limit.size && !stopped && !options.signal?.aborted) {
				underWay++;
				void settle(next++).then(() => {
					underWay--;
					startMore();
				});
			}
			if (underWay === 0) resolve();
		};
		startMore();
	});
	return outcomes;
}
