import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FrontCall {
	/** e.g. `mrp.production.write`; the path of what is no call of a method. */
	what: string;
	status: number;
	/** How long Odoo took, as seen from here. */
	ms: number;
}

/** A proxy before an Odoo, as most plants have one: it counts the calls, and can answer in Odoo's stead. */
export class Front {
	readonly calls: FrontCall[] = [];
	/** A status that is answered instead of asking Odoo; undefined asks Odoo. */
	instead: (what: string) => number | undefined = () => undefined;
	/** The connection is cut at the call that comes after so many others, before or after Odoo carried it out. */
	cut: { calls: number; after: boolean } | undefined;

	private port = 0;

	private constructor(
		private readonly target: URL,
		private readonly server: Server,
	) {}

	static async before(target: string): Promise<Front> {
		const server = createServer((incoming, answer) => void front.pass(incoming, answer));
		const front = new Front(new URL(target), server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return front;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	/** Nobody answers at its address any more: connections are refused. */
	async leave(): Promise<void> {
		this.port = Number(new URL(this.url).port);
		await this.close();
	}

	/** It answers at its address again. */
	async return(): Promise<void> {
		await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
	}

	private async pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
		const started = performance.now();
		const chunks: Buffer[] = [];
		for await (const chunk of incoming) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks);
		const what = nameOf(incoming.url ?? '/', body);
		const log = (status: number) => this.calls.push({ what, status, ms: performance.now() - started });
		const status = this.instead(what);
		if (status !== undefined) {
			log(status);
			answer.writeHead(status, { 'content-type': 'text/html' }).end('<html><body>The proxy has no answer of Odoo</body></html>');
			return;
		}
		const cut = this.cut?.calls === 0 ? this.cut : undefined;
		this.cut = this.cut && !cut ? { ...this.cut, calls: this.cut.calls - 1 } : undefined;
		if (cut && !cut.after) {
			log(0);
			incoming.socket.destroy();
			return;
		}
		const { hostname, port } = this.target;
		const headers = { ...incoming.headers, host: this.target.host };
		const forward = request({ hostname, port, method: incoming.method, path: incoming.url, headers }, (response) => {
			response.on('end', () => log(response.statusCode ?? 500));
			if (cut) {
				response.on('end', () => incoming.socket.destroy()).resume();
				return;
			}
			answer.writeHead(response.statusCode ?? 500, response.headers);
			response.pipe(answer);
		});
		forward.on('error', () => {
			log(502);
			answer.writeHead(502).end();
		});
		forward.end(body);
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}

function nameOf(path: string, body: Buffer): string {
	if (path.startsWith('/json/2/')) return path.slice('/json/2/'.length).replace('/', '.');
	if (path !== '/jsonrpc') return path;
	const { args } = (JSON.parse(body.toString()) as { params: { args: unknown[] } }).params;
	return `${String(args[3])}.${String(args[4])}`;
}
