import { ratioChart, type RatioRow } from '../chart/ratioChart.mts';
import type { Report } from './report.mts';
import type { Row } from './row.mts';

/** The lines that have a target, as a chart: each result beside its target. */
export function picture({ rows, n8n, node, at, machine }: Report): string {
	return ratioChart({
		title: 'Beside the best',
		subtitle: `n8n ${n8n} on Node ${node}, ${machine.cpus} processors, ${at.slice(0, 10)}. Ratios to the peer; a value without a peer is divided by its target.`,
		rows: rows.filter((row) => row.p !== undefined && row.target !== undefined).map(barOf),
		axis: 'Ours divided by the peer, or by the target (log)',
	});
}

function barOf(row: Row): RatioRow {
	const { p, what, peer, result, spread, shown, target } = row;
	if (!target) return { name: what, ratio: result, shown };
	const isRatio = /x( faster)?$/.test(target.text);
	const scale = isRatio ? 1 : target.bound;
	const beside = isRatio && peer ? `, beside ${peer.name}` : '';
	return {
		name: `${p} ${what}${beside}`,
		ratio: result / scale,
		...(spread ? { spread: [spread[0] / scale, spread[1] / scale] } : {}),
		target: { sense: target.sense, limit: target.bound / scale },
		...(isRatio ? {} : { shown: `${shown} of ${target.bound}` }),
	};
}
