/** Time in seconds and a value. */
export type Point = readonly [number, number];

const HOUR = 3600;

/** Slope of the line of least squares, per hour; undefined for less than three points. */
export function leastSquares(points: readonly Point[]): number | undefined {
	if (points.length < 3) return undefined;
	const mean = (which: 0 | 1) => points.reduce((sum, point) => sum + point[which], 0) / points.length;
	const [x, y] = [mean(0), mean(1)];
	const spread = points.reduce((sum, [time]) => sum + (time - x) ** 2, 0);
	return (points.reduce((sum, [time, value]) => sum + (time - x) * (value - y), 0) / spread) * HOUR;
}

/** Median of the slopes between all pairs of points (Theil-Sen), per hour: spikes of garbage collection hardly move it. */
export function theilSen(points: readonly Point[]): number | undefined {
	if (points.length < 3) return undefined;
	const slopes: number[] = [];
	for (const [index, [time, value]] of points.entries()) {
		for (let other = index + 1; other < points.length; other++) {
			const apart = points[other][0] - time;
			if (apart > 0) slopes.push((points[other][1] - value) / apart);
		}
	}
	return slopes.length > 0 ? median(slopes) * HOUR : undefined;
}

/** The lowest point of each of `count` equal stretches of time: what is left after garbage collections. */
export function floorOf(points: readonly Point[], count: number): Point[] {
	if (points.length === 0) return [];
	const first = points[0][0];
	const length = (points[points.length - 1][0] - first) / count || 1;
	const lowest = new Map<number, Point>();
	for (const point of points) {
		const bin = Math.min(count - 1, Math.floor((point[0] - first) / length));
		const known = lowest.get(bin);
		if (!known || point[1] < known[1]) lowest.set(bin, point);
	}
	return [...lowest.entries()].sort(([a], [b]) => a - b).map(([, point]) => point);
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Medians of the first and the last quarter. */
export function firstAndLast(points: readonly Point[]): { first: number; last: number } | undefined {
	if (points.length === 0) return undefined;
	const quarter = Math.max(1, Math.floor(points.length / 4));
	const values = points.map(([, value]) => value);
	return { first: median(values.slice(0, quarter)), last: median(values.slice(-quarter)) };
}

/** At most `most` of the entries, evenly chosen, first and last among them. */
export function thin<T>(entries: readonly T[], most: number): T[] {
	if (entries.length <= most) return [...entries];
	return Array.from({ length: most }, (_, index) => entries[Math.round((index * (entries.length - 1)) / (most - 1))]);
}
