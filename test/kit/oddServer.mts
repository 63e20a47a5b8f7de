import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

export interface OddServer {
	endpoint: string;
	/** Bodies of the requests that came in, introspection included. */
	requests: Array<{ body: string; headers: IncomingMessage['headers'] }>;
	close(): Promise<void>;
}

const FOLDER = 'test/kit/expiredCertificate';

/**
 * A server that answers as `answer` says: what no sandbox of a well-behaved Pico can show. `closesWebSockets` is a close code.
 */
export async function startOddServer(
	answer: (body: string, response: ServerResponse) => void,
	options: { path?: string; expired?: boolean; closesWebSockets?: number } = {},
): Promise<OddServer> {
	const requests: OddServer['requests'] = [];
	const listener: RequestListener = (request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
		request.on('end', () => {
			requests.push({ body, headers: request.headers });
			answer(body, response);
		});
	};
	const server: Server = options.expired
		? createTlsServer({ key: readFileSync(`${FOLDER}/key.pem`), cert: readFileSync(`${FOLDER}/cert.pem`) }, listener)
		: createServer(listener);
	const { closesWebSockets: code } = options;
	if (code !== undefined) new WebSocketServer({ server }).on('connection', (socket) => socket.close(code));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		endpoint: `${options.expired ? 'https' : 'http'}://127.0.0.1:${port}${options.path ?? '/graph/v2'}`,
		requests,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
