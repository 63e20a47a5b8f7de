import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket as Socket } from 'ws';

import type { Row } from '../../nodes/shared/events/types.ts';

/** What one subscription of a completions stream asks for. */
interface Wanted {
	from: string;
	batchSize: number;
	/** First-level fields. */
	fields: Set<string>;
}

type Send = (result: unknown) => void;

const STREAM = 'operationOrderCompletesStream';
const PIECE = 100;

/**
 * A Pico that answers as servers in Go do (gqlgen): a row of which a field cannot be resolved makes the whole result null,
 * and the stream goes on. Serves completions over SSE and WebSocket.
 */
export class StrictPico {
	readonly rows: Row[] = [];
	/** Cause by row: the path below the row, as the server names it. */
	readonly broken = new Map<Row, string[]>();
	honoursBatchSize = true;
	/** Subscriptions made, and results sent over all of them. */
	subscriptions = 0;
	results = 0;
	endpoint = '';
	private readonly live = new Set<{ wanted: Wanted; send: Send }>();
	private readonly http = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
		request.on('end', () => this.answer(JSON.parse(body) as { query: string }, response));
	});
	private readonly sockets = new WebSocketServer({ server: this.http, handleProtocols: () => 'graphql-transport-ws' });

	static async start(): Promise<StrictPico> {
		const pico = new StrictPico();
		pico.sockets.on('connection', (socket) => pico.speak(socket));
		await new Promise<void>((resolve) => pico.http.listen(0, '127.0.0.1', resolve));
		pico.endpoint = `http://127.0.0.1:${(pico.http.address() as AddressInfo).port}/graph/v2`;
		return pico;
	}

	async close(): Promise<void> {
		for (const client of this.sockets.clients) client.terminate();
		this.http.closeAllConnections();
		await new Promise((resolve) => this.http.close(resolve));
	}

	/** Something happens now, for those who listen. */
	add(row: Row, cause?: string[]): void {
		this.rows.push(row);
		if (cause) this.broken.set(row, cause);
		for (const { wanted, send } of this.live) this.sendAll([row], wanted, send);
	}

	private answer({ query }: { query: string }, response: ServerResponse): void {
		if (!query.startsWith('subscription')) {
			const errors = query.includes('__schema') ? [{ message: 'introspection is disabled' }] : undefined;
			response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(errors ? { errors } : { data: { __typename: 'Query' } }));
			return;
		}
		response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
		const stop = this.subscribe(query, (result) => response.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`));
		response.once('close', stop);
	}

	private speak(socket: Socket): void {
		const say = (message: object) => socket.send(JSON.stringify(message));
		socket.on('message', (text) => {
			const message = JSON.parse(String(text)) as { type: string; id: string; payload: { query: string } };
			if (message.type === 'connection_init') say({ type: 'connection_ack' });
			if (message.type === 'ping') say({ type: 'pong' });
			if (message.type !== 'subscribe') return;
			socket.once('close', this.subscribe(message.payload.query, (payload) => say({ id: message.id, type: 'next', payload })));
		});
	}

	private subscribe(query: string, send: Send): () => void {
		this.subscriptions++;
		const wanted: Wanted = {
			from: /at: "([^"]*)"/.exec(query)?.[1] ?? '9999',
			batchSize: this.honoursBatchSize ? Number(/batchSize: (\d+)/.exec(query)?.[1] ?? 1) : 5,
			fields: new Set(query.match(/\w+/g)),
		};
		const listener = { wanted, send };
		const stored = this.rows.filter((row) => Date.parse(String(row.at)) >= Date.parse(wanted.from));
		let isClosed = false;
		const go = () => {
			if (isClosed) return;
			// In pieces, so that a reader who has enough is not sent the rest.
			if (stored.length === 0) this.live.add(listener);
			else {
				this.sendAll(stored.splice(0, PIECE), wanted, send);
				setImmediate(go);
			}
		};
		go();
		return () => {
			isClosed = true;
			this.live.delete(listener);
		};
	}

	private sendAll(rows: readonly Row[], { batchSize, fields }: Wanted, send: Send): void {
		for (let start = 0; start < rows.length; start += batchSize) {
			this.results++;
			const frame = rows.slice(start, start + batchSize);
			const index = frame.findIndex((row) => fields.has(this.broken.get(row)?.[0] ?? '-') || this.broken.get(row)?.length === 0);
			if (index < 0) {
				send({ data: { [STREAM]: frame.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => fields.has(name)))) } });
				continue;
			}
			const path = [STREAM, index, ...(this.broken.get(frame[index]) ?? [])];
			send({ errors: [{ message: 'the requested element is null which the schema does not allow', path }], data: null });
		}
	}
}
