import { ratioChart, type RatioRow } from '../../kit/chart/ratioChart.mts';
import type { Report } from './report.mts';
import type { Row } from './row.mts';

const SAME = 'The same';

/** The lines that have a target, as a chart: each result beside its target; `undefined` when there is none. */
export function picture({ rows, n8n, node, at, machine }: Report): string | undefined {
	const bars = spelledOut(rows).filter(({ p, target }) => p !== undefined && target !== undefined);
	if (bars.length === 0) return undefined;
	return ratioChart({
		title: 'Beside the best',
		subtitle: `n8n ${n8n} on Node ${node}, ${machine.cpus} processors, ${at.slice(0, 10)}. Ratios to the peer; a value without a peer is divided by its target.`,
		rows: bars.map(barOf),
		axis: 'Ours divided by the peer, or by the target (log)',
	});
}

/** A chart leaves lines out, so 'The same' has to say what. */
function spelledOut(rows: readonly Row[]): Row[] {
	let what = '';
	return rows.map((row) => {
		if (!row.what.startsWith(SAME)) what = row.what;
		return { ...row, what: row.what.replace(SAME, what) };
	});
}

function barOf(row: Row): RatioRow {
	const { p, what, peer, result, spread, shown, target } = row;
	if (!target) return { name: what, ratio: result, shown };
	const isRatio = /x( faster)?$/.test(target.text);
	const scale = isRatio ? 1 : target.bound;
	const beside = isRatio && peer ? `, beside ${peer.name}` : '';
	const name = what.replace(/ beside a (client|package)$/, '');
	return {
		name: `${p} ${name}${beside}`,
		ratio: result / scale,
		...(spread ? { spread: [spread[0] / scale, spread[1] / scale] } : {}),
		target: { sense: target.sense, limit: target.bound / scale },
		...(isRatio ? {} : { shown: `${shown} of ${target.bound}` }),
	};
}
