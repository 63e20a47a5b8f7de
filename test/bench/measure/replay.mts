import { setTimeout as pause } from 'node:timers/promises';
import { GraphQLClient } from 'graphql-request';

import type * as Client from '../../../nodes/shared/api/client.ts';
import type * as Replay from '../../../nodes/shared/api/replay.ts';
import type * as Kinds from '../../../nodes/shared/events/kinds/index.ts';
import type * as Subscription from '../../../nodes/shared/api/documents/subscription.ts';
import { Memory } from '../lib/memory.mts';
import { N8nCore, type Access, type Given } from '../lib/n8n.mts';
import { timed } from '../lib/timed.mts';

export interface ReplayInput extends Given, Access {
	/** Where pages are served; the stream comes from `endpoint`. */
	pages: string;
	from: string;
	/** Time of the last row that is wanted. */
	to: string;
	rounds: number;
	/** How long the consumer takes for each batch. */
	consumerMs: number;
	/** Sample the memory, with a garbage collection before each sample; the times mean nothing then. */
	memory: boolean;
	peer: boolean;
}

export interface ReplayResult {
	ours: number[];
	peer: number[];
	oursRows: number;
	peerRows: number;
	/** Processor time of this process, milliseconds. */
	oursCpu: number[];
	peerCpu: number[];
	/** Growth over the baseline: after a garbage collection, and as it is. */
	growth: { rss: number; heap: number; rssRaw: number };
}

const PAGE = 100;
const SAMPLE_EVERY = 20;

/** Reads a window of completions through our stream, and page by page with graphql-request; rows are dropped at once. */
export async function measure(input: ReplayInput): Promise<ReplayResult> {
	const n8n = new N8nCore(input);
	const { PicoClient } = n8n.ours<typeof Client>('./dist/nodes/shared/api/client.js');
	const { replay } = n8n.ours<typeof Replay>('./dist/nodes/shared/api/replay.js');
	const { orderCompleted } = n8n.ours<typeof Kinds>('./dist/nodes/shared/events/kinds/index.js');
	const { selectionOf } = n8n.ours<typeof Subscription>('./dist/nodes/shared/api/documents/subscription.js');

	const { context } = n8n.triggerContext({}, input, () => undefined);
	const client = await PicoClient.of(context as never);
	const memory = new Memory(input.memory);

	const ours = async (to = input.to) => {
		let rows = 0;
		let batches = 0;
		for await (const batch of replay(client, orderCompleted, { from: input.from, to, batchSize: PAGE })) {
			rows += batch.length;
			if (input.consumerMs > 0) await pause(input.consumerMs);
			if (batches++ % SAMPLE_EVERY === 0) memory.sample();
		}
		memory.sample();
		return rows;
	};

	const graphql = new GraphQLClient(input.pages, { headers: { 'x-pico-api-org': input.token } });
	const document = `query ($after: Time!) { operationOrderCompletes(where: { at: { _gt: $after } }, limit: ${PAGE}) ${selectionOf(orderCompleted, await client.dialect())} }`;
	const pages = async () => {
		let rows = 0;
		let after = new Date(Date.parse(input.from) - 1).toISOString();
		while (after < input.to) {
			const data = await graphql.request<{ operationOrderCompletes: Array<{ at: string }> }>(document, { after });
			const wanted = data.operationOrderCompletes.filter(({ at }) => at <= input.to);
			rows += wanted.length;
			after = data.operationOrderCompletes.at(-1)?.at ?? input.to;
			if (wanted.length < PAGE) break;
		}
		return rows;
	};

	const result: ReplayResult = {
		ours: [],
		peer: [],
		oursRows: 0,
		peerRows: 0,
		oursCpu: [],
		peerCpu: [],
		growth: memory.growth,
	};
	if (input.memory) {
		await ours(new Date(Date.parse(input.from) + 2_000).toISOString());
		memory.baseline();
		result.oursRows = await ours();
		return result;
	}
	for (let round = 0; round <= input.rounds; round++) {
		const own = await timed(async () => {
			result.oursRows = await ours();
		});
		const other = await timed(async () => {
			if (input.peer) result.peerRows = await pages();
		});
		if (round === 0) continue;
		result.ours.push(own.ms);
		result.oursCpu.push(own.cpuMs);
		result.peer.push(other.ms);
		result.peerCpu.push(other.cpuMs);
	}
	return result;
}
