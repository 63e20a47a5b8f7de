import type { Panel } from '../kit/chart.mts';
import { markdownTable } from '../kit/kept.mts';
import type { Places } from '../kit/places.mts';
import { fitted, fittedPower, series, type Line } from '../kit/stats.mts';

export interface Growth {
	places: Places;
	/** Small sizes, to see that everything works. */
	quick: boolean;
	/** Times that each size is measured. */
	rounds: number;
	say(text: string): void;
}

/** One size that grows, and what it costs. */
export interface Part {
	title: string;
	/** What was done, for below the title of the chart. */
	about: string;
	measure(growth: Growth): Promise<Curve[]>;
	panels(curves: Judged[]): Panel[];
}

/** How one cost grows with a size. */
export interface Curve {
	/** Unique within its part: 'One event per run'. */
	name: string;
	unit: string;
	/** 'time' is judged against {@link STEEPEST}; anything else only informs. */
	kind: 'time' | 'memory' | 'count';
	/** What was measured at one size (events, operations, levels, triggers): every single value, in the unit of the curve. */
	points: Array<{ size: number; values: number[] }>;
}

export interface Judged extends Curve {
	medians: Array<{ x: number; y: number; low: number; high: number }>;
	/** Through all points on log-log axes: its slope is the exponent. */
	fit?: Line;
	/** The same through the three largest sizes, where fixed costs no longer hide the growth. */
	end?: Line;
	/** On plain axes: what one more costs. */
	each?: Line;
	/** A time that grows faster than its size. */
	tooSteep: boolean;
}

/** A time that grows faster than this power of the size is a defect. */
export const STEEPEST = 1.2;
const AT_THE_END = 3;

export const newCurve = (name: string, unit: string, kind: Curve['kind'] = 'time'): Curve => ({ name, unit, kind, points: [] });

/** Fits the medians of a curve. Values at or below zero have no logarithm and count only for the straight line. */
export function judged(curve: Curve): Judged {
	const medians = curve.points
		.map(({ size, values }) => ({ x: size, of: series(values) }))
		.map(({ x, of: { median, min, max } }) => ({ x, y: median, low: min, high: max }))
		.sort((a, b) => a.x - b.x);
	const fit = fittedPower(medians);
	const end = fittedPower(medians.slice(-AT_THE_END));
	const tooSteep = curve.kind === 'time' && Math.max(fit?.slope ?? 0, end?.slope ?? 0) > STEEPEST;
	return { ...curve, medians, fit, end, each: fitted(medians), tooSteep };
}

const number = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

export const tableOf = (curves: Judged[]): string =>
	markdownTable([
		['Cost', 'Median at each size', 'Exponent', 'r²', 'Exponent at the end', ''],
		...curves.map(({ name, unit, kind, medians, fit, end, tooSteep }) => {
			const values = medians.map(({ x, y }) => `${x.toLocaleString('en-US')}: ${number(y)}`).join(', ');
			return [`${name} (${unit})`, values, fit?.slope.toFixed(2) ?? '–', fit?.r2.toFixed(3) ?? '–', end?.slope.toFixed(2) ?? '–', kind === 'time' ? (tooSteep ? 'TOO STEEP' : 'ok') : ''];
		}),
	]);

/** A plot of some curves, with their fits: powers on log axes, what one more costs on plain ones. */
export const panelOf = (title: string, x: string, y: string, curves: Judged[], scale: Panel['scale'] = 'log'): Panel => ({
	title,
	x,
	y,
	scale,
	series: curves.map(({ name, medians: points, fit, each, unit }) => {
		if (scale === 'log') return fit ? { name: `${name}, fitted: n^${fit.slope.toFixed(2)}, r² ${fit.r2.toFixed(3)}`, points, fitted: (at: number) => 10 ** (fit.intercept + fit.slope * Math.log10(at)) } : { name, points };
		return each ? { name: `${name}, ${each.slope < 0 ? '' : '+'}${Number(each.slope.toPrecision(2))} ${unit} each, r² ${each.r2.toFixed(3)}`, points, fitted: (at: number) => each.intercept + each.slope * at } : { name, points };
	}),
});

export const ofKind = (curves: Judged[], kind: Curve['kind']) => curves.filter((curve) => curve.kind === kind);
