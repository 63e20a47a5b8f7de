import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release } from 'node:os';
import { join } from 'node:path';

import type { Places } from './places.mts';
import type { Row } from './row.mts';
import { cellsOf } from './table.mts';

export interface Report {
	/** ISO time of the start. */
	at: string;
	machine: { cpus: number; model: string; system: string };
	/** Load averages at the start. */
	load: number[];
	/** Versions of Node: what runs n8n and every measured piece of code, and what runs the bench. */
	node: string;
	runner: string;
	n8n: string;
	quick: boolean;
	rows: Row[];
	/** Measurements that could not be made, or whose counts differed. */
	failures: Array<{ name: string; reason: string }>;
	seconds: number;
	/** Measurements whose lines are from a later run (`--keep`). */
	later?: Array<{ name: string; at: string; load: number[] }>;
}

export function newReport(quick: boolean): Report {
	const [first] = cpus();
	return {
		at: new Date().toISOString(),
		machine: { cpus: cpus().length, model: first?.model ?? 'unknown', system: `${platform()} ${release()}` },
		load: loadavg(),
		node: 'unknown',
		runner: process.versions.node,
		n8n: 'unknown',
		quick,
		rows: [],
		failures: [],
		seconds: 0,
	};
}

/** Versions of what the measured code runs on. */
export function versions({ host, node }: Places): Pick<Report, 'n8n' | 'node'> {
	const file = join(host, 'node_modules', 'n8n', 'package.json');
	const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
	return { n8n: version, node: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().replace('v', '') };
}

/** The table as text, with notes below it. */
export function printTable({ rows, failures, quick }: Report): string {
	const head = ['', 'Measure', 'Ours', 'Peer', '', 'Result', 'Target', ''];
	const { lines, notes } = cellsOf(rows, quick);
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
