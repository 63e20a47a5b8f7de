import type { Axis, Panel } from '../kit/chart/lineChart.mts';
import type { Places } from '../bench/lib/places.mts';
import type { Curve, Judged } from './curves.mts';

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

/** A plot of some curves, with their fits on log axes. */
export function panelOf(title: string, x: string, y: string, curves: Judged[], scale: Axis['scale'] = 'log'): Panel {
	return {
		title,
		x: { label: x, scale },
		y: { label: y, scale },
		series: curves.map(({ name, medians, fit, each, unit }) =>
			scale === 'log'
				? { name, points: medians, fit }
				: { name, points: medians, fit: each, note: `fitted: ${each.slope < 0 ? '' : '+'}${Number(each.slope.toPrecision(2))} ${unit} each, r² ${each.r2.toFixed(3)}` },
		),
	};
}

export const ofKind = (curves: Judged[], kind: Curve['kind']) => curves.filter((curve) => curve.kind === kind);
