import { linearFit, powerFit, type LinearFit, type PowerFit } from '../kit/chart/fit.mts';
import { series } from '../bench/lib/stats.mts';

/** What was measured at one size. */
export interface CurvePoint {
	/** How many: events, operations, levels, triggers. */
	size: number;
	/** Every single value, in the unit of the curve. */
	values: number[];
}

/** How one cost grows with a size. */
export interface Curve {
	/** Unique within its part: 'One event per run'. */
	name: string;
	/** What grows: 'events'. */
	sizes: string;
	unit: string;
	/** 'time' is judged against {@link STEEPEST}; anything else only informs. */
	kind: 'time' | 'memory' | 'count';
	points: CurvePoint[];
}

export interface Judged extends Curve {
	medians: Array<{ x: number; y: number; low: number; high: number }>;
	/** Slope of the line through all points on log-log axes. */
	fit: PowerFit;
	/** The same through the three largest sizes, where fixed costs no longer hide the growth. */
	end: PowerFit;
	/** On plain axes: what one more costs. */
	each: LinearFit;
	/** A time that grows faster than its size. */
	tooSteep: boolean;
}

/** A time that grows faster than this power of the size is a defect. */
export const STEEPEST = 1.2;
const AT_THE_END = 3;

/** Fits the medians of a curve. Values at or below zero have no logarithm and count only for the straight line. */
export function judged(curve: Curve): Judged {
	const medians = curve.points
		.map(({ size, values }) => ({ x: size, values: series(values) }))
		.map(({ x, values: { median, min, max } }) => ({ x, y: median, low: min, high: max }))
		.sort((a, b) => a.x - b.x);
	const fit = powerFit(medians);
	const end = powerFit(medians.slice(-AT_THE_END));
	const tooSteep = curve.kind === 'time' && Math.max(fit.exponent, end.exponent) > STEEPEST;
	return { ...curve, medians, fit, end, each: linearFit(medians), tooSteep };
}
