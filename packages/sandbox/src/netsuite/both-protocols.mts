import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import type { Request, Response } from '../web/http.mts';

type Handler = (request: Request, response: Response, secure: boolean) => void;

const tlsHandshake = 0x16;

/**
 * One port that speaks https (HTTP/2 and HTTP/1.1) and plain http: the first byte of a connection tells which.
 * A real account speaks https; a browser and the HTTP Request node are happier without a certificate that nobody knows.
 *
 * For clients that call one fixed host it is that host's proxy as well: a tunnel to it ends at this server. Tunnels to
 * anywhere else are refused, so that nothing leaves the machine.
 * @param account host and port as a client asks a proxy for it
 */
export function createBothProtocolsServer(
	identity: { cert: string; key: string },
	handler: Handler,
	account?: string,
): Server {
	const plain = createHttpServer((request, response) => handler(request, response, false));
	const secure = createSecureServer({ ...identity, allowHTTP1: true }, (request, response) =>
		handler(request, response, true),
	);
	// A client that goes away in the middle must not end the process.
	secure.on('sessionError', () => undefined);
	secure.on('tlsClientError', (_error, socket) => socket.destroy());
	plain.on('clientError', (_error, socket) => socket.destroy());
	plain.on('connect', (request, socket: Socket) => {
		if (account === undefined || request.url !== account) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
		socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
		decide(socket);
	});
	const decide = (socket: Socket): void => {
		const first = socket.read(1) as Buffer | null;
		if (first === null) {
			socket.once('readable', () => decide(socket));
			return;
		}
		socket.unshift(first);
		(first[0] === tlsHandshake ? secure : plain).emit('connection', socket);
	};
	const server = createServer(decide);
	server.on('close', () => {
		plain.close();
		secure.close();
	});
	return server;
}
