import { cpus, loadavg, platform, release } from 'node:os';

import type { Row } from './row.mts';
import type { Series } from './stats.mts';

export interface Report {
	when: string;
	machine: { cpus: number; model: string; system: string; load: number[]; node: string };
	rows: Row[];
	/** Measurements that could not be made, or whose counts differed. */
	failures: Array<{ name: string; reason: string }>;
	seconds: number;
}

export function machine(): Report['machine'] {
	const [first] = cpus();
	return {
		cpus: cpus().length,
		model: first?.model ?? 'unknown',
		system: `${platform()} ${release()}`,
		load: loadavg(),
		node: process.version,
	};
}

/** The table as text, with notes below it. */
export function printTable({ rows, failures }: Report): string {
	const head = ['Measure', 'Ours', 'Peer', '', 'Result', 'Target', ''];
	const notes: string[] = [];
	const lines = rows.map((row) => {
		const marks = (row.notes ?? []).map((note) => `[${notes.push(note)}]`).join('');
		const verdict = row.target ? (row.target.met ? 'met' : 'MISSED') : '';
		return [
			`${row.what} ${marks}`.trim(),
			shown(row.ours, row.unit),
			row.peer ? shown(row.peer, row.unit) : '',
			row.peer?.name ?? '',
			row.shown,
			row.target?.text ?? '',
			verdict,
		];
	});
	const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column].length)));
	const print = (line: string[]) =>
		line
			.map((text, column) => text.padEnd(widths[column]))
			.join('  ')
			.trimEnd();
	return [
		print(head),
		print(widths.map((width) => '-'.repeat(width))),
		...lines.map(print),
		...failures.map(({ name, reason }) => `FAILED ${name}: ${reason}`),
		'',
		...notes.map((note, index) => `[${index + 1}] ${note}`),
	].join('\n');
}

/** Median, and the lowest and highest value where there are several. */
function shown({ median, min, max }: Series, unit: string): string {
	const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2;
	const spread = min === max ? '' : ` (${min.toFixed(digits)}-${max.toFixed(digits)})`;
	return `${median.toFixed(digits)}${spread} ${unit}`;
}
