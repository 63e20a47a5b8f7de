import type { ServerResponse } from 'node:http';

import { now } from './arrivals.mts';
import { completion } from './rows.mts';

/** Feed of plain SSE; any other one is a stream of Pico. */
export const PLAIN = 'plain';

/** Open connections by the name of their feed. */
export class Feeds {
	private readonly open = new Map<string, Set<ServerResponse>>();
	private written = 0;

	add(name: string, response: ServerResponse): void {
		const listeners = this.listeners(name);
		listeners.add(response);
		response.once('close', () => listeners.delete(response));
	}

	/** Writes one event to every listener of a feed. */
	write(name: string): { time: string; row: string } {
		const time = now();
		const row = completion(this.written++, new Date().toISOString(), time);
		const frame =
			name === PLAIN
				? `data: ${row}\n\n`
				: `event: next\ndata: {"data":{"operationOrderCompletesStream":[${row}]}}\n\n`;
		for (const response of this.listeners(name)) response.write(frame);
		return { time, row };
	}

	heartbeat(): void {
		for (const response of [...this.open.values()].flatMap((listeners) => [...listeners])) {
			if (response.writableLength === 0) response.write(':\n\n');
		}
	}

	restart(): void {
		this.written = 0;
	}

	/** How many listen, by feed. */
	get sizes(): Record<string, number> {
		return Object.fromEntries([...this.open].map(([name, listeners]) => [name, listeners.size]));
	}

	private listeners(name: string): Set<ServerResponse> {
		const known = this.open.get(name) ?? new Set<ServerResponse>();
		this.open.set(name, known);
		return known;
	}
}
