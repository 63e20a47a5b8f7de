import { measureInProcess, startServer } from '../lib/processes.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { sameCount, type Row } from '../lib/row.mts';
import { series } from '../lib/stats.mts';
import type { ReplayResult } from '../measure/replay.mts';
import { timeOf } from '../server/rows.mts';
import { runs, thousands, type Measure } from './context.mts';

const LATENCY_MS = 20;

/** P3: reading past completions through the stream, beside paging them with `graphql-request`. */
export const replay: Measure = async (bench) => {
	const events = bench.quick ? 20_000 : 100_000;
	const server = await startServer(bench.places, { rows: events + 1 });
	const measure = async (what: string, least: number, latencyMs: number, note: string): Promise<Row[]> => {
		await server.call('settings', { latencyMs });
		const endpoint = `${server.url}/graph/v2`;
		const input = {
			endpoint,
			pages: endpoint,
			token: 'bench',
			from: timeOf(0),
			to: timeOf(events - 1),
			rounds: bench.quick && latencyMs > 0 ? 1 : runs(bench),
		};
		const result = await measureInProcess<ReplayResult>(bench.places, 'replay', input, 600_000);
		sameCount('completions', events, {
			'our stream': result.oursRows,
			'the paging client': result.peerRows,
			'the bare stream': result.bareRows,
		});
		const perSecond = (values: number[]) => values.map((ms) => events / ms);
		const cpu = (values: number[]) => `${series(values).median.toFixed(0)} ms`;
		const replayed = ratioRow({
			p: 'P3',
			what: `Replay ${thousands(events)} completions, ${what}`,
			unit: 'k events/s',
			ours: perSecond(result.ours),
			peer: perSecond(result.peer),
			peerName: 'graphql-request, pages of 100',
			atLeast: least,
			notes: [`${note} Processor time of the client: ours ${cpu(result.oursCpu)}, paging ${cpu(result.peerCpu)}, JSON.parse of the same frames alone ${cpu(result.parseCpu)}.`],
		});
		const bare = ratioRow({
			what: 'The same rows through a bare stream, beside paging',
			unit: 'k events/s',
			ours: perSecond(result.bare),
			peer: perSecond(result.peer),
			peerName: 'graphql-request, pages of 100',
			notes: ['fetch, eventsource-parser and JSON.parse, and nothing else: what a stream can reach at most on these rows.'],
		});
		return latencyMs > 0 ? [replayed] : [replayed, bare];
	};
	try {
		return [
			...(await measure('no latency', 4, 0, 'The documented API has no paging, so a server of the bench gives the same prepared rows as stream (100 a frame) and as pages of 100.')),
			...(await measure(`${LATENCY_MS} ms for each request`, 25, LATENCY_MS, 'The stream is one request.')),
		];
	} finally {
		await server.close();
	}
};
