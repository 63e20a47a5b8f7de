/** Repeated measurements of one thing. */
export interface Series {
	median: number;
	min: number;
	max: number;
	values: number[];
}

export function series(values: readonly number[]): Series {
	const sorted = [...values].sort((a, b) => a - b);
	return { median: percentile(sorted, 50), min: sorted[0], max: sorted[sorted.length - 1], values: [...values] };
}

/** Percentile of numbers that are sorted already; between two neighbours it is interpolated. */
export function percentile(sorted: readonly number[], percent: number): number {
	const place = ((sorted.length - 1) * percent) / 100;
	const below = Math.floor(place);
	const above = Math.min(below + 1, sorted.length - 1);
	return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** Median, 99th percentile and the highest of many single times. */
export function distribution(values: readonly number[]): { p50: number; p99: number; max: number; count: number } {
	const sorted = [...values].sort((a, b) => a - b);
	return {
		p50: percentile(sorted, 50),
		p99: percentile(sorted, 99),
		max: sorted[sorted.length - 1],
		count: sorted.length,
	};
}

/** The median of the ratios of runs that were made side by side, so that a busy machine weighs on both. */
export function pairedRatio(ours: readonly number[], peer: readonly number[]): number {
	return series(ours.map((value, index) => value / peer[index])).median;
}
