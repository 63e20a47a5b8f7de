import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform, release } from 'node:os';
import { join } from 'node:path';

import { findHost } from '../../../demo/lib/host.mts';
import { writeMarked } from '../../../scripts/lib/marked-table.mjs';

/** When and on what something was measured. */
export interface Facts {
	/** ISO time of the start. */
	at: string;
	machine: { cpus: number; model: string; system: string };
	/** Load averages at the start. */
	load: number[];
	/** Versions of Node: what runs n8n and every measured piece of code, and what runs the command. */
	node: string;
	runner: string;
	n8n: string;
	seconds: number;
}

export function factsNow(root: string): Facts {
	const { folder, node } = findHost(root);
	const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', 'n8n', 'package.json'), 'utf8')) as { version: string };
	return {
		at: new Date().toISOString(),
		machine: { cpus: cpus().length, model: cpus()[0]?.model ?? 'unknown', system: `${platform()} ${release()}` },
		load: loadavg().map((value) => Number(value.toFixed(2))),
		node: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().replace('v', ''),
		runner: process.versions.node,
		n8n: version,
		seconds: 0,
	};
}

/** One sentence for a page. */
export const described = ({ at, machine, load, n8n, node, seconds }: Facts): string =>
	`Measured ${at.slice(0, 10)} with n8n ${n8n} on Node ${node}, ${machine.cpus} processors (${machine.model}), load ${load[0].toFixed(1)} at the start, ${Math.max(1, Math.round(seconds / 60))} minutes in all.`;

export interface Result {
	/** Of the JSON file. */
	name: string;
	data: object;
	/** SVG texts by the name of their file. */
	pictures?: Record<string, string | undefined>;
	/** A page below `docs` and the texts of its marked places. */
	page?: { file: string; places: Record<string, string> };
}

/**
 * Writes a result: a whole one to `docs/results` and into its page, any other to `test-results`.
 *
 * @returns the JSON file, as seen from the root
 */
export function keep(root: string, isWhole: boolean, { name, data, pictures = {}, page }: Result): string {
	const folder = isWhole ? join('docs', 'results') : 'test-results';
	mkdirSync(join(root, folder), { recursive: true });
	writeFileSync(join(root, folder, `${name}.json`), `${compactJson(data)}\n`);
	for (const [file, svg] of Object.entries(pictures)) if (svg) writeFileSync(join(root, folder, `${file}.svg`), svg);
	if (isWhole && page) for (const [place, text] of Object.entries(page.places)) writeMarked(join(root, 'docs', page.file), place, text);
	return join(folder, `${name}.json`);
}

/** JSON for people and for `git diff`: an entry of a list that holds no list stands on one line; numbers have six digits. */
function compactJson(value: unknown, indent = '', isEntry = false): string {
	if (typeof value === 'number') return JSON.stringify(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
	if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
	const isList = Array.isArray(value);
	const entries = Object.entries(value).filter(([, one]) => one !== undefined);
	const isFlat = entries.every(([, one]) => typeof one !== 'object' || one === null) || (isEntry && !/[[]/.test(JSON.stringify(value)));
	const inner = isFlat ? indent : `${indent}\t`;
	const texts = entries.map(([key, one]) => (isList ? '' : `${JSON.stringify(key)}: `) + compactJson(one, inner, isList || isFlat));
	const [open, close] = isList ? '[]' : '{}';
	return isFlat ? open + texts.join(', ') + close : `${open}\n${inner}${texts.join(`,\n${inner}`)}\n${indent}${close}`;
}

/** Rows as a Markdown table, the head first; aligned, so that a terminal can show it too. */
export function markdownTable(rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
	const cells = rows.map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')));
	const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
	const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
	lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
	return lines.join('\n');
}
