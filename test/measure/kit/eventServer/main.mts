/**
 * The prepared server, in a process of its own: completions as stream and as pages of 100, both from the same texts, so
 * that what is measured is the client and the way of asking, not a GraphQL engine. Also live feeds that stamp each event
 * when it is written (Pico's streams, one for each path before `/v2`, and plain SSE at `GET /plain`), and a collector for
 * the calls that workflows make. The sandbox cannot be used for this: the documented API has no paging.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { graphql } from 'graphql';
import { createSchema } from 'graphql-yoga';

import { sdlFor } from '../../../../packages/sandbox/src/pico/graphql/sdl.mts';
import { BATCH, completion, indexAfter, rowLists } from './rows.mts';

const FRAME_HEAD = 'event: next\ndata: {"data":{"operationOrderCompletesStream":';
const FRAME_TAIL = '}}\n\n';
/** Feed of plain SSE; any other one is a stream of Pico. */
const PLAIN = 'plain';
/** Events that a feed can send again. */
const KEPT = 5_000;
const COLLECT_WITHIN_MS = 10_000;

const { rows } = JSON.parse(process.argv[2]) as { rows: number };
/** Past completions, made once, so that the server costs next to nothing. */
const texts = rowLists(rows);
const lists = texts.map((text) => Buffer.from(text));
/** The same with one row in each frame; made when first asked for. */
let singles: Buffer[] | undefined;
const schema = createSchema({
	typeDefs: sdlFor({ profile: 'current', streamShape: 'list', extraSaveFields: false, streamCursor: 'on' }),
	resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
});

const settings = { latencyMs: 0, rowsPerFrame: BATCH, heartbeats: true };
/** The backlog is given to one poller, once: later polls come while that one still works. */
let backlogOffered = false;
/** When each live event was written, and when the first call of a workflow came of it: nanoseconds of the steady clock, as text. */
const times = { written: [] as string[], arrived: {} as Record<string, string>, polled: {} as Record<string, string> };
let [toPoll, polls, items, written]: [string[], number, number, number] = [[], 0, 0, 0];
/** Open connections and sent events by the name of their feed. */
const open = new Map<string, Set<ServerResponse>>();
const sent = new Map<string, Array<{ at: string; frame: string }>>();

const now = () => process.hrtime.bigint().toString();

function listeners(feed: string): Set<ServerResponse> {
	const known = open.get(feed) ?? new Set<ServerResponse>();
	open.set(feed, known);
	return known;
}

/** @param cursor as Pico does, sends first what was written later than this; nothing without it */
function listen(feed: string, response: ServerResponse, cursor?: string): void {
	for (const { at, frame } of sent.get(feed) ?? []) if (cursor !== undefined && at > cursor) response.write(frame);
	listeners(feed).add(response);
	response.once('close', () => listeners(feed).delete(response));
}

/** Writes one event to every listener of a feed. @returns the time that names it */
function write(feed: string): string {
	const [time, at] = [now(), new Date().toISOString()];
	const row = completion(written++, at, time);
	const frame = feed === PLAIN ? `data: ${row}\n\n` : `${FRAME_HEAD}[${row}]${FRAME_TAIL}`;
	for (const response of listeners(feed)) response.write(frame);
	if (feed !== PLAIN) {
		const kept = sent.get(feed) ?? [];
		sent.set(feed, kept);
		if (kept.push({ at, frame }) > KEPT) kept.shift();
	}
	times.written.push(time);
	toPoll.push(row);
	return time;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	let text = '';
	for await (const chunk of request) text += String(chunk);
	return text;
}

function answer(response: ServerResponse, ...pieces: Array<string | Buffer>): void {
	const body = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
	response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
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
			response.off('drain', done).off('close', done);
			resolve();
		};
		response.once('drain', done).once('close', done);
	});
}

/** Past completions from the list in which the row after the cursor lies, as an exclusive cursor allows, then live ones. */
async function subscription(query: string, feed: string, response: ServerResponse): Promise<void> {
	if (settings.latencyMs > 0) await pause(settings.latencyMs);
	openStream(response);
	const [, cursor] = /initialValue: \{ ?at: "([^"]+)"/.exec(query) ?? [];
	if (settings.rowsPerFrame === 1) singles ??= texts.map((text) => Buffer.from((JSON.parse(text) as unknown[]).map((row) => `${FRAME_HEAD}[${JSON.stringify(row)}]${FRAME_TAIL}`).join('')));
	const pieces = settings.rowsPerFrame === 1 ? singles : undefined;
	for (let list = Math.floor((cursor === undefined ? rows : indexAfter(cursor)) / BATCH); list < lists.length && !response.destroyed; list++) {
		await writeAll(response, pieces?.[list] ?? Buffer.concat([Buffer.from(FRAME_HEAD), lists[list], Buffer.from(FRAME_TAIL)]));
	}
	listen(feed, response, cursor);
}

