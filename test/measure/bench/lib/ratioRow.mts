import { atLeast, atMost, times, type Row } from './row.mts';
import { series } from './stats.mts';

export interface Pair {
	p?: string;
	what: string;
	unit: string;
	/** One value for each run; the runs of both sides took turns. */
	ours: readonly number[];
	peer: readonly number[];
	peerName: string;
	/** Of ours divided by the peer's. */
	atLeast?: number;
	atMost?: number;
	notes?: string[];
}

/** A line about ours divided by the peer's: the median of the ratios of neighbouring runs, and their spread. */
export function ratioRow({ p, what, unit, ours, peer, peerName, notes, ...bounds }: Pair): Row {
	const ratios = series(ours.map((value, index) => value / peer[index]));
	const ratio = ratios.median;
	return {
		p,
		what,
		unit,
		ours: series(ours),
		peer: { name: peerName, ...series(peer) },
		result: ratio,
		spread: [ratios.min, ratios.max],
		shown: times(ratio),
		...(bounds.atLeast !== undefined ? { target: atLeast(bounds.atLeast, ratio) } : {}),
		...(bounds.atMost !== undefined ? { target: atMost(bounds.atMost, ratio) } : {}),
		notes,
	};
}
