import type { ServerResponse } from 'node:http';

import { toMs } from '../../nodes/shared/events/timestamp.ts';
import type { EventKind } from '../../nodes/shared/events/types.ts';
import { json, startOddServer, type OddServer } from './oddServer.mts';
import type { Access } from './picoAccess.mts';

interface Stream {
	response: ServerResponse;
	field: string;
}

/**
 * A Pico that sends whatever rows it is told to, as they are, over server-sent events: from the cursor on when a stream
 * opens, in the order in which they were given, then each as it is given. It knows no schema.
 */
export class PlainPico {
	private readonly given: Array<{ row: unknown; ms: number | undefined }> = [];
	private readonly streams = new Set<Stream>();
	private server: OddServer | undefined;
	/** Streams that were opened so far. */
	opened = 0;
	/** What the `Date` header says instead of the time of this machine: milliseconds, or `none` for no header. */
	date: (() => number) | 'none' | undefined;
	/** Rows of one frame. */
	frameRows = 100;

	static async start(): Promise<PlainPico> {
		const pico = new PlainPico();
		pico.server = await startOddServer((body, response) => pico.answer(body, response));
		return pico;
	}

	get access(): Access {
		return { endpoint: this.server?.endpoint ?? '', token: 'plain-pico-token' };
	}

	/** Gives more rows: to every open stream, and to those that open later as far as they are not before the cursor. */
	rows(kind: EventKind, rows: readonly unknown[]): void {
		const added = rows.map((row) => {
			const time = (row as Record<string, unknown> | null)?.[kind.cursorField];
			return { row, ms: typeof time === 'number' ? toMs(String(time)) : toMs(time) };
		});
		// Not by spreading, which fails for very many.
		for (const entry of added) this.given.push(entry);
		for (const stream of this.streams) this.send(stream, added.map(({ row }) => row));
	}

	/** Breaks every open stream. */
	cut(): void {
		for (const { response } of this.streams) response.destroy();
		this.streams.clear();
	}

	async close(): Promise<void> {
		this.cut();
		await this.server?.close();
	}

	private answer(body: string, response: ServerResponse): void {
		const { query } = JSON.parse(body) as { query: string };
		if (this.date === 'none') response.sendDate = false;
		else if (this.date) response.setHeader('date', new Date(this.date()).toUTCString());
		const field = /^subscription \{ (\w+)/.exec(query)?.[1];
		if (!field) return json(response, { data: { __typename: 'Query' } });
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.write(':\n\n');
		this.opened++;
		const from = toMs(/initialValue: \{ \w+: "([^"]+)"/.exec(query)?.[1]) ?? 0;
		const stream = { response, field };
		this.streams.add(stream);
		response.on('close', () => this.streams.delete(stream));
		this.send(stream, this.given.filter(({ ms }) => ms === undefined || ms >= from).map(({ row }) => row));
	}

	private send({ response, field }: Stream, rows: readonly unknown[]): void {
		for (let first = 0; first < rows.length; first += this.frameRows) {
			const text = `{"data":{${JSON.stringify(field)}:[${rows.slice(first, first + this.frameRows).map(textOf).join(',')}]}}`;
			response.write(`event: next\ndata: ${text}\n\n`);
		}
	}
}

/** JSON of a row, however deep: `JSON.stringify` recurses. */
function textOf(row: unknown): string {
	const parts: string[] = [];
	const todo: Array<{ value: unknown } | string> = [{ value: row }];
	while (todo.length > 0) {
		const next = todo.pop() as { value: unknown } | string;
		if (typeof next === 'string') {
			parts.push(next);
			continue;
		}
		const { value } = next;
		if (typeof value !== 'object' || value === null) {
			parts.push(JSON.stringify(value) ?? 'null');
			continue;
		}
		const isList = Array.isArray(value);
		const entries = Object.entries(value).map(([name, inner]) => [isList ? '' : `${JSON.stringify(name)}:`, { value: inner as unknown }] as const);
		const pieces: Array<{ value: unknown } | string> = [isList ? '[' : '{'];
		entries.forEach(([name, inner], index) => pieces.push(`${index > 0 ? ',' : ''}${name}`, inner));
		pieces.push(isList ? ']' : '}');
		for (const piece of pieces.reverse()) todo.push(piece);
	}
	return parts.join('');
}
