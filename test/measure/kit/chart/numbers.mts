const LETTERS: Array<[number, string]> = [
	[1e9, 'G'],
	[1e6, 'M'],
	[1e3, 'k'],
];

/** A number as on an axis: three digits at most, and thousands as letters (1k, 2.5M). */
export function short(value: number): string {
	const size = Math.abs(value);
	const [unit, letter] = LETTERS.find(([least]) => size >= least * 0.9995) ?? [1, ''];
	const rest = value / unit;
	if (rest === 0) return '0';
	const text = Math.abs(rest) >= 0.001 ? String(Number(rest.toPrecision(3))) : rest.toExponential(0);
	return `${text}${letter}`;
}

/** A ratio: 0.42×, 1.03×, 31.8×. */
export const times = (ratio: number) => `${ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)}×`;
