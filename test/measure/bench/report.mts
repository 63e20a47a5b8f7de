import { ratioChart } from '../kit/chart.mts';
import { described, markdownTable, type Facts } from '../kit/kept.mts';
import { pairedRatio, series, type Series } from '../kit/stats.mts';

/** For example `>= 4x`. */
export interface Target {
	text: string;
	bound: number;
	sense: 'at least' | 'at most';
	met: boolean;
}

/** One line of the table. */
export interface Row {
	/** Name of the measurement that it comes from. */
	measurement?: string;
	/** The ratio that the line belongs to, such as `P3`; absent for a line beside them. */
	p?: string;
	/** What was measured, with its sizes. */
	what: string;
	/** Unit of `ours` and `peer`. */
	unit: string;
	ours: Series;
	peer?: Series & { name: string };
	/** What the target is about: a ratio to the peer or a value of ours. */
	result: number;
	/** Lowest and highest result of the single runs, where each has one. */
	spread?: [number, number];
	/** How `result` reads, for example `0.98x`. */
	shown: string;
	/** Absent for a line that only informs. */
	target?: Target;
	notes?: string[];
}

export interface Report extends Facts {
	quick: boolean;
	rows: Row[];
	/** Measurements that could not be made, or whose counts differed. */
	failures: Array<{ name: string; reason: string }>;
	/** Measurements whose lines are from a later run (`--keep`). */
	later?: Array<{ name: string; at: string; load: number[] }>;
}

interface Bounds {
	atLeast?: number;
	atMost?: number;
}

interface What extends Bounds {
	p?: string;
	what: string;
	unit: string;
	notes?: string[];
}

export const times = (ratio: number) => `${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2)}x`;

export function targetOf(result: number, { atLeast, atMost }: Bounds, unit = 'x'): { target?: Target } {
	if (atLeast !== undefined) return { target: { text: `>= ${atLeast}${unit}`, bound: atLeast, sense: 'at least', met: result >= atLeast } };
	if (atMost !== undefined) return { target: { text: `<= ${atMost}${unit}`, bound: atMost, sense: 'at most', met: result <= atMost } };
	return {};
}

/** A line about ours divided by the peer's, of runs that took turns: the median of the ratios of neighbours, and their spread. */
export function ratioRow({ p, what, unit, notes, ours, peer, peerName, ...bounds }: What & { ours: readonly number[]; peer: readonly number[]; peerName: string }): Row {
	const ratios = series(ours.map((value, index) => value / peer[index]));
	const result = pairedRatio(ours, peer);
	return { p, what, unit, ours: series(ours), peer: { name: peerName, ...series(peer) }, result, spread: [ratios.min, ratios.max], shown: times(result), ...targetOf(result, bounds), notes };
}

/** A line about a value of ours; a peer beside it only informs. */
export function valueRow({ p, what, unit, notes, ours, peer, digits = 0, ...bounds }: What & { ours: readonly number[]; peer?: { name: string; values: readonly number[] }; digits?: number }): Row {
	const own = series(ours);
	const beside = peer && { peer: { name: peer.name, ...series(peer.values) } };
	return { p, what, unit, ours: own, ...beside, result: own.median, spread: [own.min, own.max], shown: `${own.median.toFixed(digits)} ${unit}`, ...targetOf(own.median, bounds, ` ${unit}`), notes };
}

/** Thrown when two sides did not do the same work: such a line would mean nothing. */
export class CountError extends Error {}

export function sameCount(what: string, wanted: number, counts: Record<string, number>): void {
	for (const [side, count] of Object.entries(counts)) {
		if (count !== wanted) throw new CountError(`${what}: ${side} handled ${count} instead of ${wanted}`);
	}
}

/**
 * The kept report with the lines of a later run of some measurements in place of its own. Both sides of each line are still
 * from one run; the report says which lines are from a later one.
 *
 * @param order names of all measurements
 */
export function withLater(kept: Report, later: Report, order: readonly string[]): Report {
	const names = order.filter((name) => [...later.rows.map(({ measurement }) => measurement), ...later.failures.map((one) => one.name)].includes(name));
	const others = <T,>(list: readonly T[], nameOf: (one: T) => string | undefined) => list.filter((one) => !names.includes(nameOf(one) ?? ''));
	const place = ({ measurement }: Row) => order.indexOf(measurement ?? '');
	return {
		...kept,
		rows: [...others(kept.rows, ({ measurement }) => measurement), ...later.rows].sort((a, b) => place(a) - place(b)),
		failures: [...others(kept.failures, ({ name }) => name), ...later.failures],
		later: [...others(kept.later ?? [], ({ name }) => name), ...names.map((name) => ({ name, at: later.at, load: later.load }))],
	};
}

/** The report as a table, with what it ran on and its notes. */
export function tableOf(report: Report): string {
	const notes: string[] = [];
	const cells = report.rows.map((row) => {
		const marks = (row.notes ?? []).map((note) => `\\[${notes.push(note)}]`).join('');
		return [row.p ?? '', `${row.what} ${marks}`.trim(), shown(row.ours, row.unit), row.peer ? `${shown(row.peer, row.unit)}<br>${row.peer.name}` : '', row.shown, row.target?.text ?? '', verdict(row, report.quick)];
	});
	return [
		`${described(report)} Median, and lowest to highest of the runs.`,
		...(report.later ?? []).map(({ name, at, load: [one] }) => `\nThe lines of \`${name}\` are from a later run, ${at.slice(0, 16).replace('T', ' ')} UTC, load ${one.toFixed(1)} at the start.`),
		'',
		markdownTable([['', 'Measure', 'Ours', 'Peer', 'Result', 'Target', ''], ...cells]),
		...report.failures.map(({ name, reason }) => `\nFailed: ${name}: ${reason.split('\n')[0]}`),
		'',
		...notes.map((note, index) => `${index + 1}. ${note}`),
	].join('\n');
}

function verdict({ target }: Row, quick: boolean): string {
	if (!target) return '';
	return `${quick ? 'quick: ' : ''}${target.met ? 'met' : '**missed**'}`;
}

/** Median, and the lowest and highest value where there are several. */
function shown({ median, min, max }: Series, unit: string): string {
	const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2;
	const spread = min === max ? '' : ` (${min.toFixed(digits)}..${max.toFixed(digits)})`;
	return `${median.toFixed(digits)}${spread} ${unit}`;
}

/** The lines that have a target, as a chart: each result beside its target; `undefined` when there is none. */
export async function picture({ rows, ...facts }: Report): Promise<string | undefined> {
	const bars = barsOf(rows);
	if (bars.length === 0) return undefined;
	return await ratioChart({ title: 'Beside the best', subtitle: `${described(facts)} Ratios to the peer; a value without a peer is divided by its target.` }, bars);
}

/** A chart leaves lines out, so 'The same' has to say what. */
export function barsOf(rows: readonly Row[]): Parameters<typeof ratioChart>[1] {
	let same = '';
	return rows.flatMap(({ p, what, peer, result, spread = [result, result], shown, target }) => {
		if (!what.startsWith('The same')) same = what;
		if (p === undefined || !target) return [];
		const isRatio = /x( faster)?$/.test(target.text);
		const scale = isRatio ? 1 : target.bound;
		const name = `${p} ${what.replace('The same', same).replace(/ beside a (client|package)$/, '')}${isRatio && peer ? `, beside ${peer.name}` : ''}`;
		return [{ name, ratio: result / scale, spread: [spread[0] / scale, spread[1] / scale] as [number, number], limit: target.bound / scale, met: target.met, shown, verdict: target.text }];
	});
}
