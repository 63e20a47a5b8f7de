import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { installWebSocket } from '../../../kit/webSocket.mts';
import { WebSocketServer, type WebSocket as Socket } from 'ws';

import { wsFrames } from '../../../../nodes/shared/api/stream/ws.ts';
import type { Frame } from '../../../../nodes/shared/api/stream/types.ts';
import { clientFor } from '../../../kit/picoClient.mts';

installWebSocket();

let server: Server;
let sockets: WebSocketServer;
/** What the server does with a connection that was upgraded; by default it acknowledges and subscribes. */
let onSubscribe: (say: (message: unknown) => void, id: string, socket: Socket) => void;
/** Answers an upgrade with this status instead. */
let refuse: number | undefined;
let upgrades: IncomingMessage[];
let port: number;

beforeEach(async () => {
	refuse = undefined;
	upgrades = [];
	server = createServer((request, response) => {
		// A request that asks for an upgrade is refused like one.
		response.writeHead(refuse ?? 200).end('not here');
		request.resume();
	});
	sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-transport-ws' });
	server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
		upgrades.push(request);
		if (refuse !== undefined) {
			stream.end(`HTTP/1.1 ${refuse} No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
			return;
		}
		sockets.handleUpgrade(request, stream, head, (socket) => {
			const say = (message: unknown) => socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
			socket.on('message', (text) => {
				const { type, id } = JSON.parse(String(text)) as { type: string; id: string };
				if (type === 'connection_init') say({ type: 'connection_ack' });
				if (type === 'subscribe') onSubscribe(say, id, socket);
			});
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
	for (const socket of sockets.clients) socket.terminate();
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

async function collect(token = 'secret-token-value', address = `http://127.0.0.1:${port}/graph/v2`): Promise<Frame[]> {
	const { client } = await clientFor({ endpoint: address, token });
	const frames: Frame[] = [];
	for await (const frame of wsFrames(client, { document: 'subscription { x }', signal: new AbortController().signal })) frames.push(frame);
	return frames;
}
const next = (id: string, payload: unknown) => ({ id, type: 'next', payload });
const complete = (id: string) => ({ id, type: 'complete' });

test('yields each result, and reads JSON from binary messages too', async () => {
	onSubscribe = (say, id) => {
		say(next(id, { data: { x: 1 } }));
		say(Buffer.from(JSON.stringify(next(id, { data: { x: 'ü' } }))));
		say(complete(id));
	};
	expect(await collect()).toMatchObject([{ kind: 'result', data: { x: 1 } }, { kind: 'result', data: { x: 'ü' } }]);
	expect(upgrades[0].headers['x-pico-api-org']).toBe('secret-token-value');
});

test('a binary message that is not JSON is told as what it is', async () => {
	onSubscribe = (say) => say(Buffer.from([0, 1, 2, 3]));
	await expect(collect()).rejects.toMatchObject({ kind: 'notGraphql', message: expect.stringContaining('binary message') as string });
});

test("a 'ka' message tells that the server speaks the older protocol", async () => {
	onSubscribe = (say) => say({ type: 'ka' });
	await expect(collect()).rejects.toMatchObject({ kind: 'graphql', message: expect.stringContaining('older WebSocket protocol') as string });
});

test.each([
	[401, 'auth', 'Pico refused the token (HTTP 401)'],
	[403, 'auth', 'Pico refused the token (HTTP 403)'],
	[404, 'path', 'does not accept WebSockets (HTTP 404)'],
	[400, 'path', 'does not accept WebSockets (HTTP 400)'],
	[503, 'server', 'Pico is not available right now (HTTP 503)'],
])('HTTP %s instead of an upgrade is told as that', async (status, kind, message) => {
	refuse = status;
	const failure = collect();
	await expect(failure).rejects.toMatchObject({ kind });
	await expect(failure).rejects.toThrow(message);
});

test('a server that is not there is told as that', async () => {
	await expect(collect(undefined, 'http://127.0.0.1:1/graph/v2')).rejects.toMatchObject({ kind: 'network', message: expect.stringContaining('ECONNREFUSED') as string });
});

test('the token is struck out of errors, close reasons and unreadable messages, and never out of data', async () => {
	onSubscribe = (say, id) => {
		say(next(id, { data: { x: 'WO-acme01-77' }, errors: [{ message: 'no rights for acme01' }] }));
		say({ id, type: 'error', payload: [{ message: 'token acme01 has expired' }] });
	};
	const { client } = await clientFor({ endpoint: `http://127.0.0.1:${port}/graph/v2`, token: 'acme01' });
	const frames = wsFrames(client, { document: 'subscription { x }', signal: new AbortController().signal });
	expect((await frames.next()).value).toEqual({ kind: 'result', data: { x: 'WO-acme01-77' }, errors: [{ message: 'no rights for ***' }] });
	await expect(frames.next()).rejects.toMatchObject({ message: 'Pico answered: token *** has expired', details: { errors: [{ message: 'token *** has expired' }] } });
	onSubscribe = (_say, _id, socket) => socket.close(4403, 'acme01 is locked');
	await expect(collect('acme01')).rejects.toMatchObject({ kind: 'auth', message: expect.stringContaining('*** is locked') as string });
});

test('hundreds of small messages at once are no reason to give the stream up', async () => {
	onSubscribe = (say, id) => {
		for (let x = 0; x < 2_000; x++) say(next(id, { data: { x } }));
		say(complete(id));
	};
	expect(await collect()).toHaveLength(2_000);
});

test('a slow reader gives the stream up before what waits fills the memory', async () => {
	onSubscribe = (say, id) => {
		for (let x = 0; x < 40; x++) say(next(id, { data: { x: 'x'.repeat(500_000) } }));
	};
	const { client } = await clientFor({ endpoint: `http://127.0.0.1:${port}/graph/v2`, token: 'secret-token-value' });
	const frames = wsFrames(client, { document: 'subscription { x }', signal: new AbortController().signal });
	let taken = 0;
	let end = await frames.next();
	for (; !end.done; end = await frames.next()) {
		taken++;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	expect(end.value).toBe('overflow');
	expect(taken).toBeLessThan(40);
});
