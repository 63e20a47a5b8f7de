import { createServer } from 'node:net';

/** Binds 127.0.0.1:port for a moment; port 0 means any. Resolves the port, or undefined when it is taken. */
function tryPort(port: number): Promise<number | undefined> {
	return new Promise((resolve) => {
		const probe = createServer();
		probe.once('error', () => resolve(undefined));
		probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
			const address = probe.address();
			const bound = typeof address === 'object' && address !== null ? address.port : undefined;
			probe.close(() => resolve(bound));
		});
	});
}

/** A port on loopback that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
	const port = await tryPort(0);
	if (port === undefined) throw new Error('No free port on 127.0.0.1');
	return port;
}

/**
 * The preferred port, or the next free one above it.
 *
 * @returns the port and whether somebody else had the preferred one
 * @throws Error when the preferred port and the hundred above it are all taken
 */
export async function portFrom(preferred: number, avoid: ReadonlySet<number> = new Set()) {
	for (let port = preferred; port <= preferred + 100; port++) {
		if (!avoid.has(port) && (await tryPort(port)) !== undefined) return { port, moved: port !== preferred };
	}
	throw new Error(`Ports ${preferred} to ${preferred + 100} on 127.0.0.1 are all in use`);
}
