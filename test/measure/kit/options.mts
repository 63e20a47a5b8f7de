import { parseArgs } from 'node:util';

import { StepError } from '../../../scripts/lib/steps.mjs';

/** How the value of an option is read; a text is absent when the option was not given. */
interface Reader<T> {
	type: 'string' | 'boolean';
	read(name: string, given: string | boolean | undefined): T;
}

export const flag: Reader<boolean> = { type: 'boolean', read: (_, given) => given === true };

/** A number from `least` on. @param otherwise what counts when the option was not given */
export const number = <T extends number | undefined>(otherwise: T, least: number, isWhole = false): Reader<number | T> => ({
	type: 'string',
	read(name, given) {
		if (given === undefined) return otherwise;
		const value = Number(given);
		if (!(value >= least) || (isWhole && !Number.isInteger(value))) throw new StepError(`--${name} takes a ${isWhole ? 'whole ' : ''}number from ${least} on, not '${given}'.`);
		return value;
	},
});

/** Some of what there is, with commas between. @param resolve finds what a word means, if anything */
export const some = <T,>(resolve: (word: string) => T | undefined, all: () => string): Reader<T[] | undefined> => ({
	type: 'string',
	read: (name, given) =>
		given === undefined
			? undefined
			: String(given).split(',').map((word) => {
					const found = resolve(word.trim());
					if (found === undefined) throw new StepError(`--${name}: there is no '${word.trim()}'. Choose from: ${all()}.`);
					return found;
				}),
});

type Values<O> = { [K in keyof O]: O[K] extends Reader<infer T> ? T : never };

/** @throws StepError for an option that there is not, and for a value that it does not take */
export function readOptions<O extends Record<string, Reader<unknown>>>(args: string[], options: O): Values<O> {
	const types = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
	let given: Record<string, string | boolean | undefined>;
	try {
		given = parseArgs({ args, options: types }).values as typeof given;
	} catch (cause) {
		throw new StepError(`${(cause as Error).message}\nThere are: --${Object.keys(options).join(', --')}.`);
	}
	return Object.fromEntries(Object.entries(options).map(([name, reader]) => [name, reader.read(name, given[name])])) as Values<O>;
}
