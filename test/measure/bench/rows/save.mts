import { startSandboxProcess } from '../../../kit/sandbox.mts';
import { measureInProcess } from '../lib/processes.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { sameCount } from '../lib/row.mts';
import type { SaveResult } from '../measure/save.mts';
import { accessOf, runs, type Measure } from './context.mts';

const ORDERS = 200;
const LATENCY_MS = 20;

/** Saving orders beside one request after the other. */
export const save: Measure = async (bench) => {
	const sandbox = await startSandboxProcess({ switches: { latencyMs: LATENCY_MS } });
	try {
		await sandbox.control('POST', 'operations/bulk', { count: 1 });
		const { operations } = await sandbox.control<{ operations: Array<{ id: string }> }>('GET', 'state');
		const operationId = operations[operations.length - 1].id;
		const input = { ...accessOf(sandbox), operationId, orders: ORDERS, rounds: runs(bench) };
		const result = await measureInProcess<SaveResult>(bench.places, 'save', input);
		const { orders } = await sandbox.control<{ orders: Array<{ externalOrderId: string }> }>('GET', 'state');
		sameCount('saving orders', ORDERS, { 'our node': result.oursItems, 'the GraphQL node': result.peerItems });
		for (const prefix of result.prefixes) {
			const saved = orders.filter(({ externalOrderId }) => externalOrderId.startsWith(`${prefix}-`)).length;
			sameCount(`orders of '${prefix}' in Pico`, ORDERS, { 'the server': saved });
		}
		return [
			ratioRow({
				what: `Save ${ORDERS} orders, ${LATENCY_MS} ms latency`,
				unit: 'ms',
				ours: result.ours,
				peer: result.peer,
				peerName: 'GraphQL node, one by one',
				atMost: 0.25,
				notes: ['One input item for each order on both sides; our node has five requests under way at once.'],
			}),
		];
	} finally {
		await sandbox.close();
	}
};
