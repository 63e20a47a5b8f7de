import type { ServerResponse } from 'node:http';

import { now } from './arrivals.mts';
import { completion } from './rows.mts';

/** Feed of plain SSE; any other one is a stream of Pico. */
export const PLAIN = 'plain';

/** Events that a feed can send again. */
const KEPT = 5_000;

/** Open connections by the name of their feed. */
export class Feeds {
	private readonly open = new Map<string, Set<ServerResponse>>();
	private readonly sent = new Map<string, Array<{ at: string; frame: string }>>();
	private written = 0;

	/** @param cursor as Pico does, sends first what was written later than this; nothing without it */
	add(name: string, response: ServerResponse, cursor?: string): void {
		for (const { at, frame } of this.sent.get(name) ?? []) if (cursor !== undefined && at > cursor) response.write(frame);
		const listeners = this.listeners(name);
		listeners.add(response);
		response.once('close', () => listeners.delete(response));
	}

	/** Writes one event to every listener of a feed. */
	write(name: string): { time: string; row: string } {
		const time = now();
		const at = new Date().toISOString();
		const row = completion(this.written++, at, time);
		const frame =
			name === PLAIN
				? `data: ${row}\n\n`
				: `event: next\ndata: {"data":{"operationOrderCompletesStream":[${row}]}}\n\n`;
		for (const response of this.listeners(name)) response.write(frame);
		if (name !== PLAIN) this.keep(name, { at, frame });
		return { time, row };
	}

	heartbeat(): void {
		for (const response of [...this.open.values()].flatMap((listeners) => [...listeners])) {
			if (response.writableLength === 0) response.write(':\n\n');
		}
	}

	restart(): void {
		this.written = 0;
		this.sent.clear();
	}

	/** How many listen, by feed. */
	get sizes(): Record<string, number> {
		return Object.fromEntries([...this.open].map(([name, listeners]) => [name, listeners.size]));
	}

	private keep(name: string, event: { at: string; frame: string }): void {
		const sent = this.sent.get(name) ?? [];
		this.sent.set(name, sent);
		sent.push(event);
		if (sent.length > KEPT) sent.shift();
	}

	private listeners(name: string): Set<ServerResponse> {
		const known = this.open.get(name) ?? new Set<ServerResponse>();
		this.open.set(name, known);
		return known;
	}
}
