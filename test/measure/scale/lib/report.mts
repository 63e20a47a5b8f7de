import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeMarked } from '../../../../scripts/lib/marked-table.mjs';
import { lagChart } from './chart.mts';
import type { LineResult } from './line.mts';

export interface Report {
	at: string;
	machine: { cpus: number; load: number[]; node: string; n8n: string };
	workers: number;
	concurrency: number;
	settings: Record<string, string | undefined>;
	seconds: number;
	lines: LineResult[];
}

export const failuresOf = ({ lines }: Report): string[] =>
	lines.flatMap(({ name, wrong }) => wrong.map((text) => `${name}: ${text}`));

/** How fast a backlog was worked off, one row for each setting. */
export function searchRows({ lines }: Report): string[][] {
	const rows = lines
		.filter(({ backlog }) => backlog)
		.map((line) => [
			line.name,
			String(line.events),
			shown(line.carried),
			shown(line.cpuMs.main ?? 0),
			shown(workerMs(line)),
			String(line.database.runs),
			verdict(line),
		]);
	return rows.length === 0
		? []
		: [
				['Setting', 'Events', 'Events/s', 'CPU of main, ms/event', 'CPU of workers, ms/event', 'Runs', 'Books'],
				...rows,
			];
}

/** The long lines, in which workers are killed: what was asked on the left, one column for each line. */
export function lineRows({ lines }: Report): string[][] {
	const long = lines.filter(({ backlog }) => !backlog);
	if (long.length === 0) return [];
	const row = (what: string, of: (line: LineResult) => string | number) => [
		what,
		...long.map((line) => String(of(line))),
	];
	return [
		['', ...long.map(({ name }) => name)],
		row('Events made', ({ events }) => events),
		row('Seconds in which they were made', ({ rate, events }) => Math.round(events / rate)),
		row('Workers killed (kill -9)', ({ kills }) => kills.length),
		row('Seconds until a killed worker was back, longest', ({ kills }) =>
			shown(Math.max(0, ...kills.map(({ second, backAt }) => backAt - second))),
		),
		row('Runs', ({ database }) => database.runs),
		row('Runs that did not succeed', ({ database }) => database.failed),
		row('Further attempts by the trigger', ({ database }) => database.furtherAttempts),
		row('Ends of runs that n8n did not tell', ({ noWord }) => noWord),
		row('Events in no run (lost)', ({ database }) => database.lost),
		row('Events started twice', ({ database }) => database.startedTwice),
		row('Events of which no run succeeded', ({ database }) => database.withoutSuccess),
		row('In the other system exactly once', ({ books, receiver }) => books?.posted ?? receiver?.events ?? 0),
		row('Repeats that the receiver knew by their id', ({ receiver }) => receiver?.repeats ?? 'not counted by Odoo'),
		row('Lag, median (s)', ({ medianLag }) => shown(medianLag)),
		row('Lag, 95 % (s)', ({ lag95 }) => shown(lag95)),
		row('Lag, longest (s)', ({ longestLag }) => shown(longestLag)),
		row('Seconds until all was done after the last event', ({ drained }) => shown(drained)),
		row('Most jobs waiting in Redis', ({ samples }) => Math.max(...samples.map(({ waiting }) => waiting))),
		row('Memory of main: start, end, highest (MB)', (line) => memory(line, 'main')),
		row('Memory of a worker, highest (MB)', ({ samples }) =>
			highest(
				samples.flatMap(({ megabytes }) =>
					Object.entries(megabytes)
						.filter(isWorker)
						.map(([, value]) => value),
				),
			),
		),
		row(
			'Processors in use, median',
			({ samples }) => `${Math.round(median(samples.map(({ busy }) => busy)) * 100)} %`,
		),
		row(
			'CPU of main and of workers (ms for each event)',
			(line) => `${shown(line.cpuMs.main ?? 0)} and ${shown(workerMs(line))}`,
		),
	];
}

/** A table as Markdown. */
export const markdown = ([head, ...rows]: string[][]): string =>
	[head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
		.map((cells) => `| ${cells.join(' | ')} |`)
		.join('\n');

/** Writes JSON and chart; @returns the path of the JSON from the root */
export function keep(root: string, report: Report, full: boolean): string {
	const folder = full ? join('docs', 'results') : 'test-results';
	mkdirSync(join(root, folder), { recursive: true });
	const file = join(folder, 'scale.json');
	writeFileSync(
		join(root, file),
		`${JSON.stringify(report, compactSamples, '\t').replace(/"(\[[^"]*\])"/g, '$1')}\n`,
	);
	const long = report.lines.filter(({ backlog }) => !backlog);
	if (long.length > 0) writeFileSync(join(root, folder, 'scale.svg'), lagChart(long));
	return file;
}

const PAGE = join('docs', 'running-at-scale.md');

/** Puts the tables of a whole measurement into the page. */
export function writePage(root: string, report: Report): void {
	const { machine, at, seconds } = report;
	const about = `Measured ${at.slice(0, 10)} with n8n ${machine.n8n} on ${machine.cpus} processors, load ${machine.load[0].toFixed(1)} at the start, ${Math.round(seconds / 60)} minutes in all.`;
	const picture = '![Lag over time, with the kills](results/scale.svg)';
	const tables = [lineRows(report), searchRows(report)].filter(({ length }) => length > 0).map(markdown);
	const text = [about, picture, ...tables].join('\n\n');
	writeMarked(join(root, PAGE), 'scale:table', text);
}

/** One sample on one line: there are hundreds of them. */
const compactSamples = (name: string, value: unknown): unknown =>
	name === 'samples' ? { ...columns(value as LineResult['samples']) } : value;

/** Samples as columns, each on one line of the file. */
function columns(samples: LineResult['samples']): Record<string, string> {
	const plain = ['second', 'made', 'done', 'lag', 'waiting', 'active', 'busy'] as const;
	const result: Record<string, string> = {};
	for (const name of plain) result[name] = JSON.stringify(samples.map((sample) => sample[name]));
	for (const what of ['megabytes', 'cpu'] as const)
		for (const process of Object.keys(samples[0]?.[what] ?? {}))
			result[`${what} of ${process}`] = JSON.stringify(samples.map((sample) => sample[what][process] ?? null));
	return result;
}

const isWorker = ([name]: [string, unknown]): boolean => name.startsWith('worker');
const workerMs = ({ cpuMs }: LineResult): number =>
	Object.entries(cpuMs)
		.filter(isWorker)
		.reduce((sum, [, value]) => sum + value, 0);
const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
const highest = (values: Array<number | null>): number => Math.max(0, ...values.filter((value) => value !== null));
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function memory({ samples }: LineResult, name: string): string {
	const values = samples.map(({ megabytes }) => megabytes[name] ?? null).filter((value) => value !== null);
	return `${values[0] ?? '?'}, ${values.at(-1) ?? '?'}, ${highest(values)}`;
}

function verdict({ wrong, events, books, receiver }: LineResult): string {
	if (wrong.length > 0) return `WRONG: ${wrong[0]}`;
	return `${books?.posted ?? receiver?.events ?? 0} of ${events}`;
}
