import type { IDataObject } from 'n8n-workflow';

import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { N8nCore, type Access } from '../kit/n8nCore.mts';
import { inProcess, inTurns, timed, type Given } from '../kit/processes.mts';
import { pairedRatio } from '../kit/stats.mts';
import { runs, thousands, type Question } from './context.mts';
import { ratioRow, sameCount, times } from './report.mts';

const OPERATIONS = 5_000;
const ORDERS = 200;
const LATENCY_MS = 20;
/** One run is several executions, so that the noise of a single one does not decide. */
const EXECUTIONS = 5;
const LIST = { resource: 'operation', operation: 'getAll', returnAll: true, output: 'raw', filters: { includeArchived: true } };

interface State {
	operations: Array<{ id: string }>;
	orders: Array<{ externalOrderId: string }>;
}

const accessOf = ({ endpoint, token }: SandboxProcess): Access => ({ endpoint, token });

/** P13: listing operations beside n8n's own GraphQL node with the very query that our node sends. */
export const list: Question = async (bench) => {
	const sandbox = await startSandboxProcess();
	try {
		await sandbox.control('POST', 'operations/bulk', { count: OPERATIONS });
		const { operations } = await sandbox.control<State>('GET', 'state');
		const access = accessOf(sandbox);
		const firstCall = async (side: 'ours' | 'peer', document: string) => await inProcess(bench.places, import.meta.url, listOnce, { ...access, document, side });
		// Warms the server up, and shows the document.
		await firstCall('ours', '');
		const calls = await sandbox.control<Array<{ document: string }>>('GET', 'calls');
		const { document } = calls[calls.length - 1];
		const { items, ours, peer } = await inProcess(bench.places, import.meta.url, listByBoth, { ...access, document, rounds: runs(bench) });
		sameCount('listing operations', operations.length, { 'our node': items.ours, 'the GraphQL node': items.peer });
		const common = { unit: 'ms', peerName: 'GraphQL node' };
		const note = `Each run is five executions on n8n's workflow engine. Ours makes one item for each operation (output Full: the same data), the GraphQL node one item with the whole answer. Processor time of n8n alone: ${times(pairedRatio(ours.cpu, peer.cpu))}.`;
		const rows = [ratioRow({ ...common, p: 'P13', what: `List ${thousands(OPERATIONS)} operations`, ours: ours.ms, peer: peer.ms, atMost: 1.05, notes: [note] })];
		if (bench.quick) return rows;
		const first = { ours: [] as number[], peer: [] as number[] };
		for (let run = 0; run < 3; run++) for (const side of ['ours', 'peer'] as const) first[side].push(await firstCall(side, document));
		return [...rows, ratioRow({ ...common, what: 'The same, first call in a new process', ...first, notes: ['Includes asking the server for its names, once in ten minutes for each endpoint.'] })];
	} finally {
		await sandbox.close();
	}
};

/** Our node and the GraphQL node, each listing all operations. */
function listers(input: Given & Access & { document: string }) {
	const n8n = new N8nCore(input);
	const pico = n8n.pico();
	const { type, parameters } = n8n.graphql(input, input.document);
	const items = { ours: 0, peer: 0 };
	return {
		items,
		ours: async () => void (items.ours = (await n8n.run(pico, LIST, input)).length),
		async peer() {
			const [{ json }] = await n8n.run(type, parameters, input);
			items.peer = (json.data as { operations: unknown[] }).operations.length;
		},
	};
}

export const listOnce = async (input: Given & Access & { document: string; side: 'ours' | 'peer' }) => (await timed(listers(input)[input.side])).ms;

export async function listByBoth(input: Given & Access & { document: string; rounds: number }) {
	const { items, ours, peer } = listers(input);
	const repeated = (work: () => Promise<void>) => async () => {
		for (let execution = 0; execution < EXECUTIONS; execution++) await work();
	};
	return { ...(await inTurns(input.rounds, { ours: repeated(ours), peer: repeated(peer) })), items };
}

/** Saving orders beside one request after the other. */
export const save: Question = async (bench) => {
	const sandbox = await startSandboxProcess({ switches: { latencyMs: LATENCY_MS } });
	try {
		await sandbox.control('POST', 'operations/bulk', { count: 1 });
		const { operations } = await sandbox.control<State>('GET', 'state');
		const operationId = operations[operations.length - 1].id;
		const { saved, prefixes, ours, peer } = await inProcess(bench.places, import.meta.url, saveByBoth, { ...accessOf(sandbox), operationId, rounds: runs(bench) });
		const { orders } = await sandbox.control<State>('GET', 'state');
		sameCount('saving orders', ORDERS, { 'our node': saved.ours, 'the GraphQL node': saved.peer });
		for (const prefix of prefixes) {
			sameCount(`orders of '${prefix}' in Pico`, ORDERS, { 'the server': orders.filter(({ externalOrderId }) => externalOrderId.startsWith(`${prefix}-`)).length });
		}
		const notes = ['One input item for each order on both sides; our node has several requests under way at once.'];
		return [ratioRow({ what: `Save ${ORDERS} orders, ${LATENCY_MS} ms latency`, unit: 'ms', ours: ours.ms, peer: peer.ms, peerName: 'GraphQL node, one by one', atMost: 0.2, notes })];
	} finally {
		await sandbox.close();
	}
};

/** Saves orders, one for each input item: with our node, and with n8n's GraphQL node, which takes one after the other. */
export async function saveByBoth(input: Given & Access & { operationId: string; rounds: number }) {
	const n8n = new N8nCore(input);
	const pico = n8n.pico();
	const { type, parameters } = n8n.graphql(input, `=mutation { operationOrderSave(input: { operationId: "${input.operationId}", externalOrderId: "{{ $json.orderId }}", orderIndex: 0 }) { message } }`);
	const ours = { resource: 'operationOrder', operation: 'save', operationId: { __rl: true, mode: 'id', value: input.operationId }, orderId: '={{ $json.orderId }}', quantity: 1 };
	const saved = { ours: 0, peer: 0 };
	/** Order ids begin with these. */
	const prefixes: string[] = [];
	const items = (): IDataObject[] => {
		const prefix = `order${prefixes.length}`;
		prefixes.push(prefix);
		return Array.from({ length: ORDERS }, (_, index) => ({ orderId: `${prefix}-${index}` }));
	};
	// The first turn warms up: connections, compiled code, and what our node learns of the server.
	const sides = await inTurns(input.rounds, {
		ours: async () => void (saved.ours = (await n8n.run(pico, ours, input, items())).filter(({ json }) => json.result === 'created').length),
		peer: async () => void (saved.peer = (await n8n.run(type, parameters, input, items())).filter(({ json }) => JSON.stringify(json).includes('reated')).length),
	});
	return { ...sides, saved, prefixes };
}
