import type { Judged } from './curves.mts';

const HEAD = ['Cost', 'Median at each size', 'Exponent', 'r²', 'Exponent at the end', ''];

const number = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

function cells(curve: Judged): string[] {
	const values = curve.medians.map(({ x, y }) => `${x.toLocaleString('en-US')}: ${number(y)}`).join(', ');
	const verdict = curve.kind === 'time' ? (curve.tooSteep ? 'TOO STEEP' : 'ok') : '';
	const exponents = [curve.fit.exponent.toFixed(2), curve.fit.r2.toFixed(3), curve.end.exponent.toFixed(2)];
	return [`${curve.name} (${curve.unit})`, values, ...exponents, verdict];
}

/** The table for a terminal. */
export function plainTable(curves: Judged[]): string {
	const lines = [HEAD, ...curves.map(cells)];
	const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
	const print = (line: string[]) => line.map((text, column) => text.padEnd(widths[column])).join('  ').trimEnd();
	return [print(HEAD), print(widths.map((width) => '-'.repeat(width))), ...lines.slice(1).map(print)].join('\n');
}

/** The same for a page. */
export function markdownTable(curves: Judged[]): string {
	const row = (texts: string[]) => `| ${texts.join(' | ')} |`;
	return [row(HEAD), row(['---', '---', '---:', '---:', '---:', '---']), ...curves.map((curve) => row(cells(curve)))].join('\n');
}
