import { lineChart } from '../kit/chart.mts';
import { markdownTable, type Facts } from '../kit/kept.mts';
import { median } from '../kit/stats.mts';
import type { LineResult } from './line.mts';

export interface Report extends Facts {
	workers: number;
	concurrency: number;
	settings: Record<string, string>;
	lines: LineResult[];
}

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
const highest = (values: Array<number | null>): number => Math.max(0, ...values.filter((value) => value !== null));
const workerMs = ({ cpuMs }: LineResult): number => Object.entries(cpuMs).reduce((sum, [name, value]) => (name.startsWith('worker') ? sum + value : sum), 0);
const inOther = ({ books, receiver }: LineResult): number => books?.posted ?? receiver?.events ?? 0;

export const failuresOf = ({ lines }: Report): string[] => lines.flatMap(({ name, wrong }) => wrong.map((text) => `${name}: ${text}`));

/** How fast a backlog was worked off, one row for each setting. */
const SEARCH_COLUMNS: Array<[string, (line: LineResult) => string | number]> = [
	['Setting', ({ name }) => name],
	['Events', ({ events }) => events],
	['Events/s', ({ carried }) => shown(carried)],
	['CPU of main, ms/event', ({ cpuMs }) => shown(cpuMs.main ?? 0)],
	['CPU of workers, ms/event', (line) => shown(workerMs(line))],
	['Runs', ({ database }) => database.runs],
	['Books', (line) => (line.wrong.length > 0 ? `WRONG: ${line.wrong[0]}` : `${inOther(line)} of ${line.events}`)],
];

/** The long lines, in which workers are killed: one row for each of these, one column for each line. */
const LONG_ROWS: Array<[string, (line: LineResult) => string | number]> = [
	['Events made', ({ events }) => events],
	['Seconds in which they were made', ({ rate, events }) => Math.round(events / rate)],
	['Workers killed (kill -9)', ({ kills }) => kills.length],
	['Seconds until a killed worker was back, longest', ({ kills }) => shown(Math.max(0, ...kills.map(({ second, backAt }) => backAt - second)))],
	['Runs', ({ database }) => database.runs],
	['Runs that did not succeed', ({ database }) => database.failed],
	['Further attempts by the trigger', ({ database }) => database.furtherAttempts],
	['Ends of runs that n8n did not tell', ({ noWord }) => noWord],
	['Events in no run (lost)', ({ database }) => database.lost],
	['Events started twice', ({ database }) => database.startedTwice],
	['Events of which no run succeeded', ({ database }) => database.withoutSuccess],
	['In the other system exactly once', inOther],
	['Repeats that the receiver knew by their id', ({ receiver }) => receiver?.repeats ?? 'not counted by Odoo'],
	['Lag, median (s)', ({ medianLag }) => shown(medianLag)],
	['Lag, 95 % (s)', ({ lag95 }) => shown(lag95)],
	['Lag, longest (s)', ({ longestLag }) => shown(longestLag)],
	['Seconds until all was done after the last event', ({ drained }) => shown(drained)],
	['Most jobs waiting in Redis', ({ samples }) => Math.max(...samples.map(({ waiting }) => waiting))],
	['Memory of main: start, end, highest (MB)', ({ samples }) => memoryOf(samples.map(({ megabytes }) => megabytes.main))],
	['Memory of a worker, highest (MB)', ({ samples }) => highest(samples.flatMap(({ megabytes }) => Object.entries(megabytes).flatMap(([name, value]) => (name.startsWith('worker') ? [value] : []))))],
	['Processors in use, median', ({ samples }) => `${Math.round(median(samples.map(({ busy }) => busy)) * 100)} %`],
	['CPU of main and of workers (ms for each event)', (line) => `${shown(line.cpuMs.main ?? 0)} and ${shown(workerMs(line))}`],
];

function memoryOf(values: Array<number | null>): string {
	const known = values.filter((value) => value !== null);
	return `${known[0] ?? '?'}, ${known.at(-1) ?? '?'}, ${highest(known)}`;
}

/** The tables of what was measured: long lines first. */
export function tablesOf({ lines }: Report): string[] {
	const [long, search] = [lines.filter(({ backlog }) => !backlog), lines.filter(({ backlog }) => backlog)];
	return [
		...(long.length > 0 ? [markdownTable([['', ...long.map(({ name }) => name)], ...LONG_ROWS.map(([what, of]) => [what, ...long.map(of)])])] : []),
		...(search.length > 0 ? [markdownTable([SEARCH_COLUMNS.map(([head]) => head), ...search.map((line) => SEARCH_COLUMNS.map(([, of]) => of(line)))])] : []),
	];
}

/** Lag over time, one plot for each long line, with the kills. */
export async function picture({ lines }: Report): Promise<string | undefined> {
	const long = lines.filter(({ backlog }) => !backlog);
	if (long.length === 0) return undefined;
	const subtitle = 'Seconds since the oldest event was made that is not done yet. A vertical line is a kill -9 of one of the workers, a band the time until it was back.';
	const panels = long.map(({ name, samples, kills }) => ({
		title: name,
		...{ x: 'Seconds since the first event', y: 'Lag, seconds', scale: 'linear' as const },
		series: [{ name: 'Lag', points: samples.map(({ second, lag }) => ({ x: second, y: lag })) }],
		bands: kills.map(({ second, backAt }) => ({ from: second, to: Number.isFinite(backAt) ? backAt : second })),
	}));
	return await lineChart({ title: 'Lag in queue mode while workers are killed', subtitle }, panels, { width: 740, columns: 1 });
}
