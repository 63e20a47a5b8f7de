import type { Series } from './stats.mts';

export interface Target {
	/** For example `>= 4x`. */
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

export const times = (ratio: number) => `${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2)}x`;

export const atLeast = (bound: number, result: number, unit = 'x'): Target => ({
	text: `>= ${bound}${unit}`,
	bound,
	sense: 'at least',
	met: result >= bound,
});

export const atMost = (bound: number, result: number, unit = 'x'): Target => ({
	text: `<= ${bound}${unit}`,
	bound,
	sense: 'at most',
	met: result <= bound,
});

/** Thrown when two sides did not do the same work: such a line would mean nothing. */
export class CountError extends Error {}

export function sameCount(what: string, wanted: number, counts: Record<string, number>): void {
	for (const [side, count] of Object.entries(counts)) {
		if (count !== wanted) throw new CountError(`${what}: ${side} handled ${count} instead of ${wanted}`);
	}
}
