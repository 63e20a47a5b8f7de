import type { IDataObject } from 'n8n-workflow';

import { N8nCore, type Access, type Given } from '../lib/n8n.mts';
import { timed } from '../lib/timed.mts';

export interface SaveInput extends Given, Access {
	operationId: string;
	orders: number;
	rounds: number;
}

export interface SaveResult {
	ours: number[];
	peer: number[];
	oursItems: number;
	peerItems: number;
	/** Order ids begin with this, the round and `ours` or `peer`. */
	prefixes: string[];
}

/** Saves orders, one for each input item: with our node, and with n8n's GraphQL node, which takes one after the other. */
export async function measure(input: SaveInput): Promise<SaveResult> {
	const n8n = new N8nCore(input);
	const pico = n8n.pico();
	const graphql = n8n.own('GraphQL/GraphQL.node.js', 'GraphQL');
	const result: SaveResult = { ours: [], peer: [], oursItems: 0, peerItems: 0, prefixes: [] };
	const itemsOf = (prefix: string): IDataObject[] => {
		result.prefixes.push(prefix);
		return Array.from({ length: input.orders }, (_, index) => ({ orderId: `${prefix}-${index}` }));
	};

	const ours = async (prefix: string) => {
		const parameters = {
			resource: 'operationOrder',
			operation: 'save',
			operationId: { __rl: true, mode: 'id', value: input.operationId },
			orderId: '={{ $json.orderId }}',
			quantity: 1,
		};
		const items = await n8n.run(pico, parameters, input, itemsOf(prefix));
		result.oursItems = items.filter(({ json }) => json.result === 'created').length;
	};
	const peer = async (prefix: string) => {
		const parameters = {
			authentication: 'headerAuth',
			endpoint: input.endpoint,
			requestFormat: 'json',
			responseFormat: 'json',
			query: `=mutation { operationOrderSave(input: { operationId: "${input.operationId}", externalOrderId: "{{ $json.orderId }}", orderIndex: 0 }) { message } }`,
		};
		const items = await n8n.run(graphql, parameters, input, itemsOf(prefix));
		result.peerItems = items.filter(({ json }) => JSON.stringify(json).includes('reated')).length;
	};

	// Warm-up: connections, compiled code, and what our node learns of the server.
	await ours('warm-ours');
	await peer('warm-peer');
	for (let round = 0; round < input.rounds; round++) {
		result.ours.push((await timed(async () => await ours(`${round}-ours`))).ms);
		result.peer.push((await timed(async () => await peer(`${round}-peer`))).ms);
	}
	return result;
}
