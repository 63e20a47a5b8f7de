import { measureInProcess, startServer } from '../lib/processes.mts';
import { sameCount, times } from '../lib/row.mts';
import { distribution, series } from '../lib/stats.mts';
import type { PathResult } from '../measure/path.mts';
import { RUNS, type Measure } from './context.mts';

const EVENTS = 200;
const BACKLOG = 20_000;

/** From the write on the server to the call of `emit`, beside a bare stream and parser. */
export const path: Measure = async ({ places }) => {
	const server = await startServer(places, { rows: BACKLOG });
	try {
		const input = {
			endpoint: `${server.url}/graph/v2`,
			token: 'bench',
			server: server.url,
			events: EVENTS,
			everyMs: 5,
			rounds: RUNS,
			backlog: BACKLOG,
		};
		const result = await measureInProcess<PathResult>(places, 'path', input);
		for (const [index, round] of result.ours.entries()) {
			sameCount('live events', EVENTS, { 'our trigger': round.length, 'the bare stream': result.peer[index].length });
		}
		const quantile = (rounds: number[][], which: 'p50' | 'p99') =>
			series(rounds.map((round) => distribution(round)[which]));
		const p50 = { ours: quantile(result.ours, 'p50'), peer: quantile(result.peer, 'p50') };
		const p99 = { ours: quantile(result.ours, 'p99'), peer: quantile(result.peer, 'p99') };
		const ratio = p50.ours.median / p50.peer.median;
		const perSecond = (values: number[]) => series(values.map((ms) => BACKLOG / ms));
		const single = perSecond(result.oursBacklog);
		const batches = perSecond(result.oursBacklogInBatches);
		const bare = { name: 'bare stream', ...perSecond(result.peerBacklog) };
		return [
			{
				what: 'Server write to emit, p50',
				unit: 'ms',
				ours: p50.ours,
				peer: { name: 'bare stream + parser', ...p50.peer },
				result: ratio,
				shown: times(ratio),
				target: { text: '<= 1.5x', met: ratio <= 1.5 },
				notes: [
					`${EVENTS} events in each run, one every 5 ms, with a full window of seen events. The peer is fetch, eventsource-parser and JSON.parse.`,
				],
			},
			{
				what: 'Server write to emit, p99',
				unit: 'ms',
				ours: p99.ours,
				peer: { name: 'bare stream + parser', ...p99.peer },
				result: p99.ours.median,
				shown: `${p99.ours.median.toFixed(1)} ms`,
				target: { text: '<= 10 ms', met: p99.ours.median <= 10 },
			},
			{
				what: `Backlog of ${BACKLOG.toLocaleString('en-US')} through the trigger, 1 event per run`,
				unit: 'k events/s',
				ours: single,
				peer: bare,
				result: single.median,
				shown: `${single.median.toFixed(0)} k/s`,
				notes: ['Runs end at once; n8n itself starts a few hundred runs a second.'],
			},
			{
				what: 'The same, 100 events per run',
				unit: 'k events/s',
				ours: batches,
				peer: bare,
				result: batches.median,
				shown: `${batches.median.toFixed(0)} k/s`,
			},
		];
	} finally {
		await server.close();
	}
};
