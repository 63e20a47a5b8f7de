import { performance } from 'node:perf_hooks';
import { createParser } from 'eventsource-parser';

import type * as Client from '../../../../nodes/shared/api/client.ts';
import type * as Sse from '../../../../nodes/shared/api/stream/sse.ts';
import { N8nCore, type Given } from '../lib/n8n.mts';
import { completion } from '../server/rows.mts';

export interface ParserInput extends Given {
	/** Rows in a frame; 0: a single row of `bytes`. */
	rowsPerFrame: number;
	frames: number;
	bytes: number;
	rounds: number;
}

export interface ParserResult {
	ours: number[];
	peer: number[];
	frames: Record<'ours' | 'peer', number>;
}

const PIECE = 16 * 1024;

/** From bytes in memory to parsed frames, without a socket: our reader, and `eventsource-parser` with `JSON.parse`. */
export async function measure(input: ParserInput): Promise<ParserResult> {
	const n8n = new N8nCore(input);
	const { PicoClient } = n8n.ours<typeof Client>('./dist/nodes/shared/api/client.js');
	const { sseFrames } = n8n.ours<typeof Sse>('./dist/nodes/shared/api/stream/sse.js');
	const pieces = inPieces(Buffer.from(texts(input).map((text) => `event: next\ndata: ${text}\n\n`).join('')));
	/** As a socket gives them, one after the other. */
	async function* body() {
		for (const piece of pieces) yield piece;
	}
	const client = await PicoClient.of(contextOf(body) as never);

	const ours = async () => {
		let frames = 0;
		const { signal } = new AbortController();
		for await (const frame of sseFrames(client, { document: 'subscription { x }', signal })) if (frame.kind === 'result') frames++;
		return frames;
	};
	const peer = async () => {
		let frames = 0;
		const parser = createParser({
			onEvent({ data }) {
				if ((JSON.parse(data) as { data?: unknown }).data) frames++;
			},
		});
		const decoder = new TextDecoder();
		for await (const piece of body()) parser.feed(decoder.decode(piece, { stream: true }));
		return frames;
	};

	const result: ParserResult = { ours: [], peer: [], frames: { ours: 0, peer: 0 } };
	for (let round = 0; round <= input.rounds; round++) {
		for (const [side, read] of [['ours', ours], ['peer', peer]] as const) {
			global.gc?.();
			const started = performance.now();
			result.frames[side] = await read();
			if (round > 0) result[side].push(performance.now() - started);
		}
	}
	return result;
}

function texts({ rowsPerFrame, frames, bytes }: ParserInput): string[] {
	const frameOf = (rows: string[]) => `{"data":{"operationOrderCompletesStream":[${rows.join(',')}]}}`;
	if (rowsPerFrame === 0) return [frameOf([JSON.stringify({ text: 'x'.repeat(bytes) })])];
	return Array.from({ length: frames }, (_, frame) =>
		frameOf(Array.from({ length: rowsPerFrame }, (__, row) => completion(frame * rowsPerFrame + row))),
	);
}

function inPieces(bytes: Buffer): Uint8Array[] {
	const pieces: Uint8Array[] = [];
	for (let from = 0; from < bytes.length; from += PIECE) pieces.push(bytes.subarray(from, from + PIECE));
	return pieces;
}

/** A context of n8n whose every request is answered with the stream. */
function contextOf(body: () => AsyncGenerator<Uint8Array>) {
	const httpRequestWithAuthentication = async () => ({
		statusCode: 200,
		headers: { 'content-type': 'text/event-stream' },
		body: Object.assign(body(), { destroy: () => undefined }),
	});
	return {
		helpers: { httpRequestWithAuthentication },
		logger: {},
		getNode: () => ({}),
		getCredentials: async () => ({ endpoint: 'http://127.0.0.1/graph/v2', token: 'not in the text', ignoreTlsIssues: false }),
	};
}
