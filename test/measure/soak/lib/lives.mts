import { firstAndLast, floorOf, leastSquares, theilSen, type Point } from './fit.mts';
import type { ProcessSample } from './process.mts';
import type { Sample } from './sample.mts';

/** Left out of the fits at the beginning of each life: code is loaded, caches and the heap grow to their size. */
const WARM_UP_SECONDS = 300;
/** In a short run: this share of the life. */
const WARM_UP_SHARE = 0.25;
const FLOOR_POINTS = 12;

export interface Drift {
	/** Per hour. */
	leastSquares?: number;
	theilSen?: number;
	/** Medians of the first and last quarter after the warm-up. */
	first?: number;
	last?: number;
}

/** One life of an n8n process: from a start to its end. */
export interface Life {
	life: number;
	seconds: number;
	/** Seconds of it that the fits are about, and samples in them. */
	fittedSeconds: number;
	samples: number;
	/** MB. */
	rss: Drift;
	anonymous: Drift;
	heap: Drift;
	/** Lowest used heap of each twelfth: what is left after garbage collections. */
	heapFloor: Drift;
	/** Counts. */
	files: Drift;
	sockets: Drift;
	/** Share of one core over the fitted time. */
	cpu?: number;
}

export function livesOf(samples: readonly Sample[], side: 'ours' | 'peer'): Life[] {
	const numbers = [...new Set(samples.flatMap((sample) => sample[side]?.life ?? []))];
	return numbers.map((life) => {
		const of = samples.filter((sample) => sample[side]?.life === life);
		const [first, last] = [of[0].t, of[of.length - 1].t];
		const from = first + Math.min(WARM_UP_SECONDS, (last - first) * WARM_UP_SHARE);
		const fitted = of.filter(({ t }) => t >= from);
		const points = (field: keyof ProcessSample): Point[] =>
			fitted.flatMap((sample) => {
				const value = sample[side]?.[field];
				return value === undefined ? [] : [[sample.t, value] as const];
			});
		const [begin, end] = [fitted[0], fitted[fitted.length - 1]];
		const seconds = end.t - begin.t;
		return {
			life,
			seconds: last - first,
			fittedSeconds: seconds,
			samples: fitted.length,
			rss: drift(points('rss')),
			anonymous: drift(points('anonymous')),
			heap: drift(points('heap')),
			heapFloor: drift(floorOf(points('heap'), FLOOR_POINTS)),
			files: drift(points('files')),
			sockets: drift(points('sockets')),
			cpu: seconds > 0 ? ((end[side]?.cpu ?? 0) - (begin[side]?.cpu ?? 0)) / seconds : undefined,
		};
	});
}

function drift(points: Point[]): Drift {
	return { leastSquares: leastSquares(points), theilSen: theilSen(points), ...firstAndLast(points) };
}
