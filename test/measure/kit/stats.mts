import { linearRegression, linearRegressionLine, max, median, min, quantile, rSquared } from 'simple-statistics';

export { median };

/** Repeated measurements of one thing. */
export interface Series {
	median: number;
	min: number;
	max: number;
	values: number[];
}

export const series = (values: readonly number[]): Series => ({ median: median([...values]), min: min([...values]), max: max([...values]), values: [...values] });

export interface Distribution {
	count: number;
	p50: number;
	p95: number;
	p99: number;
	max: number;
}

/** Of many single values; undefined where there is none. */
export function distribution(values: readonly number[]): Distribution | undefined {
	if (values.length === 0) return undefined;
	const [p50, p95, p99] = quantile([...values], [0.5, 0.95, 0.99]);
	return { count: values.length, p50, p95, p99, max: max([...values]) };
}

/** The median of the ratios of runs that were made side by side, so that a busy machine weighs on both. */
export const pairedRatio = (ours: readonly number[], peer: readonly number[]): number => median(ours.map((value, index) => value / peer[index]));

export interface Point {
	x: number;
	y: number;
}

/** A straight line, or on log-log axes a power: `slope` is then the exponent, and 10 to the `intercept` the factor. */
export interface Line {
	slope: number;
	intercept: number;
	/** Share of the variation that the line explains, 0 to 1. Says little where nothing varies. */
	r2: number;
}

/** Least squares through the points; `undefined` for fewer than two different sizes. */
export function fitted(points: readonly Point[]): Line | undefined {
	if (new Set(points.map(({ x }) => x)).size < 2) return undefined;
	const pairs = points.map(({ x, y }) => [x, y]);
	const { m: slope, b: intercept } = linearRegression(pairs);
	const r2 = rSquared(pairs, linearRegressionLine({ m: slope, b: intercept }));
	return { slope, intercept, r2: Number.isFinite(r2) ? r2 : 1 };
}

/** The same on the logarithms of both. Points at or below zero have none and are left out. */
export const fittedPower = (points: readonly Point[]): Line | undefined =>
	fitted(points.filter(({ x, y }) => x > 0 && y > 0).map(({ x, y }) => ({ x: Math.log10(x), y: Math.log10(y) })));

/** Median of the slopes between all pairs of points (Theil-Sen): spikes of garbage collection hardly move it. */
export function theilSen(points: readonly Point[]): number | undefined {
	const slopes = points.flatMap((one, index) => points.slice(index + 1).flatMap((other) => (other.x > one.x ? [(other.y - one.y) / (other.x - one.x)] : [])));
	return points.length < 3 || slopes.length === 0 ? undefined : median(slopes);
}

/** The lowest point of each of `count` equal stretches: what is left after garbage collections. */
export function floorOf(points: readonly Point[], count: number): Point[] {
	const lowest = new Map<number, Point>();
	const [first, last] = [points[0]?.x ?? 0, points.at(-1)?.x ?? 0];
	for (const point of points) {
		const bin = Math.min(count - 1, Math.floor((point.x - first) / ((last - first) / count || 1)));
		if (!(point.y >= (lowest.get(bin)?.y ?? Infinity))) lowest.set(bin, point);
	}
	return [...lowest.entries()].sort(([a], [b]) => a - b).map(([, point]) => point);
}

/** Medians of the first and the last quarter. */
export function firstAndLast(values: readonly number[]): { first: number; last: number } | undefined {
	const quarter = Math.max(1, Math.floor(values.length / 4));
	return values.length === 0 ? undefined : { first: median(values.slice(0, quarter)), last: median(values.slice(-quarter)) };
}

/** At most `most` of the entries, evenly chosen, first and last among them. */
export function thin<T>(entries: readonly T[], most: number): T[] {
	if (entries.length <= most) return [...entries];
	return Array.from({ length: most }, (_, index) => entries[Math.round((index * (entries.length - 1)) / (most - 1))]);
}
