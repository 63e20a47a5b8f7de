import { startSandboxProcess } from '../../kit/sandbox.mts';
import { measureInProcess } from '../lib/processes.mts';
import { sameCount, times, type Row } from '../lib/row.mts';
import { pairedRatio, series } from '../lib/stats.mts';
import type { ListInput, ListResult } from '../measure/list.mts';
import { accessOf, RUNS, type Measure } from './context.mts';

const OPERATIONS = 5_000;

/** Listing operations beside n8n's own GraphQL node with the very query that our node sends. */
export const list: Measure = async ({ places }) => {
	const sandbox = await startSandboxProcess();
	try {
		await sandbox.control('POST', 'operations/bulk', { count: OPERATIONS });
		const { operations } = await sandbox.control<{ operations: unknown[] }>('GET', 'state');
		const measure = async (input: Partial<ListInput>) =>
			await measureInProcess<ListResult>(places, 'list', {
				...accessOf(sandbox),
				document: '',
				rounds: RUNS,
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
		const ratio = pairedRatio(result.ours, result.peer);
		const rows: Row[] = [
			{
				what: `List ${OPERATIONS.toLocaleString('en-US')} operations`,
				unit: 'ms',
				ours: series(result.ours),
				peer: { name: 'GraphQL node', ...series(result.peer) },
				result: ratio,
				shown: times(ratio),
				target: { text: '<= 1.1x', met: ratio <= 1.1 },
				notes: [
					"Each run is five executions on n8n's workflow engine. Ours makes one item for each operation (output Full: the same data), the GraphQL node one item with the whole answer.",
				],
			},
		];
		const first = { ours: [] as number[], peer: [] as number[] };
		for (let run = 0; run < 3; run++) {
			for (const side of ['ours', 'peer'] as const)
				first[side].push((await measure({ document, first: side })).firstMs);
		}
		const firstRatio = pairedRatio(first.ours, first.peer);
		rows.push({
			what: 'The same, first call in a new process',
			unit: 'ms',
			ours: series(first.ours),
			peer: { name: 'GraphQL node', ...series(first.peer) },
			result: firstRatio,
			shown: times(firstRatio),
			notes: ['Includes asking the server for its names, once in ten minutes for each endpoint.'],
		});
		return rows;
	} finally {
		await sandbox.close();
	}
};
