import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredRecord {
	id: string;
	body: Record<string, unknown>;
	/** How often it was written, the first time included. */
	writes: number;
}

export interface ServedCall {
	method: string;
	path: string;
	headers: IncomingMessage['headers'];
	status: number;
}

/** What a call gets instead of its answer; undefined = nothing special. */
export type Fault = (method: string, path: string, body: Record<string, unknown>) => { status: number; message: string } | 'hang' | undefined;

/**
 * A small system of records on loopback, like an ERP or a ticket system with an HTTP interface: `POST /<kind>` makes a
 * record (its id is `externalId` of the body, 409 when there is one), `GET` and `PUT /<kind>/<id>` read and change it
 * (404 when there is none), `PUT /<kind>/<id>?create` makes it when needed. A call with an Idempotency-Key that was
 * carried out before changes nothing.
 */
export class RecordServer {
	readonly records = new Map<string, StoredRecord>();
	readonly calls: ServedCall[] = [];
	fault: Fault = () => undefined;
	private readonly doneKeys = new Set<string>();
	private readonly server = createServer((request, response) => void this.serve(request, response));

	private constructor() {}

	static async start(): Promise<RecordServer> {
		const made = new RecordServer();
		await new Promise<void>((resolve) => made.server.listen(0, '127.0.0.1', resolve));
		return made;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const text = Buffer.concat(chunks).toString();
		const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
		const { method = 'GET', headers } = request;
		const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
		const fault = this.fault(method, pathname, body);
		// No answer at all: the caller has to give up by itself.
		if (fault === 'hang') return;
		const { status, answer } = fault
			? { status: fault.status, answer: { message: fault.message } }
			: this.carryOut(method, pathname, body, searchParams.has('create'), headers['idempotency-key']);
		this.calls.push({ method, path: pathname, headers, status });
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
	}

	private carryOut(method: string, path: string, body: Record<string, unknown>, create: boolean, key?: string | string[]) {
		const id = decodeURIComponent(path.split('/')[2] ?? String(body.externalId));
		const known = this.records.get(id);
		const repeated = key !== undefined && this.doneKeys.has(`${method} ${path} ${String(key)}`);
		const answered = (status: number, answer: unknown) => ({ status, answer });
		if (method === 'GET') return known ? answered(200, known.body) : answered(404, { message: `There is no ${id}` });
		if (repeated) return answered(200, known?.body);
		if (method === 'POST' && known) return answered(409, { message: `There is a ${id}` });
		if (method === 'PUT' && !known && !create) return answered(404, { message: `There is no ${id}` });
		this.records.set(id, { id, body, writes: (known?.writes ?? 0) + 1 });
		if (key !== undefined) this.doneKeys.add(`${method} ${path} ${String(key)}`);
		return answered(known ? 200 : 201, body);
	}
}
