import { EventSource } from 'eventsource';
import { createClient } from 'graphql-sse';

import type * as Client from '../../../../nodes/shared/api/client.ts';
import type * as Sse from '../../../../nodes/shared/api/stream/sse.ts';
import type * as Events from '../../../../nodes/shared/events/event.ts';
import { N8nCore, type Access, type Given } from '../lib/n8n.mts';
import { timed } from '../lib/timed.mts';

export interface EventsInput extends Given, Access {
	document: string;
	events: number;
	rounds: number;
}

export interface EventsResult {
	/** Milliseconds from the request to the last parsed row, for each round. */
	ours: number[];
	eventsource: number[];
	graphqlSse: number[];
	/** Rows of the last round, by side. */
	rows: Record<string, number>;
}

type Side = 'ours' | 'eventsource' | 'graphqlSse';
interface Result {
	data: { operationOrderCompletesStream: unknown[] };
}

const FIELD = 'operationOrderCompletesStream';

/** Reads the same stream to batches of rows with our reader and with two published clients, in turns. */
export async function measure(input: EventsInput): Promise<EventsResult> {
	const n8n = new N8nCore(input);
	const { PicoClient } = n8n.ours<typeof Client>('./dist/nodes/shared/api/client.js');
	const { sseFrames } = n8n.ours<typeof Sse>('./dist/nodes/shared/api/stream/sse.js');
	const { rowsOf } = n8n.ours<typeof Events>('./dist/nodes/shared/events/event.js');
	const { context } = n8n.triggerContext({}, input, () => undefined);
	const client = await PicoClient.of(context as never);
	const { document, events, endpoint } = input;

	const ours = async () => {
		let rows = 0;
		const stop = new AbortController();
		for await (const frame of sseFrames(client, { document, signal: stop.signal })) {
			if (frame.kind === 'result') rows += rowsOf(frame.data[FIELD]).rows.length;
			if (rows >= events) break;
		}
		return rows;
	};
	const eventsource = async () => {
		let rows = 0;
		let source: EventSource | undefined;
		await new Promise<void>((resolve, reject) => {
			source = new EventSource(endpoint, {
				fetch: async (url, init) =>
					await fetch(url, {
						...init,
						method: 'POST',
						headers: { ...init.headers, 'content-type': 'application/json' },
						body: JSON.stringify({ query: document }),
					}),
			});
			source.addEventListener('error', (event) => reject(new Error(event.message ?? 'the stream ended')));
			source.addEventListener('next', ({ data }: { data: string }) => {
				rows += (JSON.parse(data) as Result).data[FIELD].length;
				if (rows >= events) resolve();
			});
		});
		source?.close();
		return rows;
	};
	const graphqlSse = async () => {
		let rows = 0;
		const peer = createClient({ url: endpoint, retryAttempts: 0 });
		for await (const { data } of peer.iterate<Result['data']>({ query: document })) {
			rows += data?.[FIELD].length ?? 0;
			if (rows >= events) break;
		}
		peer.dispose();
		return rows;
	};

	const sides: Record<Side, () => Promise<number>> = { ours, eventsource, graphqlSse };
	const result: EventsResult = { ours: [], eventsource: [], graphqlSse: [], rows: {} };
	for (let round = 0; round <= input.rounds; round++) {
		for (const [side, read] of Object.entries(sides) as Array<[Side, () => Promise<number>]>) {
			const { ms } = await timed(async () => {
				result.rows[side] = await read();
			});
			if (round > 0) result[side].push(ms);
		}
	}
	return result;
}
