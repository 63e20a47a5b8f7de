import { subscription } from '../lib/bareStream.mts';
import { measureInProcess, startServer } from '../lib/processes.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { sameCount, type Row } from '../lib/row.mts';
import type { EventsResult } from '../measure/events.mts';
import { timeOf } from '../server/rows.mts';
import { runs, thousands, type Measure } from './context.mts';

/** P1: events a second from the socket to parsed batches, beside `eventsource` and `graphql-sse`. */
export const events: Measure = async (bench) => {
	const count = bench.quick ? 20_000 : 100_000;
	const server = await startServer(bench.places, { rows: count });
	try {
		const rows: Row[] = [];
		for (const rowsPerFrame of [100, 1]) {
			await server.call('settings', { rowsPerFrame });
			const input = {
				endpoint: `${server.url}/graph/v2`,
				token: 'bench',
				// A cursor is exclusive: the first row comes too.
				document: subscription(timeOf(-1)),
				events: count,
				rounds: runs(bench),
			};
			const result = await measureInProcess<EventsResult>(bench.places, 'events', input);
			sameCount('events of a stream', count, result.rows);
			const perSecond = (values: number[]) => values.map((ms) => count / ms);
			const row = (peerName: string, peer: number[], atLeast: number) =>
				ratioRow({
					p: 'P1',
					what: `Stream to parsed batches, ${thousands(count)} events, ${rowsPerFrame} a frame`,
					unit: 'k events/s',
					ours: perSecond(result.ours),
					peer: perSecond(peer),
					peerName,
					atLeast,
					notes: rowsPerFrame === 100 && peerName === 'eventsource' ? ['531 bytes of JSON an event, over a socket; all sides make objects of them.'] : [],
				});
			rows.push(row('eventsource', result.eventsource, 0.95), row('graphql-sse', result.graphqlSse, 1.3));
		}
		return rows;
	} finally {
		await server.close();
	}
};
