import { createServer, type Server } from 'node:net';

/** Listens on 127.0.0.1:port; port 0 means any. Resolves undefined when it is taken. */
function occupy(port: number): Promise<{ port: number; server: Server } | undefined> {
	return new Promise((resolve) => {
		// A browser tab that waits for the old n8n would hold the port for ever: whoever calls is turned away.
		const server = createServer((socket) => socket.destroy());
		server.once('error', () => resolve(undefined));
		server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
			const address = server.address();
			resolve(typeof address === 'object' && address !== null ? { port: address.port, server } : undefined);
		});
	});
}

/** A port on loopback that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
	const { port, release } = await reservePort(0);
	await release();
	return port;
}

export interface Reservation {
	port: number;
	/** Somebody else has the preferred port. */
	moved: boolean;
	/** Frees the port for whoever is to listen on it; until then no other start gets it. */
	release(): Promise<void>;
}

/**
 * Holds the preferred port, or the next free one above it, until it is released.
 *
 * @throws Error when the preferred port and the hundred above it are all taken
 */
export async function reservePort(preferred: number): Promise<Reservation> {
	for (let port = preferred; port <= preferred + 100; port++) {
		const held = await occupy(port);
		if (!held) continue;
		const release = () => new Promise<void>((resolve) => held.server.close(() => resolve()));
		held.server.unref();
		return { port: held.port, moved: preferred !== 0 && held.port !== preferred, release };
	}
	throw new Error(`Ports ${preferred} to ${preferred + 100} on 127.0.0.1 are all in use`);
}
