export interface Point {
	x: number;
	y: number;
}

/** `y = factor · x^exponent`: a straight line on log-log axes whose slope is the exponent. */
export interface PowerFit {
	kind: 'power';
	exponent: number;
	factor: number;
	/** Share of the variation that the line explains, 0 to 1. Says little where nothing varies: a flat line has none. */
	r2: number;
}

/** `y = intercept + slope · x` */
export interface LinearFit {
	kind: 'linear';
	slope: number;
	intercept: number;
	r2: number;
}

export type Fit = PowerFit | LinearFit;

/** Least squares through the points. */
export function linearFit(points: Point[]): LinearFit {
	const count = points.length;
	if (count < 2) throw new Error('a fitted line needs two points');
	const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / count;
	const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
	const sxx = mean(({ x }) => (x - mx) ** 2);
	const sxy = mean(({ x, y }) => (x - mx) * (y - my));
	const syy = mean(({ y }) => (y - my) ** 2);
	if (sxx === 0) throw new Error('a fitted line needs two different sizes');
	return { kind: 'linear', slope: sxy / sxx, intercept: my - (sxy / sxx) * mx, r2: syy === 0 ? 1 : sxy ** 2 / (sxx * syy) };
}

/** Least squares on the logarithms of both. Points at or below zero have none and are left out. */
export function powerFit(points: Point[]): PowerFit {
	const logs = points
		.filter(({ x, y }) => x > 0 && y > 0)
		.map(({ x, y }) => ({ x: Math.log10(x), y: Math.log10(y) }));
	const { slope, intercept, r2 } = linearFit(logs);
	return { kind: 'power', exponent: slope, factor: 10 ** intercept, r2 };
}

export const fittedAt = (fit: Fit, x: number) =>
	fit.kind === 'power' ? fit.factor * x ** fit.exponent : fit.intercept + fit.slope * x;
