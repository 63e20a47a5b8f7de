import { atMost, type Row } from './row.mts';
import { series, type Series } from './stats.mts';

export interface Value {
	p?: string;
	what: string;
	unit: string;
	ours: Series | readonly number[];
	peer?: Row['peer'];
	digits?: number;
	atMost?: number;
	notes?: string[];
}

/** A line about a value of ours; a peer beside it only informs. */
export function valueRow({ p, what, unit, ours, peer, digits = 0, atMost: bound, notes }: Value): Row {
	const own = 'median' in ours ? ours : series(ours);
	return {
		p,
		what,
		unit,
		ours: own,
		...(peer ? { peer } : {}),
		result: own.median,
		spread: [own.min, own.max],
		shown: `${own.median.toFixed(digits)} ${unit}`,
		...(bound !== undefined ? { target: atMost(bound, own.median, ` ${unit}`) } : {}),
		notes,
	};
}
