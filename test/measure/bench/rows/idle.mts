import { measureInProcess, startServer } from '../lib/processes.mts';
import { sameCount, type Row } from '../lib/row.mts';
import { series } from '../lib/stats.mts';
import { valueRow } from '../lib/valueRow.mts';
import type { IdleInput, IdleResult } from '../measure/idle.mts';
import type { Measure } from './context.mts';

const KIB = 1024;
/** The last thing that a trigger does by itself after it connected comes five seconds later. */
const QUIET_MS = 6_000;
const PEER = 'fetch stream';

/** P9: what a trigger costs while nothing happens. */
export const idle: Measure = async (bench) => {
	const [count, settleMs] = bench.quick ? [50, 2_000] : [100, 6_000];
	const server = await startServer(bench.places, { rows: 0 });
	try {
		const measure = async (side: IdleInput['side'], watchMs = 0) => {
			const input = { endpoint: `${server.url}/graph/v2`, token: 'bench', count, side, watchMs, settleMs: watchMs > 0 ? QUIET_MS : settleMs };
			const result = await measureInProcess<IdleResult>(bench.places, 'idle', input, 240_000);
			sameCount('idle triggers', count, { [side]: result.open });
			return result;
		};
		const results: Record<IdleInput['side'], IdleResult[]> = { ours: [], peer: [] };
		for (let run = 0; run < (bench.quick ? 1 : 5); run++) {
			for (const side of ['ours', 'peer'] as const) results[side].push(await measure(side));
		}
		const kib = (side: IdleInput['side'], what: 'rss' | 'heap') => results[side].map((result) => result[what] / KIB);
		const cpu = series(results.ours.map(({ cpuMs }) => cpuMs)).median;

		// No heartbeat: what wakes the process up then is the trigger itself.
		await server.call('settings', { heartbeats: false });
		const seconds = bench.quick ? 10 : 60;
		const perMinute = ({ wakeUps: { timers, others } }: IdleResult) =>
			((timers + Object.values(others).reduce((sum, calls) => sum + calls, 0)) / count) * (60 / seconds);
		const [ours, peer] = [await measure('ours', seconds * 1000), await measure('peer', seconds * 1000)];
		return [
			valueRow({
				p: 'P9',
				what: 'Idle trigger, resident memory',
				unit: 'KiB',
				ours: kib('ours', 'rss'),
				peer: { name: PEER, ...series(kib('peer', 'rss')) },
				atMost: 60,
				notes: [
					`${count} triggers in a process, warmed up, after a garbage collection. All together used ${cpu.toFixed(0)} ms of processor time in ${settleMs / 1000} s.`,
				],
			}),
			valueRow({ what: 'The same, heap', unit: 'KiB', ours: kib('ours', 'heap'), peer: { name: PEER, ...series(kib('peer', 'heap')) } }),
			wakeUpRow(perMinute(ours), perMinute(peer), count, seconds),
		];
	} finally {
		await server.close();
	}
};

function wakeUpRow(ours: number, peer: number, count: number, seconds: number): Row {
	return valueRow({
		p: 'P9',
		what: 'Idle trigger, wake-ups a minute',
		unit: 'a minute',
		digits: 2,
		ours: [ours],
		peer: { name: PEER, ...series([peer]) },
		atMost: 2,
		notes: [
			`Calls of the event loop into JavaScript, counted over ${seconds} s for ${count} triggers while the server sends nothing at all. Each heartbeat of a server is one more, on both sides.`,
		],
	});
}
