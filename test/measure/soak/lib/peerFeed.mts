import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A plain stream of server-sent events, for n8n's own SSE Trigger. Who is not connected misses what is sent. */
export class PeerFeed {
	url = '';
	private readonly clients = new Set<ServerResponse>();
	private readonly server = createServer((_request, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
		response.write(':\n\n');
		this.clients.add(response);
		response.on('close', () => this.clients.delete(response));
		response.on('error', () => this.clients.delete(response));
	});

	async open(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
		return this;
	}

	get connected(): number {
		return this.clients.size;
	}

	send(event: object): void {
		const frame = `data: ${JSON.stringify(event)}\n\n`;
		for (const client of this.clients) client.write(frame);
	}

	cut(): void {
		for (const client of this.clients) client.destroy();
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}
}
