import type { Series } from './stats.mts';

/** One line of the table. */
export interface Row {
	/** What was measured, with its sizes. */
	what: string;
	/** Unit of `ours` and `peer`. */
	unit: string;
	ours: Series;
	peer?: Series & { name: string };
	/** What the target is about: a ratio to the peer or a value of ours. */
	result: number;
	/** How `result` reads, for example `0.98x`. */
	shown: string;
	/** Absent for a line that only informs. */
	target?: { text: string; met: boolean };
	notes?: string[];
}

export const times = (ratio: number) => `${ratio.toFixed(2)}x`;

/** Thrown when two sides did not do the same work: such a line would mean nothing. */
export class CountError extends Error {}

export function sameCount(what: string, wanted: number, counts: Record<string, number>): void {
	for (const [side, count] of Object.entries(counts)) {
		if (count !== wanted) throw new CountError(`${what}: ${side} handled ${count} instead of ${wanted}`);
	}
}
