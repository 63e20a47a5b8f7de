import { EventSource } from 'eventsource';
import { createClient } from 'graphql-sse';

import { subscription } from '../kit/bareStream.mts';
import { timeOf } from '../kit/eventServer/rows.mts';
import { N8nCore, type Access } from '../kit/n8nCore.mts';
import { inProcess, inTurns, startServer, type Given } from '../kit/processes.mts';
import { runs, thousands, type Question } from './context.mts';
import { ratioRow, sameCount, type Row } from './report.mts';

const FIELD = 'operationOrderCompletesStream';

/** P1: events a second from the socket to parsed batches, beside `eventsource` and `graphql-sse`. */
export const events: Question = async (bench) => {
	const count = bench.quick ? 20_000 : 100_000;
	const server = await startServer(bench.places, { rows: count });
	try {
		const rows: Row[] = [];
		for (const rowsPerFrame of [100, 1]) {
			await server.call('settings', { rowsPerFrame });
			// A cursor is exclusive: the first row comes too.
			const input = { ...server.access, document: subscription(timeOf(-1)), events: count, rounds: runs(bench) };
			const { read, ...sides } = await inProcess(bench.places, import.meta.url, readByAll, input);
			sameCount('events of a stream', count, read);
			const perSecond = ({ ms }: { ms: number[] }) => ms.map((each) => count / each);
			const row = (peerName: string, peer: { ms: number[] }, atLeast: number, notes: string[] = []) =>
				ratioRow({ p: 'P1', what: `Stream to parsed batches, ${thousands(count)} events, ${rowsPerFrame} a frame`, unit: 'k events/s', ours: perSecond(sides.ours), peer: perSecond(peer), peerName, atLeast, notes });
			const note = ['531 bytes of JSON an event, over a socket; all sides make objects of them.'];
			rows.push(row('eventsource', sides.eventsource, 0.95, rowsPerFrame === 100 ? note : []), row('graphql-sse', sides.graphqlSse, 1.3));
		}
		return rows;
	} finally {
		await server.close();
	}
};

interface Result {
	data: { operationOrderCompletesStream: unknown[] };
}

/** Reads the same stream to batches of rows with our reader and with two published clients, in turns. */
export async function readByAll(input: Given & Access & { document: string; events: number; rounds: number }) {
	const n8n = new N8nCore(input);
	const { sseFrames } = n8n.ours('api/stream/sse');
	const { rowsOf } = n8n.ours('events/event');
	const client = await n8n.client(input);
	const { document, events: wanted, endpoint } = input;
	/** Rows of the last round, by side. */
	const read = { ours: 0, eventsource: 0, graphqlSse: 0 };

	const sides = await inTurns(input.rounds, {
		async ours() {
			read.ours = 0;
			const stop = new AbortController();
			for await (const frame of sseFrames(client, { document, signal: stop.signal })) {
				if (frame.kind === 'result') read.ours += rowsOf(frame.data[FIELD]).rows.length;
				if (read.ours >= wanted) break;
			}
		},
		async eventsource() {
			read.eventsource = 0;
			let source: EventSource | undefined;
			await new Promise<void>((resolve, reject) => {
				source = new EventSource(endpoint, {
					fetch: async (url, init) => await fetch(url, { ...init, method: 'POST', headers: { ...init.headers, 'content-type': 'application/json' }, body: JSON.stringify({ query: document }) }),
				});
				source.addEventListener('error', (event) => reject(new Error(event.message ?? 'the stream ended')));
				source.addEventListener('next', ({ data }: { data: string }) => {
					read.eventsource += (JSON.parse(data) as Result).data[FIELD].length;
					if (read.eventsource >= wanted) resolve();
				});
			});
			source?.close();
		},
		async graphqlSse() {
			read.graphqlSse = 0;
			const peer = createClient({ url: endpoint, retryAttempts: 0 });
			for await (const { data } of peer.iterate<Result['data']>({ query: document })) {
				read.graphqlSse += data?.[FIELD].length ?? 0;
				if (read.graphqlSse >= wanted) break;
			}
			peer.dispose();
		},
	});
	return { ...sides, read };
}
