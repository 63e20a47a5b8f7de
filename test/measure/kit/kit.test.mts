import { wrapped } from './chart.mts';
import { markdownTable } from './kept.mts';
import { flag, number, readOptions, some } from './options.mts';

describe('the reader of command lines', () => {
	const read = (...args: string[]) => readOptions(args, { quick: flag, minutes: number(60, 0.1), seed: number(1, 0, true), only: some((word) => ['a', 'b'].find((one) => one === word), () => 'a, b') });

	it('has a value for every option', () => {
		expect(read()).toEqual({ quick: false, minutes: 60, seed: 1, only: undefined });
		expect(read('--quick', '--minutes', '0.5', '--seed=7', '--only', 'b, a')).toEqual({ quick: true, minutes: 0.5, seed: 7, only: ['b', 'a'] });
	});

	it('refuses what it does not know, and tells what there is', () => {
		expect(() => read('--fast')).toThrow('--quick, --minutes, --seed, --only');
		expect(() => read('--only', 'a,c')).toThrow("there is no 'c'. Choose from: a, b.");
		expect(() => read('--minutes', 'long')).toThrow("--minutes takes a number from 0.1 on, not 'long'");
		expect(() => read('--seed', '1.5')).toThrow('--seed takes a whole number');
	});
});

test('a table is aligned, and a bar in a cell stays in its cell', () => {
	expect(markdownTable([['a', 'b'], ['long', 'x|y']])).toBe('| a    | b    |\n|------|------|\n| long | x\\|y |');
});

test('texts break at spaces', () => {
	expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
});
