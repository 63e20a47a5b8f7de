import type { AddressInfo, Server, Socket } from 'node:net';

export interface Listening {
	readonly port: number;
	/** Stops listening and drops open connections. Safe to call twice. */
	close(): Promise<void>;
}

/** Binds a server and remembers its connections, so that closing never waits for a client. */
export async function listen(server: Server, port: number, host: string): Promise<Listening> {
	const sockets = new Set<Socket>();
	const remember = (socket: Socket): void => {
		sockets.add(socket);
		socket.on('error', () => socket.destroy());
		socket.on('close', () => sockets.delete(socket));
	};
	server.on('connection', remember);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => {
			server.off('error', reject);
			resolve();
		});
	});
	let closing: Promise<void> | undefined;
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			(closing ??= new Promise<void>((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			})),
	};
}
