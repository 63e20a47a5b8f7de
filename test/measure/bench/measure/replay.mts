import { GraphQLClient } from 'graphql-request';

import type * as Client from '../../../../nodes/shared/api/client.ts';
import type * as Replay from '../../../../nodes/shared/api/replay.ts';
import type * as Kinds from '../../../../nodes/shared/events/kinds/index.ts';
import type * as Subscription from '../../../../nodes/shared/api/documents/subscription.ts';
import { bareStream, subscription } from '../lib/bareStream.mts';
import { N8nCore, type Access, type Given } from '../lib/n8n.mts';
import { timed } from '../lib/timed.mts';
import { rowLists } from '../server/rows.mts';

export interface ReplayInput extends Given, Access {
	/** Where pages are served; the stream comes from `endpoint`. */
	pages: string;
	from: string;
	/** Time of the last row that is wanted. */
	to: string;
	rounds: number;
}

export interface ReplayResult {
	ours: number[];
	peer: number[];
	/** A bare stream of the same rows: what nobody can beat by reading better. */
	bare: number[];
	oursRows: number;
	peerRows: number;
	bareRows: number;
	/** Processor time of this process, milliseconds. */
	oursCpu: number[];
	peerCpu: number[];
	/** The same for `JSON.parse` of all frames: the least that any client needs. */
	parseCpu: number[];
}

const PAGE = 100;

/** Reads a window of completions through our stream, and page by page with graphql-request; rows are dropped at once. */
export async function measure(input: ReplayInput): Promise<ReplayResult> {
	const n8n = new N8nCore(input);
	const { PicoClient } = n8n.ours<typeof Client>('./dist/nodes/shared/api/client.js');
	const { replay } = n8n.ours<typeof Replay>('./dist/nodes/shared/api/replay.js');
	const { orderCompleted } = n8n.ours<typeof Kinds>('./dist/nodes/shared/events/kinds/index.js');
	const { selectionOf } = n8n.ours<typeof Subscription>('./dist/nodes/shared/api/documents/subscription.js');

	const { context } = n8n.triggerContext({}, input, () => undefined);
	const client = await PicoClient.of(context as never);
	const result: ReplayResult = { ours: [], peer: [], bare: [], oursRows: 0, peerRows: 0, bareRows: 0, oursCpu: [], peerCpu: [], parseCpu: [] };

	const ours = async () => {
		result.oursRows = 0;
		for await (const batch of replay(client, orderCompleted, { from: input.from, to: input.to, batchSize: PAGE })) {
			result.oursRows += batch.length;
		}
	};

	const graphql = new GraphQLClient(input.pages, { headers: { 'x-pico-api-org': input.token } });
	const document = `query ($after: Time!) { operationOrderCompletes(where: { at: { _gt: $after } }, limit: ${PAGE}) ${selectionOf(orderCompleted, await client.dialect())} }`;
	const pages = async () => {
		result.peerRows = 0;
		let after = new Date(Date.parse(input.from) - 1).toISOString();
		while (after < input.to) {
			const data = await graphql.request<{ operationOrderCompletes: Array<{ at: string }> }>(document, { after });
			const wanted = data.operationOrderCompletes.filter(({ at }) => at <= input.to);
			result.peerRows += wanted.length;
			after = data.operationOrderCompletes.at(-1)?.at ?? input.to;
			if (wanted.length < PAGE) break;
		}
	};

	const bare = async () => {
		result.bareRows = 0;
		const last = result.oursRows;
		const stream: { close?: () => void } = {};
		await new Promise<void>((resolve, reject) => {
			const onRows = (rows: unknown[]) => {
				result.bareRows += rows.filter((row) => (row as { at: string }).at <= input.to).length;
				if (result.bareRows >= last) resolve();
			};
			const before = new Date(Date.parse(input.from) - 1).toISOString();
			bareStream(input.endpoint, subscription(before), onRows).then(({ close }) => (stream.close = close), reject);
		});
		stream.close?.();
	};

	for (let round = 0; round <= input.rounds; round++) {
		const own = await timed(ours);
		const other = await timed(pages);
		const least = await timed(bare);
		if (round === 0) continue;
		result.bare.push(least.ms);
		result.ours.push(own.ms);
		result.oursCpu.push(own.cpuMs);
		result.peer.push(other.ms);
		result.peerCpu.push(other.cpuMs);
	}
	const frames = rowLists(result.oursRows).map((list) => `{"data":{"operationOrderCompletesStream":${list}}}`);
	for (let round = 0; round < 3; round++) {
		const parse = await timed(async () => frames.forEach((frame) => void JSON.parse(frame)));
		result.parseCpu.push(parse.cpuMs);
	}
	return result;
}
