import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEryxonDouble, type EryxonDouble } from '../../packages/sandbox/src/eryxon/server.mts';
import type { Dialect } from '../../packages/sandbox/src/eryxon/switches.mts';

export type Json = Record<string, unknown>;

export interface Answer {
	status: number;
	headers: Headers;
	text: string;
	/** The parsed body; `{}` when it is not JSON. */
	body: Json;
	/** `body.data` as an object. */
	data: Json;
	/** `body.error` as an object. */
	error: Json;
}

export const object = (value: unknown): Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);

/** A double for the tests of one file, with a client and short names for what every test needs. */
export class Workshop {
	private double: EryxonDouble | undefined;
	dialect: Dialect = 'g3';

	get url(): string {
		if (!this.double) throw new Error('the double is not running');
		return this.double.url;
	}

	async start(): Promise<void> {
		this.double = await startEryxonDouble({ port: 0 });
	}

	async stop(): Promise<void> {
		await this.double?.close();
	}

	/** A fresh workshop of this generation. */
	async reset(dialect: Dialect): Promise<void> {
		this.dialect = dialect;
		await this.control('reset', { dialect, seed: 1 });
	}

	async control(path: string, body?: unknown): Promise<Json> {
		const response = await fetch(`${this.url}/control/${path}`, {
			method: body === undefined ? 'GET' : 'POST',
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const answer = (await response.json()) as Json;
		if (!response.ok) throw new Error(String(answer.message));
		return answer;
	}

	async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
		const response = await fetch(`${this.url}/functions/v1/${path}`, {
			method,
			headers: { authorization: `Bearer ${this.double?.apiKey}`, ...headers },
			...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		});
		const text = await response.text();
		let parsed: unknown;
		try {
			parsed = JSON.parse(text);
		} catch {
			parsed = undefined;
		}
		const json = object(parsed);
		return {
			status: response.status,
			headers: response.headers,
			text,
			body: json,
			data: object(json.data),
			error: object(json.error),
		};
	}

	get = (path: string): Promise<Answer> => this.call('GET', path);
	post = (path: string, body: unknown): Promise<Answer> => this.call('POST', path, body);
	sync = (entity: string, item: Json): Promise<Answer> => this.call('PUT', `api-${entity}/sync`, item);
	bulk = (entity: string, items: unknown): Promise<Answer> =>
		this.call('POST', `api-${entity}/bulk-sync`, { [entity]: items });

	/** Rows of a table as they are stored, deleted ones included. */
	async rows(table: string): Promise<Json[]> {
		return objects((await this.control(`records?table=${table}`)).records);
	}

	async row(table: string, externalId: string): Promise<Json> {
		const found = (await this.rows(table)).filter((row) => row.external_id === externalId);
		if (found.length !== 1) throw new Error(`${found.length} rows of ${table} with ${externalId}`);
		return found[0];
	}

	/** The id of the seeded job, part, first operation or cell. */
	async seeded(table: string): Promise<string> {
		return String((await this.rows(table))[0].id);
	}

	/** The id of the seeded record with this value. */
	async idOf(table: string, column: string, value: unknown): Promise<string> {
		const row = (await this.rows(table)).find((each) => each[column] === value);
		if (!row) throw new Error(`no ${table} with ${column} ${String(value)}`);
		return String(row.id);
	}
}

/** Both external keys. */
export const key = (id: string, source = 'ERP'): Json => ({ external_id: id, external_source: source });

/** Starts a workshop before the tests of a file and stops it behind them. */
export function useWorkshop(): Workshop {
	const workshop = new Workshop();
	beforeAll(() => workshop.start());
	afterAll(() => workshop.stop());
	return workshop;
}

export interface Received {
	headers: IncomingMessage['headers'];
	body: string;
	json: Json;
}

export interface Receiver {
	url: string;
	received: Received[];
	/** Status for the next requests, in turn; 200 when used up. */
	answers: number[];
	close(): Promise<void>;
}

/** Listens for webhooks on this machine. */
export async function startReceiver(): Promise<Receiver> {
	const received: Received[] = [];
	const answers: number[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks).toString('utf8');
			received.push({ headers: request.headers, body, json: object(JSON.parse(body)) });
			response.statusCode = answers.shift() ?? 200;
			response.end('ok');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
		received,
		answers,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