async function onGraphql(text: string, feed: string, response: ServerResponse): Promise<void> {
	const { query, variables } = JSON.parse(text) as { query: string; variables?: { after?: string } };
	if (query.includes('__schema')) return answer(response, JSON.stringify(await graphql({ schema, source: query })));
	if (query.startsWith('subscription')) return await subscription(query, feed, response);
	if (!query.includes('operationOrderCompletes')) return answer(response, '{"data":{"__typename":"Query"}}');
	if (settings.latencyMs > 0) await pause(settings.latencyMs);
	// Without a time the rows since the last poll: a poller with a perfect memory.
	const list = variables?.after === undefined ? `[${toPoll.splice(0).join(',')}]` : (lists[Math.ceil(indexAfter(variables.after) / BATCH)] ?? '[]');
	answer(response, '{"data":{"operationOrderCompletes":', list, '}}');
}

/** Pages by number, as an HTTP Request node asks for them; empty before the backlog was offered and for other pollers. */
function onPage(number: number, response: ServerResponse): void {
	const wanted = number > 0 || backlogOffered;
	if (number === 0) backlogOffered = false;
	answer(response, '{"rows":', (wanted && lists[number]) || '[]', '}');
}

/** A call of a workflow: one pushed event, all events of a poll, or how many items a batch held. */
function onCollect(text: string, at: string): void {
	const told = JSON.parse(text) as { serial?: string; polled?: string[]; items?: number };
	if (told.serial !== undefined) times.arrived[told.serial] ??= at;
	if (told.polled !== undefined) polls++;
	for (const each of told.polled ?? []) times.polled[each] ??= at;
	items += told.items ?? 0;
}

interface Written {
	count?: number;
	everyMs?: number;
	to?: string[];
	untilCollected?: boolean;
}

const controls: Record<string, (input: never) => unknown> = {
	settings: (input: Partial<typeof settings>) => Object.assign(settings, input),
	state: () => ({ feeds: Object.fromEntries([...open].map(([name, { size }]) => [name, size])), items, polls }),
	/** Forgets times and counts. */
	fresh: () => {
		[toPoll, polls, items, written] = [[], 0, 0, 0];
		sent.clear();
		Object.assign(times, { written: [], arrived: {}, polled: {} });
	},
	offerBacklog: () => void (backlogOffered = true),
	/**
	 * Writes `count` events, one every `everyMs` (0: at once), to the feeds `to` in turns. `untilCollected`: the next one
	 * `everyMs` after the call that came of the last one, so that none has to wait for another.
	 */
	write: async ({ count = 0, everyMs = 0, to = ['graph'], untilCollected = false }: Written) => {
		for (let index = 0; index < count; index++) {
			const time = write(to[index % to.length]);
			for (const patience = Date.now() + COLLECT_WITHIN_MS; untilCollected && times.arrived[time] === undefined; await pause(2)) if (Date.now() > patience) return;
			if (everyMs > 0) await pause(everyMs);
		}
	},
	times: () => times,
	now,
};

async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
	if (request.method === 'GET' && pathname === `/${PLAIN}`) {
		openStream(response);
		return listen(PLAIN, response);
	}
	if (request.method === 'GET' && pathname === '/pages') return onPage(Number(searchParams.get('page')), response);
	const arrivedAt = now();
	const text = await bodyOf(request);
	if (pathname === '/collect') {
		onCollect(text, arrivedAt);
		return answer(response, '{}');
	}
	// The part before `/v2` names the feed: `/graph/v2` is the feed 'graph'.
	if (!pathname.startsWith('/control/')) return await onGraphql(text, pathname.split('/')[1], response);
	answer(response, JSON.stringify((await controls[pathname.slice('/control/'.length)]?.(JSON.parse(text || '{}') as never)) ?? {}));
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
	if (!settings.heartbeats) return;
	for (const response of [...open.values()].flatMap((some) => [...some])) if (response.writableLength === 0) response.write(':\n\n');
}, 12_000);

process.once('SIGTERM', () => {
	clearInterval(heartbeat);
	server.close();
	server.closeAllConnections();
});
