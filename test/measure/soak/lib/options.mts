import { parseArgs } from 'node:util';

export interface SoakOptions {
	minutes: number;
	seed: number;
	/** Events in a second. */
	rate: number;
}

/** A run this long is kept in `docs/results` and in the docs; a shorter one goes to `test-results`. */
export const FULL_MINUTES = 60;

/** @throws Error that says which argument is wrong */
export function readOptions(args: string[]): SoakOptions {
	const { values } = parseArgs({
		args,
		options: {
			minutes: { type: 'string', default: String(FULL_MINUTES) },
			seed: { type: 'string', default: '20260105' },
			rate: { type: 'string', default: '5' },
		},
	});
	return {
		minutes: positive('minutes', values.minutes),
		seed: Math.trunc(positive('seed', values.seed)),
		rate: positive('rate', values.rate),
	};
}

function positive(name: string, text: string): number {
	const value = Number(text);
	if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0, not "${text}"`);
	return value;
}
