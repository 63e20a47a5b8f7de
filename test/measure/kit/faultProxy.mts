import { readFileSync } from 'node:fs';
import { request as forward, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { createBothProtocolsServer } from '../../../packages/sandbox/src/netsuite/both-protocols.mts';

export type Fault =
	/** Let the request through. */
	| { kind: 'none' }
	/** Let it through and destroy the connection after so many bytes of the answer. */
	| { kind: 'cut'; afterBytes: number }
	/** Let it through and stop sending after so many bytes, with the connection open. */
	| { kind: 'stall'; afterBytes: number }
	| { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
	/** Let it through; answer 504 where the server has not answered in time, as a gateway does. */
	| { kind: 'gateway'; afterMs: number }
	/** Let it through and, when the server has done what was asked, break the connection instead of answering. */
	| { kind: 'unanswered' }
	/** Let it through and pass on nothing but the head of the answer, as a proxy does that buffers. */
	| { kind: 'holdBack' }
	/** Break the connection without a word. */
	| { kind: 'refuse' }
	/** Let it through with another status or other headers. */
	| { kind: 'dress'; status?: number; headers: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders }
	/** Answer with the same piece again and again, up to so many bytes. */
	| { kind: 'flood'; status?: number; headers: OutgoingHttpHeaders; head?: string; piece: string; bytes: number }
	/** Change the bytes on the way. */
	| { kind: 'rewrite'; change: (text: string) => string };

export interface FaultProxy {
	/** Plain http; the same address takes https too. */
	endpoint: string;
	/** Requests seen, streams apart. */
	streams: number;
	/** Faults that really took effect. */
	injected: number;
	/** Sockets open right now, between client and proxy. */
	openSockets: () => number;
	close(): Promise<void>;
}

const open = new Set<FaultProxy>();

/** Nobody trusts this certificate; the credential says not to mind. */
const IDENTITY = 'test/kit/expiredCertificate';

/** Closes what a row that failed left open, so that the tests end. */
export async function closeProxies(): Promise<void> {
	for (const proxy of open) await proxy.close();
}

/**
 * Stands between the trigger and the sandbox and does what networks and proxies do to connections. `choose` is asked for
 * each request; plain requests (introspection, queries) are told apart from streams.
 *
 * @param replaced headers that go to the sandbox in place of those that came
 */
export async function faultProxy(target: string, choose: (info: { stream: boolean; headers: IncomingHttpHeaders }) => Fault = () => ({ kind: 'none' }), replaced?: (headers: IncomingHttpHeaders) => OutgoingHttpHeaders): Promise<FaultProxy> {
	const sockets = new Set<Socket>();
	const proxy: FaultProxy = { endpoint: '', streams: 0, injected: 0, openSockets: () => sockets.size, close: async () => {} };

	const handle = (request: IncomingMessage, response: ServerResponse) => {
		const stream = request.headers.accept === 'text/event-stream';
		if (stream) proxy.streams++;
		const fault = choose({ stream, headers: request.headers });
		if (fault.kind === 'status') {
			proxy.injected++;
			request.resume();
			response.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers }).end(fault.body ?? '');
			return;
		}
		if (fault.kind === 'refuse') {
			proxy.injected++;
			request.socket.destroy();
			return;
		}
		if (fault.kind === 'flood') {
			proxy.injected++;
			request.resume();
			void flood(response, fault);
			return;
		}
		const gateway = fault.kind === 'gateway' ? setTimeout(() => giveUp(), fault.afterMs) : undefined;
		const giveUp = () => {
			if (response.headersSent || response.destroyed) return;
			proxy.injected++;
			response.writeHead(504, { 'content-type': 'text/plain' }).end('Gateway time-out');
			onward.destroy();
		};
		const onward = forward(target, { method: request.method, headers: { ...request.headers, ...replaced?.(request.headers), host: new URL(target).host } }, (answer) => {
			clearTimeout(gateway);
			if (fault.kind === 'unanswered') {
				proxy.injected++;
				answer.resume();
				answer.on('end', () => response.destroy());
				return;
			}
			const headers = { ...answer.headers };
			if (fault.kind === 'rewrite') delete headers['content-length'];
			if (fault.kind === 'dress') {
				proxy.injected++;
				response.sendDate = false;
				response.writeHead(fault.status ?? answer.statusCode ?? 502, fault.headers(headers));
			} else response.writeHead(answer.statusCode ?? 502, headers);
			if (fault.kind === 'holdBack') {
				proxy.injected++;
				response.flushHeaders();
				answer.resume();
				return;
			}
			relay(answer, response, fault, () => proxy.injected++);
		});
		onward.on('error', () => {
			if (!response.writableEnded) response.destroy();
		});
		response.on('close', () => {
			clearTimeout(gateway);
			onward.destroy();
		});
		request.pipe(onward);
	};

	const identity = { key: readFileSync(`${IDENTITY}/key.pem`, 'utf8'), cert: readFileSync(`${IDENTITY}/cert.pem`, 'utf8') };
	const server = createBothProtocolsServer(identity, (request, response) => handle(request as IncomingMessage, response as ServerResponse));
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => {});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	proxy.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graph/v2`;
	open.add(proxy);
	proxy.close = async () => {
		if (!open.delete(proxy)) return;
		for (const socket of sockets) socket.destroy();
		await new Promise<void>((resolve) => server.close(() => resolve()));
	};
	return proxy;
}

async function flood(response: ServerResponse, { status = 200, headers, head = '', piece, bytes }: Extract<Fault, { kind: 'flood' }>): Promise<void> {
	response.writeHead(status, headers);
	response.write(head);
	for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length) {
		if (response.write(piece)) continue;
		await new Promise<void>((resolve) => {
			const done = () => {
				response.off('drain', done).off('close', done);
				resolve();
			};
			response.on('drain', done).on('close', done);
		});
	}
	if (!response.destroyed) response.end();
}

function relay(answer: IncomingMessage, response: ServerResponse, fault: Fault, injected: () => void): void {
	let sent = 0;
	let stalled = false;
	answer.on('error', () => response.destroy());
	answer.on('end', () => {
		if (!stalled) response.end();
	});
	answer.on('close', () => {
		if (!stalled && !response.writableEnded) response.destroy();
	});
	answer.on('data', (piece: Buffer) => {
		if (stalled || response.destroyed) return;
		let bytes = fault.kind === 'rewrite' ? Buffer.from(fault.change(piece.toString('utf8'))) : piece;
		const left = fault.kind === 'cut' || fault.kind === 'stall' ? fault.afterBytes - sent : Infinity;
		const last = bytes.length >= left;
		if (last) bytes = bytes.subarray(0, left);
		sent += bytes.length;
		const flowing = response.write(bytes);
		if (last && fault.kind === 'cut') {
			injected();
			// What was written goes out first; the answer is incomplete all the same.
			setImmediate(() => response.destroy());
		} else if (last && fault.kind === 'stall') {
			injected();
			stalled = true;
		} else if (!flowing) {
			answer.pause();
			response.once('drain', () => answer.resume());
		}
	});
}
