const COLUMNS = [
	['Row', ({ id }) => id],
	['Fault', ({ fault }) => fault],
	['Events', ({ events }) => whole(events)],
	['Injected', ({ injected }) => whole(injected)],
	['Lost', ({ lost }) => whole(lost)],
	['Twice', ({ duplicated }) => whole(duplicated)],
	['Told', ({ told }) => (told === undefined ? '' : whole(told))],
	['Recovered in', ({ recoveredInMs }) => (recoveredInMs === undefined ? '' : `${(recoveredInMs / 1000).toFixed(1)} s`)],
	['Seconds', ({ seconds }) => String(seconds)],
	['Note', ({ note }) => note ?? ''],
];

const whole = (value) => Number(value).toLocaleString('en-US');

/**
 * The fault matrix as a Markdown table.
 *
 * @param {Array<object>} rows as the tests write them, one object for each row
 */
export function faultTable(rows) {
	const cells = [COLUMNS.map(([title]) => title), ...rows.map((row) => COLUMNS.map(([, read]) => read(row)))];
	const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
	const lines = cells.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
	lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
	return lines.join('\n');
}
