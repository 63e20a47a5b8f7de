/**
 * The bench's own server, in a process of its own: completions as stream and as pages of 100, both from the same
 * prepared texts, so that what is measured is the client and the way of asking, not a GraphQL engine. Also a live feed
 * that stamps each event when it is written, as Pico's stream and as plain SSE (`GET /plain`), and a collector for
 * the calls that workflows make. The sandbox cannot be used for this: the documented API has no paging.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { graphql } from 'graphql';
import { createSchema } from 'graphql-yoga';

import { sdlFor } from '../../../packages/sandbox/src/pico/graphql/sdl.mts';
import { BATCH, completion, indexAfter, rowLists } from './rows.mts';

const options = JSON.parse(process.argv[2]) as { rows: number };
const lists = rowLists(options.rows).map((text) => Buffer.from(text));
const frameHead = Buffer.from('event: next\ndata: {"data":{"operationOrderCompletesStream":');
const pageHead = Buffer.from('{"data":{"operationOrderCompletes":');
const schema = createSchema({
	typeDefs: sdlFor({ profile: 'current', streamShape: 'list', extraSaveFields: false }),
	resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
});

const COLLECT_WITHIN_MS = 10_000;

let latencyMs = 0;
let sent = 0;
let live = 0;
const streams = new Set<ServerResponse>();
const plain = new Set<ServerResponse>();
/** Time of each live event by its number, nanoseconds of the machine's steady clock; and of the calls that came of it. */
let written: string[] = [];
let arrived: Record<string, string> = {};

const now = () => process.hrtime.bigint().toString();

async function bodyOf(request: IncomingMessage): Promise<string> {
	let text = '';
	for await (const chunk of request) text += String(chunk);
	return text;
}

function answer(response: ServerResponse, body: string | Buffer): void {
	response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
	response.end(body);
}

function openStream(response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
	response.write(':\n\n');
}

async function writeAll(response: ServerResponse, bytes: Buffer): Promise<void> {
	if (response.destroyed || response.write(bytes)) return;
	await new Promise<void>((resolve) => {
		const done = () => {
			response.off('drain', done);
			response.off('close', done);
			resolve();
		};
		response.once('drain', done);
		response.once('close', done);
	});
}

async function subscription(query: string, response: ServerResponse): Promise<void> {
	if (latencyMs > 0) await pause(latencyMs);
	openStream(response);
	const [, cursor] = /initialValue: \{ ?at: "([^"]+)"/.exec(query) ?? [];
	// Like a server whose cursor is exclusive; it starts at the list in which that row lies.
	const first = cursor === undefined ? options.rows : indexAfter(cursor);
	for (let list = Math.floor(first / BATCH); list < lists.length && !response.destroyed; list++) {
		await writeAll(response, Buffer.concat([frameHead, lists[list], Buffer.from('}}\n\n')]));
		sent += BATCH;
	}
	streams.add(response);
	response.once('close', () => streams.delete(response));
}

async function page(query: string, response: ServerResponse): Promise<void> {
	if (latencyMs > 0) await pause(latencyMs);
	const [, after] = /_gt: ?"([^"]+)"/.exec(query) ?? [];
	const list = lists[Math.ceil(indexAfter(after) / BATCH)] ?? Buffer.from('[]');
	answer(response, Buffer.concat([pageHead, list, Buffer.from('}}')]));
}

async function onGraphql(text: string, response: ServerResponse): Promise<void> {
	const { query, variables } = JSON.parse(text) as { query: string; variables?: { after?: string } };
	if (query.includes('__schema')) return answer(response, JSON.stringify(await graphql({ schema, source: query })));
	if (query.startsWith('subscription')) return await subscription(query, response);
	if (query.includes('operationOrderCompletes')) return await page(`_gt:"${variables?.after}"`, response);
	answer(response, '{"data":{"__typename":"Query"}}');
}

/** Writes one event to every listener of a kind and notes when. */
function writeLive(listeners: Set<ServerResponse>): string {
	const number = live++;
	const time = now();
	written[number] = time;
	const row = completion(number, new Date().toISOString(), time);
	const frame =
		listeners === plain
			? `data: ${row}\n\n`
			: `event: next\ndata: {"data":{"operationOrderCompletesStream":[${row}]}}\n\n`;
	for (const response of listeners) response.write(frame);
	return time;
}

interface ControlInput {
	latencyMs?: number;
	count?: number;
	everyMs?: number;
	to?: 'streams' | 'plain' | 'both';
	untilCollected?: boolean;
}

const controls: Record<string, (input: ControlInput) => unknown> = {
	settings: (input) => {
		latencyMs = input.latencyMs ?? latencyMs;
		return {};
	},
	state: () => ({ sent, streams: streams.size, plain: plain.size, live }),
	/** Forgets times and counts. */
	fresh: () => {
		sent = 0;
		live = 0;
		written = [];
		arrived = {};
		return {};
	},
	/**
	 * Writes `count` events, one every `everyMs`; `to`: 'streams', 'plain' or 'both' in turns. `untilCollected`: the next
	 * one `everyMs` after the call that came of the last one, so that none has to wait for another.
	 */
	write: async ({ count = 0, everyMs = 0, to = 'streams', untilCollected = false }) => {
		for (let index = 0; index < count; index++) {
			const toPlain = to === 'plain' || (to === 'both' && index % 2 === 1);
			const time = writeLive(toPlain ? plain : streams);
			for (const patience = Date.now() + COLLECT_WITHIN_MS; untilCollected && !arrived[time]; await pause(2)) {
				if (Date.now() > patience) return {};
			}
			await pause(everyMs);
		}
		return {};
	},
	times: () => ({ written, arrived }),
};

const server = createServer((request, response) => {
	void (async () => {
		const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
		if (request.method === 'GET' && path === '/plain') {
			openStream(response);
			plain.add(response);
			response.once('close', () => plain.delete(response));
			return;
		}
		const arrivedAt = path === '/collect' ? now() : '';
		const text = await bodyOf(request);
		if (path === '/collect') {
			const { serial } = JSON.parse(text) as { serial: string };
			arrived[serial] ??= arrivedAt;
			return answer(response, '{}');
		}
		if (!path.startsWith('/control/')) return await onGraphql(text, response);
		answer(
			response,
			JSON.stringify(await controls[path.slice('/control/'.length)]?.(JSON.parse(text || '{}') as ControlInput)),
		);
	})().catch((error: unknown) => {
		process.stderr.write(`${String(error)}\n`);
		response.destroy();
	});
});
// A paging client must not lose its connection between two pages.
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
	const address = server.address();
	if (typeof address === 'object' && address) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});

const heartbeat = setInterval(() => {
	for (const response of [...streams, ...plain]) if (response.writableLength === 0) response.write(':\n\n');
}, 12_000);

process.once('SIGTERM', () => {
	clearInterval(heartbeat);
	server.close();
	server.closeAllConnections();
});
