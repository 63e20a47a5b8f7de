import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import * as core from 'n8n-core';
import fc from 'fast-check';

import { PicoClient } from '../../../../nodes/shared/api/client.ts';
import { PicoFailure } from '../../../../nodes/shared/api/failure.ts';
import { sseFrames } from '../../../../nodes/shared/api/stream/sse.ts';
import { PicoTrigger } from '../../../../nodes/PicoTrigger/PicoTrigger.node.ts';
import { workflowOf } from '../../../kit/engine.mts';
import { additionalData } from '../../../kit/picoAccess.mts';
import { until } from '../../../kit/until.mts';

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
let endpoint: string;

beforeAll(async () => {
	server = createServer((request, response) => void answer(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graph/v2`;
});
afterAll(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

async function client(): Promise<PicoClient> {
	const node = {
		id: '1',
		name: 'T',
		type: 't',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: {},
		credentials: { picoApi: { id: '1', name: 'P' } },
	};
	const type = new PicoTrigger();
	const data = additionalData({ endpoint, token: 'secret-token-value' });
	return await PicoClient.of(new core.TriggerContext(workflowOf(type, node, {}), node, data, 'trigger', 'activate') as never);
}

/** All result rows until the stream ends. */
async function collect(limit = Infinity, signal = new AbortController().signal) {
	const results: unknown[] = [];
	for await (const frame of sseFrames(await client(), { document: 'subscription { x }', signal })) {
		results.push(frame.kind === 'result' ? frame.data.x : frame);
		if (results.length >= limit) break;
	}
	return results;
}

const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
const result = (x: unknown) => JSON.stringify({ data: { x } });

test('reads the frames of both server families, whatever the pieces they arrive in', async () => {
	const spellings = [
		(data: string) => `event: next\ndata: ${data}\n\n`,
		(data: string) => `data: ${data}\n\n`,
		(data: string) => `event: data\r\ndata: ${data}\r\n\r\n`,
		(data: string) => `: ping\n\nid: 7\nevent: next\ndata:${data}\n\n`,
	];
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(fc.nat({ max: 3 }), fc.string({ unit: 'grapheme' })), { minLength: 1, maxLength: 8 }),
			fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }),
			fc.constantFrom('event: complete\ndata:\n\n', 'event: complete\n\n', ''),
			async (values, cuts, ending) => {
				const bytes = Buffer.from(`:\n\n${values.map(([spelling, text]) => spellings[spelling](result(text))).join('')}${ending}`);
				answer = async (_request, response) => {
					stream(response);
					for (let from = 0, piece = 0; from < bytes.length; piece++) {
						const to = from + cuts[piece % cuts.length];
						response.write(bytes.subarray(from, to));
						from = to;
						await new Promise((resolve) => setImmediate(resolve));
					}
					response.end();
				};
				expect(await collect()).toEqual(values.map(([, text]) => text));
			},
		),
		{ numRuns: 40 },
	);
});

test('sends the subscription by POST with the token and asks for a stream', async () => {
	let seen: { method?: string; headers: IncomingMessage['headers']; body: string } | undefined;
	answer = async (request, response) => {
		let body = '';
		for await (const piece of request) body += String(piece);
		seen = { method: request.method, headers: request.headers, body };
		stream(response).end('event: complete\ndata:\n\n');
	};
	await collect();
	expect(seen?.method).toBe('POST');
	expect(seen?.headers).toMatchObject({ accept: 'text/event-stream', 'x-pico-api-org': 'secret-token-value' });
	expect(JSON.parse(seen?.body ?? '')).toMatchObject({ query: 'subscription { x }' });
});

test('a frame that cannot be read is told and the stream goes on', async () => {
	answer = (_request, response) => {
		stream(response).end(`data: {"data":{"x":1}\n\ndata: ${result(2)}\n\nevent: complete\ndata:\n\n`);
	};
	const [broken, two] = await collect();
	expect(broken).toMatchObject({ kind: 'unreadable', text: '{"data":{"x":1}' });
	expect(two).toBe(2);
});

test('half an event at the end of a broken stream is not delivered', async () => {
	answer = (_request, response) => {
		stream(response).write(`data: ${result(1)}\n\ndata: {"data":{"x"`);
		setImmediate(() => response.destroy());
	};
	const taken: unknown[] = [];
	const read = async () => {
		for await (const frame of sseFrames(await client(), { document: 'subscription { x }', signal: new AbortController().signal })) {
			taken.push(frame);
		}
	};
	await expect(read()).rejects.toMatchObject({ kind: 'cutOff' });
	expect(taken).toEqual([{ kind: 'result', data: { x: 1 }, errors: [] }]);
});

test.each([
	['401', 401, '{"errors":[{"message":"bad token secret-token-value"}]}', 'auth'],
	['200 with errors', 200, '{"errors":[{"message":"Unauthorized"}]}', 'auth'],
	['404', 404, 'Not Found', 'path'],
	['a web page', 200, '<!doctype html><title>Log in</title>', 'notGraphql'],
	['503', 503, 'busy', 'server'],
	['429', 429, 'slow down', 'rateLimited'],
	['a redirect', 302, '', 'redirect'],
	['one answer instead of a stream', 200, '{"data":{"x":1}}', 'notGraphql'],
])('%s instead of a stream is a clear failure', async (_name, status, body, kind) => {
	answer = (_request, response) => {
		response.writeHead(status, { 'content-type': 'application/json', ...(status === 302 ? { location: 'http://127.0.0.1:1/x' } : {}) }).end(body);
	};
	const failure = await collect().catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(PicoFailure);
	expect((failure as PicoFailure).kind).toBe(kind);
	expect(JSON.stringify([String(failure), failure])).not.toContain('secret-token-value');
});

test('a refused subscription is a failure, not an empty stream', async () => {
	answer = (_request, response) => {
		stream(response).end('event: next\ndata: {"errors":[{"message":"Cannot query field \\"x\\" on type \\"Subscription\\"."}]}\n\nevent: complete\ndata:\n\n');
	};
	await expect(collect()).rejects.toMatchObject({ kind: 'graphql', details: { errors: [{ message: expect.stringContaining('Cannot query') as string }] } });
});

test('a slow reader slows the server down instead of filling the memory', async () => {
	let sent = 0;
	const piece = `data: ${result('x'.repeat(10_000))}\n\n`;
	answer = async (_request, response) => {
		stream(response);
		const closed = once(response, 'close');
		while (!response.destroyed && sent < 5_000) {
			sent++;
			if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
		}
	};
	const frames = sseFrames(await client(), { document: 'subscription { x }', signal: new AbortController().signal });
	await frames.next();
	let before = -1;
	await until('the server to stop sending', async () => {
		const still = before === sent;
		before = sent;
		await new Promise((resolve) => setTimeout(resolve, 50));
		return still;
	});
	// Socket buffers of both sides hold a few MB at most; all 5,000 pieces would be 50 MB.
	expect(sent).toBeLessThan(2_500);
	await frames.return('ended');
});

test('stopping closes the socket at once', async () => {
	let closed = false;
	answer = (request, response) => {
		request.socket.once('close', () => (closed = true));
		stream(response).write(`data: ${result(1)}\n\n`);
	};
	const stop = new AbortController();
	const frames = sseFrames(await client(), { document: 'subscription { x }', signal: stop.signal });
	await frames.next();
	stop.abort();
	expect((await frames.next()).done).toBe(true);
	await until('the socket to close', () => closed);
});

test('leaving the loop early closes the socket too', async () => {
	let closed = false;
	answer = (request, response) => {
		request.socket.once('close', () => (closed = true));
		stream(response).write(`data: ${result(1)}\n\ndata: ${result(2)}\n\n`);
	};
	expect(await collect(1)).toEqual([1]);
	await until('the socket to close', () => closed);
});

describe('an answer in an odd form', () => {
	const send = (status: number, type: string | undefined, body: string) => {
		answer = (_request, response) => void response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body);
	};

	test.each([
		[200, 'Text/Event-Stream'],
		[200, 'TEXT/EVENT-STREAM;charset=UTF-8'],
		[201, 'text/event-stream'],
		[202, ' text/event-stream ; charset=utf-8'],
	])('with status %s and type %s is a stream', async (status, type) => {
		send(status, type, `data: ${result(1)}\n\n`);
		expect(await collect()).toEqual([1]);
	});

	test.each([
		[200, 'text/html', '<html>', '(HTTP 200, text/html)'],
		[200, 'application/json', '{"data":{"x":1}}', '(HTTP 200, application/json)'],
		[200, undefined, 'hello', '(HTTP 200, no content type)'],
		[203, 'text/event-streams', '{}', '(HTTP 203, text/event-streams)'],
	])('with status %s and type %s is told as that', async (status, type, body, what) => {
		send(status, type, body);
		await expect(collect()).rejects.toThrow(what);
	});

	test('that never ends is read for a moment only, and its socket is closed', async () => {
		let closed = false;
		answer = (request, response) => {
			request.socket.once('close', () => (closed = true));
			response.writeHead(200, { 'content-type': 'text/html' }).write('<html>');
		};
		await expect(collect()).rejects.toMatchObject({ kind: 'notGraphql', message: expect.stringContaining('(HTTP 200, text/html)') as string });
		await until('the socket to close', () => closed);
	});

	test('that is endless is not read to its end', async () => {
		let sent = 0;
		answer = async (_request, response) => {
			response.writeHead(500, { 'content-type': 'text/html' });
			const closed = once(response, 'close');
			for (; !response.destroyed && sent < 3_000; sent++) {
				if (!response.write('x'.repeat(65_536))) await Promise.race([once(response, 'drain'), closed]);
			}
		};
		await expect(collect()).rejects.toMatchObject({ kind: 'server' });
		// 64 KB are read; the buffers of both sides hold a few MB.
		expect(sent).toBeLessThan(1_000);
	});
});

describe('one event', () => {
	const MB = 1024 * 1024;
	/** Sends so many MB of one line, then its end. */
	const sendLine = (megabytes: number) => {
		let sent = 0;
		answer = async (_request, response) => {
			stream(response).write('event: next\ndata: {"data":{"x":"');
			const closed = once(response, 'close');
			const piece = 'x'.repeat(MB);
			for (; !response.destroyed && sent < megabytes; sent++) {
				if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
			}
			response.end('"}}\n\nevent: complete\ndata:\n\n');
		};
		return () => sent;
	};

	test('of 32 MB comes through', async () => {
		sendLine(32);
		const [text] = await collect();
		expect((text as string).length).toBe(32 * MB);
	});

	test('without an end is given up at 64 MB, which is told', async () => {
		const sent = sendLine(1_000);
		await expect(collect()).rejects.toMatchObject({ kind: 'tooLarge', message: 'Pico sent an event of more than 64 MB' });
		expect(sent()).toBeLessThan(100);
	});

	test('many lines of one event count together', async () => {
		answer = async (_request, response) => {
			stream(response);
			const closed = once(response, 'close');
			const piece = `data: ${'x'.repeat(MB)}\n`;
			for (let sent = 0; !response.destroyed && sent < 1_000; sent++) {
				if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
			}
		};
		await expect(collect()).rejects.toMatchObject({ kind: 'tooLarge' });
	});

	test('heartbeats do not add up to one', async () => {
		answer = async (_request, response) => {
			stream(response);
			const closed = once(response, 'close');
			const piece = `: ${'x'.repeat(MB)}\n\n`;
			for (let sent = 0; !response.destroyed && sent < 80; sent++) {
				if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
			}
			response.end(`data: ${result(1)}\n\n`);
		};
		expect(await collect()).toEqual([1]);
	});
});

test('the token is struck out of errors and unreadable texts, and never out of data', async () => {
	answer = (_request, response) => {
		stream(response).end(
			[
				'{"data":{"x":"WO-secret-token-value-77"},"errors":[{"message":"no rights for secret-token-value"}]}',
				'{"data":{"x":"secret-token-value"',
				'"secret-token-value"',
				'{"data":null,"errors":[{"message":"secret-token-value","path":["x",0,"y"]}]}',
			]
				.map((text) => `data: ${text}\n\n`)
				.join(''),
		);
	};
	const frames: unknown[] = [];
	for await (const frame of sseFrames(await client(), { document: 'subscription { x }', signal: new AbortController().signal })) frames.push(frame);
	expect(frames).toMatchObject([
		{ kind: 'result', data: { x: 'WO-secret-token-value-77' }, errors: [{ message: 'no rights for ***' }] },
		{ kind: 'unreadable', text: '{"data":{"x":"***"' },
		{ kind: 'unreadable', text: '"***"' },
		{ kind: 'unresolved', errors: [{ message: '***', path: ['x', 0, 'y'] }] },
	]);
	expect(JSON.stringify(frames.slice(1))).not.toContain('secret');
});

test('errors without a path are a refusal before the first row, and of one row behind it', async () => {
	const broken = '{"data":null,"errors":[{"message":"no idea"}]}';
	answer = (_request, response) => void stream(response).end(`data: ${broken}\n\n`);
	await expect(collect()).rejects.toMatchObject({ kind: 'graphql', message: 'Pico answered: no idea' });
	answer = (_request, response) => void stream(response).end([`{"data":{"x":[]}}`, broken].map((text) => `data: ${text}\n\n`).join(''));
	await expect(collect()).rejects.toMatchObject({ message: 'Pico answered: no idea' });
	answer = (_request, response) => void stream(response).end([result([1]), broken, result([2])].map((text) => `data: ${text}\n\n`).join(''));
	expect(await collect()).toEqual([[1], { kind: 'unresolved', errors: [{ message: 'no idea' }] }, [2]]);
	const refused = '{"data":null,"errors":[{"message":"Unauthorized","path":["x"]}]}';
	answer = (_request, response) => void stream(response).end([result([1]), refused].map((text) => `data: ${text}\n\n`).join(''));
	await expect(collect()).rejects.toMatchObject({ kind: 'auth' });
});

test('nothing counts as carried before something comes', async () => {
	let comment = () => {};
	answer = (_request, response) => {
		stream(response).flushHeaders();
		comment = () => void response.write(':\n\n');
	};
	const stop = new AbortController();
	const seen: string[] = [];
	const subscription = { document: 'subscription { x }', signal: stop.signal, onOpen: () => void seen.push('open'), onActivity: () => void seen.push('activity') };
	const coming = sseFrames(await client(), subscription).next();
	await until('the stream to open', () => seen.length > 0);
	expect(seen).toEqual(['open']);
	comment();
	await until('a heartbeat', () => seen.length > 1);
	stop.abort();
	await coming;
});
