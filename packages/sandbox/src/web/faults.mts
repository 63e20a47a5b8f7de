import { isObject } from './http.mts';

export interface Faults {
	/** HTTP status answered instead of the real answer; 0 = none. */
	status: number;
	/** How many further API calls are hit; `null` = until changed. */
	count: number | null;
	/** End of the fault, in milliseconds since 1970; `null` = none but `count`. */
	until: number | null;
	/** Seconds in the header Retry-After; `null` = no such header. */
	retryAfter: number | null;
	/** Waiting time in milliseconds before each affected call is answered. */
	latencyMs: number;
	/** Only calls whose method and path contain this text are hit, e.g. `!transform/`; empty = all. */
	path: string;
	/** The call does its work first, then it is late or refused: the client cannot know that it went through. */
	after: boolean;
}

export const noFaults = (): Faults => ({
	status: 0,
	count: 0,
	until: null,
	retryAfter: null,
	latencyMs: 0,
	path: '',
	after: false,
});

/** Reads `{status?, count?, seconds?, retryAfter?, latencyMs?, path?, after?}`. Throws an Error with a plain message on bad input. */
export function parseFaults(input: unknown): Faults {
	if (!isObject(input)) throw new Error('Expected an object {status, count, seconds, retryAfter, latencyMs, path, after}');
	const number = (name: string, fallback: number, max: number): number => {
		const value = input[name] ?? fallback;
		if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
			throw new Error(`${name} must be an integer from 0 to ${max}`);
		}
		return value;
	};
	const status = number('status', 0, 599);
	if (status !== 0 && status < 400) throw new Error('status must be 0 (none) or 400 to 599');
	const optional = (name: string, max: number): number | null =>
		input[name] === undefined || input[name] === null ? null : number(name, 0, max);
	const count = optional('count', 1_000_000);
	const seconds = optional('seconds', 86_400);
	const until = seconds === null ? null : Date.now() + seconds * 1000;
	const { path = '', after = false } = input;
	if (typeof path !== 'string') throw new Error('path must be a text');
	if (typeof after !== 'boolean') throw new Error('after must be true or false');
	const retryAfter = optional('retryAfter', 86_400);
	return { status, count, until, retryAfter, latencyMs: number('latencyMs', 0, 600_000), path, after };
}

/** Takes the fault for one call (and uses it up). @param call method and path, for faults that name one */
export function takeFault(faults: Faults, call = ''): Pick<Faults, 'status' | 'latencyMs' | 'after'> {
	const { status, latencyMs, after, until } = faults;
	const over = faults.count === 0 || (until !== null && Date.now() >= until);
	if (over || !call.includes(faults.path)) return { status: 0, latencyMs: 0, after: false };
	if (faults.count !== null) faults.count -= 1;
	return { status, latencyMs, after };
}

export const wait = (ms: number): Promise<void> =>
	ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
