import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-sse';

import type * as Client from '../../../../nodes/shared/api/client.ts';
import type * as Replay from '../../../../nodes/shared/api/replay.ts';
import type * as Kinds from '../../../../nodes/shared/events/kinds/index.ts';
import { Memory } from '../lib/memory.mts';
import { N8nCore, type Access, type Given } from '../lib/n8n.mts';

export interface MemoryInput extends Given, Access {
	side: 'ours' | 'peer';
	document: string;
	/** Times of the first and the last row. */
	from: string;
	to: string;
	events: number;
	/** How long the consumer takes for each batch. */
	consumerMs: number;
}

export interface MemoryResult {
	rows: number;
	growth: Memory['growth'];
}

const SAMPLE_EVERY = 20;
const WARM_ROWS = 5_000;

/** Reads past completions with a slow consumer, through our replay or with `iterate` of graphql-sse, and samples memory. */
export async function measure(input: MemoryInput): Promise<MemoryResult> {
	const n8n = new N8nCore(input);
	const { PicoClient } = n8n.ours<typeof Client>('./dist/nodes/shared/api/client.js');
	const { replay } = n8n.ours<typeof Replay>('./dist/nodes/shared/api/replay.js');
	const { orderCompleted } = n8n.ours<typeof Kinds>('./dist/nodes/shared/events/kinds/index.js');
	const { context } = n8n.triggerContext({}, input, () => undefined);
	const client = await PicoClient.of(context as never);
	const memory = new Memory(true);

	async function* batches(): AsyncGenerator<unknown[]> {
		if (input.side === 'ours') {
			yield* replay(client, orderCompleted, { from: input.from, to: input.to, batchSize: 100 });
			return;
		}
		const peer = createClient({ url: input.endpoint, retryAttempts: 0 });
		for await (const { data } of peer.iterate<{ operationOrderCompletesStream: unknown[] }>({ query: input.document })) {
			yield data?.operationOrderCompletesStream ?? [];
		}
	}
	const consume = async (events: number, consumerMs: number) => {
		let rows = 0;
		let taken = 0;
		for await (const batch of batches()) {
			rows += batch.length;
			if (consumerMs > 0) await pause(consumerMs);
			if (taken++ % SAMPLE_EVERY === 0) memory.sample();
			if (rows >= events) break;
		}
		memory.sample();
		return rows;
	};

	await consume(WARM_ROWS, 0);
	// What the warm-up left on its way has to be gone.
	await pause(500);
	memory.baseline();
	return { rows: await consume(input.events, input.consumerMs), growth: memory.growth };
}
