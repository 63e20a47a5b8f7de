import { createParser } from 'eventsource-parser';

import { completion } from '../kit/eventServer/rows.mts';
import { N8nCore } from '../kit/n8nCore.mts';
import { inProcess, inTurns, type Given } from '../kit/processes.mts';
import { series } from '../kit/stats.mts';
import { runs, thousands, type Question } from './context.mts';
import { ratioRow, sameCount, targetOf, times, type Row } from './report.mts';

const MB = 1_000_000;
const PEER = 'eventsource-parser + JSON.parse';
const PIECE = 16 * 1024;

/** P2: our reader on bytes in memory, beside the bare parser; also with one huge event. */
export const parser: Question = async (bench) => {
	const measure = async (input: Partial<Texts>) => {
		const full = { rowsPerFrame: 1, frames: 1, bytes: 0, rounds: runs(bench), ...input };
		const { frames, ours, peer } = await inProcess(bench.places, import.meta.url, parseByBoth, full);
		sameCount('frames of a text', full.frames, frames);
		return { ours: ours.ms, peer: peer.ms, peerName: PEER, p: 'P2' };
	};
	const small = async (rowsPerFrame: number): Promise<Row> => {
		const events = bench.quick ? 20_000 : 100_000;
		const { ours, peer, ...rest } = await measure({ rowsPerFrame, frames: events / rowsPerFrame });
		const perSecond = (values: number[]) => values.map((ms) => events / ms);
		const notes = rowsPerFrame === 1 ? ['From memory in pieces of 16 KB. Ours is the same parser behind the EventSource rules, with back-pressure after each piece.'] : [];
		return ratioRow({ ...rest, what: `Bytes to objects, ${thousands(events)} events, ${rowsPerFrame} a frame`, unit: 'k events/s', ours: perSecond(ours), peer: perSecond(peer), atLeast: 0.9, notes });
	};
	const huge = async (megabytes: number, bounds: { atMost?: number } = {}) => ratioRow({ ...(await measure({ rowsPerFrame: 0, bytes: megabytes * MB })), what: `One event of ${megabytes} MB`, unit: 'ms', ...bounds });
	const rows = [await small(1), await small(100), await huge(8), await huge(32, { atMost: 2 })];
	const [eight, thirtyTwo] = rows.slice(-2).map(({ ours }) => ours);
	const growth = thirtyTwo.median / eight.median;
	return [...rows, { p: 'P2', what: 'Time of 32 MB beside 8 MB (4 times the bytes)', unit: 'ms', ours: thirtyTwo, peer: { name: 'ours at 8 MB', ...series(eight.values) }, result: growth, shown: times(growth), ...targetOf(growth, { atMost: 5 }) }];
};

interface Texts {
	/** Rows in a frame; 0: a single row of `bytes`. */
	rowsPerFrame: number;
	frames: number;
	bytes: number;
	rounds: number;
}

/** From bytes in memory to parsed frames, without a socket: our reader, and `eventsource-parser` with `JSON.parse`. */
export async function parseByBoth(input: Given & Texts) {
	const n8n = new N8nCore(input);
	const { sseFrames } = n8n.ours('api/stream/sse');
	const pieces = inPieces(Buffer.from(textsOf(input).map((text) => `event: next\ndata: ${text}\n\n`).join('')));
	/** As a socket gives them, one after the other. */
	async function* body() {
		for (const piece of pieces) yield piece;
	}
	const client = await n8n.ours('api/client').PicoClient.of(contextOf(body) as never);
	const frames = { ours: 0, peer: 0 };
	const sides = await inTurns(input.rounds, {
		async ours() {
			frames.ours = 0;
			const { signal } = new AbortController();
			for await (const frame of sseFrames(client, { document: 'subscription { x }', signal })) if (frame.kind === 'result') frames.ours++;
		},
		async peer() {
			frames.peer = 0;
			const bare = createParser({
				onEvent({ data }) {
					if ((JSON.parse(data) as { data?: unknown }).data) frames.peer++;
				},
			});
			const decoder = new TextDecoder();
			for await (const piece of body()) bare.feed(decoder.decode(piece, { stream: true }));
		},
	});
	return { ...sides, frames };
}

function textsOf({ rowsPerFrame, frames, bytes }: Texts): string[] {
	const frameOf = (rows: string[]) => `{"data":{"operationOrderCompletesStream":[${rows.join(',')}]}}`;
	if (rowsPerFrame === 0) return [frameOf([JSON.stringify({ text: 'x'.repeat(bytes) })])];
	return Array.from({ length: frames }, (_, frame) => frameOf(Array.from({ length: rowsPerFrame }, (__, row) => completion(frame * rowsPerFrame + row))));
}

function inPieces(bytes: Buffer): Uint8Array[] {
	const pieces: Uint8Array[] = [];
	for (let from = 0; from < bytes.length; from += PIECE) pieces.push(bytes.subarray(from, from + PIECE));
	return pieces;
}

/** A context of n8n whose every request is answered with the stream. */
function contextOf(body: () => AsyncGenerator<Uint8Array>) {
	const httpRequestWithAuthentication = async () => ({ statusCode: 200, headers: { 'content-type': 'text/event-stream' }, body: Object.assign(body(), { destroy: () => undefined }) });
	const getCredentials = async () => ({ endpoint: 'http://127.0.0.1/graph/v2', token: 'not in the text', ignoreTlsIssues: false });
	return { helpers: { httpRequestWithAuthentication }, logger: {}, getNode: () => ({}), getCredentials };
}
