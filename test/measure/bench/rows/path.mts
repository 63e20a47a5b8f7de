import { measureInProcess, startServer } from '../lib/processes.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { sameCount } from '../lib/row.mts';
import { distribution, series } from '../lib/stats.mts';
import { valueRow } from '../lib/valueRow.mts';
import type { PathResult } from '../measure/path.mts';
import { runs, thousands, type Measure } from './context.mts';

/** P4: from the write on the server to the call of `emit`, beside a bare stream and parser. */
export const path: Measure = async (bench) => {
	const [events, backlog] = bench.quick ? [100, 5_000] : [200, 20_000];
	const server = await startServer(bench.places, { rows: backlog });
	try {
		const input = {
			endpoint: `${server.url}/graph/v2`,
			token: 'bench',
			server: server.url,
			events,
			everyMs: 5,
			rounds: runs(bench),
			backlog,
		};
		const result = await measureInProcess<PathResult>(bench.places, 'path', input);
		for (const [index, round] of result.ours.entries()) {
			sameCount('live events', events, { 'our trigger': round.length, 'the bare stream': result.peer[index].length });
		}
		const quantile = (rounds: number[][], which: 'p50' | 'p99') => rounds.map((round) => distribution(round)[which]);
		const perSecond = (values: number[]) => values.map((ms) => backlog / ms);
		const throughput = (what: string, ours: number[], notes: string[] = []) =>
			ratioRow({ what, unit: 'k events/s', ours: perSecond(ours), peer: perSecond(result.peerBacklog), peerName: 'bare stream', notes });
		return [
			ratioRow({
				p: 'P4',
				what: 'Server write to emit, p50',
				unit: 'ms',
				ours: quantile(result.ours, 'p50'),
				peer: quantile(result.peer, 'p50'),
				peerName: 'bare stream + parser',
				atMost: 1.5,
				notes: [
					`${events} events in each run, one every 5 ms, with a full window of seen events. The peer is fetch, eventsource-parser and JSON.parse.`,
				],
			}),
			valueRow({
				p: 'P4',
				what: 'Server write to emit, p99',
				unit: 'ms',
				digits: 1,
				ours: quantile(result.ours, 'p99'),
				peer: { name: 'bare stream + parser', ...series(quantile(result.peer, 'p99')) },
				atMost: 10,
			}),
			throughput(`Backlog of ${thousands(backlog)} through the trigger, 1 event per run`, result.oursBacklog, [
				'Runs end at once; n8n itself starts a few hundred runs a second.',
			]),
			throughput('The same, 100 events per run', result.oursBacklogInBatches),
		];
	} finally {
		await server.close();
	}
};
