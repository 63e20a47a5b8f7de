import { GraphQLClient } from 'graphql-request';

import { bareStream, subscription } from '../kit/bareStream.mts';
import { rowLists, timeOf } from '../kit/eventServer/rows.mts';
import { N8nCore, type Access } from '../kit/n8nCore.mts';
import { inProcess, inTurns, startServer, timed, type Given } from '../kit/processes.mts';
import { median } from '../kit/stats.mts';
import { runs, thousands, type Question } from './context.mts';
import { ratioRow, sameCount, type Row } from './report.mts';

const LATENCY_MS = 20;
const PAGE = 100;
const PAGING = 'graphql-request, pages of 100';

/** P3: reading past completions through the stream, beside paging them with `graphql-request` and a bare stream. */
export const replay: Question = async (bench) => {
	const events = bench.quick ? 20_000 : 100_000;
	const server = await startServer(bench.places, { rows: events + 1 });
	const measure = async (what: string, latencyMs: number, note: string): Promise<Row[]> => {
		await server.call('settings', { latencyMs });
		const input = { ...server.access, from: timeOf(0), to: timeOf(events - 1), rounds: bench.quick && latencyMs > 0 ? 1 : runs(bench) };
		const { rows, ours, pages, bare, parseCpu } = await inProcess(bench.places, import.meta.url, readByAll, input);
		sameCount('completions', events, rows);
		const perSecond = ({ ms }: { ms: number[] }) => ms.map((each) => events / each);
		const cpu = (values: number[]) => `${median(values).toFixed(0)} ms`;
		const common = { p: 'P3', unit: 'k events/s', ours: perSecond(ours) };
		const paging = ratioRow({
			...common,
			what: `Replay ${thousands(events)} completions, ${what}`,
			peer: perSecond(pages),
			peerName: PAGING,
			...(latencyMs > 0 ? { atLeast: 25 } : {}),
			notes: [`${note} Processor time of the client: ours ${cpu(ours.cpu)}, paging ${cpu(pages.cpu)}, JSON.parse of the same frames alone ${cpu(parseCpu)}.`],
		});
		if (latencyMs > 0) return [paging];
		const notes = ['fetch, eventsource-parser and JSON.parse, and nothing else: what a stream can reach at most on these rows.'];
		return [paging, ratioRow({ ...common, what: 'The same beside a bare stream of the same rows', peer: perSecond(bare), peerName: 'bare stream', atLeast: 0.7, notes })];
	};
	try {
		return [
			...(await measure('no latency', 0, 'The documented API has no paging, so a server of the bench gives the same prepared rows as stream (100 a frame) and as pages of 100.')),
			...(await measure(`${LATENCY_MS} ms for each request`, LATENCY_MS, 'The stream is one request.')),
		];
	} finally {
		await server.close();
	}
};

/** Reads a window of completions through our stream, page by page, and through a bare stream; rows are dropped at once. */
export async function readByAll(input: Given & Access & { from: string; to: string; rounds: number }) {
	const n8n = new N8nCore(input);
	const { replay: read } = n8n.ours('api/replay');
	const { orderCompleted } = n8n.ours('events/kinds/index');
	const { selectionOf } = n8n.ours('api/documents/subscription');
	const client = await n8n.client(input);
	const { from, to } = input;
	const before = new Date(Date.parse(from) - 1).toISOString();
	const rows = { ours: 0, pages: 0, bare: 0 };

	const graphql = new GraphQLClient(input.endpoint, { headers: { 'x-pico-api-org': input.token } });
	const document = `query ($after: Time!) { operationOrderCompletes(where: { at: { _gt: $after } }, limit: ${PAGE}) ${selectionOf(orderCompleted, await client.dialect())} }`;
	const sides = await inTurns(input.rounds, {
		async ours() {
			rows.ours = 0;
			for await (const batch of read(client, orderCompleted, { from, to, batchSize: PAGE })) rows.ours += batch.length;
		},
		async pages() {
			rows.pages = 0;
			for (let after = before; after < to; ) {
				const data = await graphql.request<{ operationOrderCompletes: Array<{ at: string }> }>(document, { after });
				const wanted = data.operationOrderCompletes.filter(({ at }) => at <= to);
				rows.pages += wanted.length;
				after = data.operationOrderCompletes.at(-1)?.at ?? to;
				if (wanted.length < PAGE) break;
			}
		},
		async bare() {
			rows.bare = 0;
			const stream: { close?: () => void } = {};
			await new Promise<void>((resolve, reject) => {
				const onRows = (list: Array<Record<string, unknown>>) => {
					rows.bare += list.filter(({ at }) => String(at) <= to).length;
					if (rows.bare >= rows.ours) resolve();
				};
				bareStream(input.endpoint, subscription(before), onRows).then(({ close }) => (stream.close = close), reject);
			});
			stream.close?.();
		},
	});
	const frames = rowLists(rows.ours).map((list) => `{"data":{"operationOrderCompletesStream":${list}}}`);
	const parseCpu: number[] = [];
	for (let round = 0; round < 3; round++) parseCpu.push((await timed(async () => frames.forEach((frame) => void JSON.parse(frame)))).cpuMs);
	return { ...sides, rows, parseCpu };
}
