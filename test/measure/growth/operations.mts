import { startSandboxProcess } from '../../kit/sandbox.mts';
import { measureInProcess } from '../bench/lib/processes.mts';
import { sameCount } from '../bench/lib/row.mts';
import type { Curve } from './curves.mts';
import type { NodeResult } from './measure/node.mts';
import { panelOf, type Growth, type Part } from './part.mts';
import { startReplayServer } from './replayServer.mts';

const SIZES = [100, 1_000, 5_000, 20_000, 50_000];
const QUICK = [100, 500, 2_000];
/** Operations listed in one round, about. */
const PER_ROUND = 5_000;
const WITHIN_MS = 300_000;

async function measureOperations({ places, quick, rounds, say }: Growth): Promise<Curve[]> {
	const curve = (name: string): Curve => ({ name, sizes: 'operations', unit: 'ms', kind: 'time', points: [] });
	const [full, simplified, cpu] = [curve('List, full'), curve('List, simplified'), curve('Processor time, full')];
	for (const size of quick ? QUICK : SIZES) {
		say(`${size.toLocaleString('en-US')} operations`);
		const sandbox = await startSandboxProcess();
		const server = await startReplayServer(sandbox.endpoint);
		try {
			const before = await sandbox.control<{ operations: unknown[] }>('GET', 'state');
			await sandbox.control('POST', 'operations/bulk', { count: size - before.operations.length });
			const measure = async (output: string) => {
				const parameters = { resource: 'operation', operation: 'getAll', returnAll: true, output, filters: { includeArchived: true } };
				const executions = Math.max(1, Math.round(PER_ROUND / size));
				const input = { endpoint: server.endpoint, token: sandbox.token, parameters, rounds, executions };
				const result = await measureInProcess<NodeResult>(places, '../../growth/measure/node', input, WITHIN_MS);
				sameCount('operations', size, { 'the node': result.items });
				return result;
			};
			const result = await measure('full');
			full.points.push({ size, values: result.ms });
			cpu.points.push({ size, values: result.cpuMs });
			simplified.points.push({ size, values: (await measure('simplified')).ms });
		} finally {
			await server.close();
			await sandbox.close();
		}
	}
	return [full, simplified, cpu];
}

export const operations: Part = {
	title: 'Listing operations',
	about: 'One execution of the Pico MES node on the workflow engine of n8n, one item for each operation. The answers are prepared.',
	measure: measureOperations,
	panels: (curves) => [panelOf('', 'Operations', 'Time, ms', curves)],
};
