import { KNOWN_SURVIVORS } from './survivors.mjs';

/** Score by file as a Markdown table, the total last. */
export function scoreTable(result) {
	const row = (name, { score, killed, timedOut, survived, notCovered }) => [name, `${score.toFixed(1)} %`, killed, timedOut, survived, notCovered];
	return markdown([
		['File', 'Score', 'Killed', 'Timed out', 'Survived', 'Not covered'],
		...result.files.map((one) => row(one.file.replace('nodes/shared/', ''), one)),
		row('**All**', result),
	]);
}

/** The surviving mutants, a row for each class with its reason, then those that nobody looked at yet. */
export function survivorTable(survivors) {
	const rows = KNOWN_SURVIVORS.map(({ name, why }) => [survivors.filter((one) => one.class === name), why]);
	rows.push([survivors.filter((one) => !one.class), 'Not looked at yet']);
	return markdown([
		['Mutants', 'Where', 'Why they survive'],
		...rows.filter(([some]) => some.length > 0).map(([some, why]) => [some.length, places(some), why]),
	]);
}

/** `file:line, line; file:line` */
function places(mutants) {
	const lines = new Map();
	for (const { file, line } of mutants) {
		const name = file.replace('nodes/shared/', '');
		lines.set(name, (lines.get(name) ?? new Set()).add(line));
	}
	return [...lines].map(([file, numbers]) => `${file}:${[...numbers].join(', ')}`).join('; ');
}

function markdown(rows) {
	const cells = rows.map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')));
	const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
	const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
	lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
	return lines.join('\n');
}
