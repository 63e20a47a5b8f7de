import { startSandboxProcess } from '../../../kit/sandbox.mts';
import { measureInProcess } from '../lib/processes.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { sameCount, times, type Row } from '../lib/row.mts';
import { pairedRatio } from '../lib/stats.mts';
import type { ListInput, ListResult } from '../measure/list.mts';
import { accessOf, runs, thousands, type Measure } from './context.mts';

const OPERATIONS = 5_000;

/** P13: listing operations beside n8n's own GraphQL node with the very query that our node sends. */
export const list: Measure = async (bench) => {
	const sandbox = await startSandboxProcess();
	try {
		await sandbox.control('POST', 'operations/bulk', { count: OPERATIONS });
		const { operations } = await sandbox.control<{ operations: unknown[] }>('GET', 'state');
		const measure = async (input: Partial<ListInput>) =>
			await measureInProcess<ListResult>(bench.places, 'list', {
				...accessOf(sandbox),
				document: '',
				rounds: runs(bench),
				first: 'none',
				...input,
			});
		// Warms the server up, and shows the document.
		await measure({ first: 'ours' });
		const calls = await sandbox.control<Array<{ document: string }>>('GET', 'calls');
		const document = calls[calls.length - 1].document;

		const result = await measure({ document });
		sameCount('listing operations', operations.length, {
			'our node': result.oursItems,
			'the GraphQL node': result.peerRows,
		});
		const rows: Row[] = [
			ratioRow({
				p: 'P13',
				what: `List ${thousands(OPERATIONS)} operations`,
				unit: 'ms',
				ours: result.ours,
				peer: result.peer,
				peerName: 'GraphQL node',
				atMost: 1.05,
				notes: [
					`Each run is five executions on n8n's workflow engine. Ours makes one item for each operation (output Full: the same data), the GraphQL node one item with the whole answer. Processor time of n8n alone: ${times(pairedRatio(result.oursCpu, result.peerCpu))}.`,
				],
			}),
		];
		if (bench.quick) return rows;
		const first = { ours: [] as number[], peer: [] as number[] };
		for (let run = 0; run < 3; run++) {
			for (const side of ['ours', 'peer'] as const)
				first[side].push((await measure({ document, first: side })).firstMs);
		}
		rows.push(
			ratioRow({
				what: 'The same, first call in a new process',
				unit: 'ms',
				...first,
				peerName: 'GraphQL node',
				notes: ['Includes asking the server for its names, once in ten minutes for each endpoint.'],
			}),
		);
		return rows;
	} finally {
		await sandbox.close();
	}
};
