/**
 * The prepared server, in a process of its own: completions as stream and as pages of 100, both from the same
 * prepared texts, so that what is measured is the client and the way of asking, not a GraphQL engine. Also live feeds
 * that stamp each event when it is written (Pico's streams, one for each path before `/graph/v2`, and plain SSE at
 * `GET /plain`), and a collector for the calls that workflows make. The sandbox cannot be used for this: the documented
 * API has no paging.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { graphql } from 'graphql';
import { createSchema } from 'graphql-yoga';

import { sdlFor } from '../../../../packages/sandbox/src/pico/graphql/sdl.mts';
import { Arrivals, now } from './arrivals.mts';
import { Feeds, PLAIN } from './feeds.mts';
import { History } from './history.mts';
import { BATCH } from './rows.mts';

const options = JSON.parse(process.argv[2]) as { rows: number };
const history = new History(options.rows);
const pageHead = Buffer.from('{"data":{"operationOrderCompletes":');
const pageTail = Buffer.from('}}');
const schema = createSchema({
	typeDefs: sdlFor({ profile: 'current', streamShape: 'list', extraSaveFields: false, streamCursor: 'on' }),
	resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
});

const COLLECT_WITHIN_MS = 10_000;

let latencyMs = 0;
let rowsPerFrame = BATCH;
let heartbeats = true;
let sent = 0;
/** The backlog is given to one poller, once: later polls come while that one still works. */
let backlogOffered = false;
const feeds = new Feeds();
const arrivals = new Arrivals();

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

async function subscription(query: string, feed: string, response: ServerResponse): Promise<void> {
	if (latencyMs > 0) await pause(latencyMs);
	openStream(response);
	const [, cursor] = /initialValue: \{ ?at: "([^"]+)"/.exec(query) ?? [];
	for (const { bytes, rows } of history.stream(cursor, rowsPerFrame)) {
		if (response.destroyed) break;
		await writeAll(response, bytes);
		sent += rows;
	}
	feeds.add(feed, response, cursor);
}

const listAnswer = (list: Buffer | string) => Buffer.concat([pageHead, Buffer.from(list), pageTail]);

async function onGraphql(text: string, feed: string, response: ServerResponse): Promise<void> {
	const { query, variables } = JSON.parse(text) as { query: string; variables?: { after?: string } };
	if (query.includes('__schema')) return answer(response, JSON.stringify(await graphql({ schema, source: query })));
	if (query.startsWith('subscription')) return await subscription(query, feed, response);
	if (!query.includes('operationOrderCompletes')) return answer(response, '{"data":{"__typename":"Query"}}');
	if (latencyMs > 0) await pause(latencyMs);
	answer(response, listAnswer(variables?.after === undefined ? arrivals.poll() : history.after(variables.after)));
}

/** Pages by number, as an HTTP Request node asks for them; empty before the backlog was offered and for other pollers. */
function onPage(number: number, response: ServerResponse): void {
	const wanted = number > 0 || backlogOffered;
	if (number === 0) backlogOffered = false;
	answer(response, Buffer.concat([Buffer.from('{"rows":'), wanted ? history.page(number) : Buffer.from('[]'), Buffer.from('}')]));
}

interface ControlInput {
	latencyMs?: number;
	rowsPerFrame?: number;
	heartbeats?: boolean;
	count?: number;
	everyMs?: number;
	to?: string[];
	untilCollected?: boolean;
}

const controls: Record<string, (input: ControlInput) => unknown> = {
	settings: (input) => {
		latencyMs = input.latencyMs ?? latencyMs;
		rowsPerFrame = input.rowsPerFrame ?? rowsPerFrame;
		heartbeats = input.heartbeats ?? heartbeats;
		return {};
	},
	state: () => ({ sent, feeds: feeds.sizes, backlogOffered, ...arrivals.counts }),
	/** Forgets times and counts. */
	fresh: () => {
		sent = 0;
		feeds.restart();
		arrivals.clear();
		return {};
	},
	offerBacklog: () => {
		backlogOffered = true;
		return {};
	},
	/**
	 * Writes `count` events, one every `everyMs` (0: at once), to the feeds `to` in turns. `untilCollected`: the next one
	 * `everyMs` after the call that came of the last one, so that none has to wait for another.
	 */
	write: async ({ count = 0, everyMs = 0, to = ['graph'], untilCollected = false }) => {
		for (let index = 0; index < count; index++) {
			const { time, row } = feeds.write(to[index % to.length]);
			arrivals.written(time, row);
			for (const patience = Date.now() + COLLECT_WITHIN_MS; untilCollected && !arrivals.wasCollected(time); await pause(2)) {
				if (Date.now() > patience) return {};
			}
			if (everyMs > 0) await pause(everyMs);
		}
		return {};
	},
	times: () => arrivals.times,
};

async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
	if (request.method === 'GET' && pathname === '/plain') {
		openStream(response);
		return feeds.add(PLAIN, response);
	}
	if (request.method === 'GET' && pathname === '/pages') return onPage(Number(searchParams.get('page')), response);
	const arrivedAt = pathname === '/collect' ? now() : '';
	const text = await bodyOf(request);
	if (pathname === '/collect') {
		arrivals.collect(JSON.parse(text) as Parameters<Arrivals['collect']>[0], arrivedAt);
		return answer(response, '{}');
	}
	// The part before `/v2` names the feed: `/graph/v2` is the feed 'graph'.
	if (!pathname.startsWith('/control/')) return await onGraphql(text, pathname.split('/')[1], response);
	const control = controls[pathname.slice('/control/'.length)];
	answer(response, JSON.stringify(await control?.(JSON.parse(text || '{}') as ControlInput)));
}

const server = createServer((request, response) => {
	onRequest(request, response).catch((error: unknown) => {
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
	if (heartbeats) feeds.heartbeat();
}, 12_000);

process.once('SIGTERM', () => {
	clearInterval(heartbeat);
	server.close();
	server.closeAllConnections();
});
