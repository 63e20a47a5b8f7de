import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { measureInProcess } from '../bench/lib/processes.mts';
import { sameCount } from '../bench/lib/row.mts';
import type { AttachResult } from './measure/attach.mts';
import type { Curve } from './curves.mts';
import type { NodeResult } from './measure/node.mts';
import { ofKind, panelOf, type Growth, type Part } from './part.mts';
import { startReplayServer } from './replayServer.mts';

const SIZES = [1, 5, 10, 20, 50];
const QUICK = [1, 5, 20];
/** Operations on each level, one of which has the next level below it. */
const WIDTH = 20;
const EXECUTIONS = 20;
const KIB = 1024;

/** A product with so many levels of steps below it. */
async function deploy(sandbox: SandboxProcess, depth: number): Promise<string> {
	const make = async (partNumber: string) =>
		(await sandbox.control<{ id: string }>('POST', 'operations/deploy', { partNumber, name: `Part ${partNumber}` })).id;
	const root = await make('DEEP');
	let parentId = root;
	for (let level = 1; level <= depth; level++) {
		const ids: string[] = [];
		for (let place = 0; place < WIDTH; place++) ids.push(await make(`DEEP-${level}-${place}`));
		for (const [childIndex, childId] of ids.entries()) await sandbox.control('POST', 'structure/change', { parentId, childId, childIndex });
		parentId = ids[WIDTH - 1];
	}
	return root;
}

async function measureDepth({ places, quick, rounds, say }: Growth): Promise<Curve[]> {
	const curve = (name: string, unit = 'ms', kind: Curve['kind'] = 'time'): Curve => ({ name, sizes: 'levels', unit, kind, points: [] });
	const [tree, flat, attached] = [curve('Get structure, tree'), curve('Get structure, flat rows'), curve('Attach structure to an event')];
	const [treeSize, flatSize] = [curve('Output, tree', 'KiB', 'count'), curve('Output, flat rows', 'KiB', 'count')];
	for (const size of quick ? QUICK : SIZES) {
		say(`${size} levels of ${WIDTH} operations`);
		const sandbox = await startSandboxProcess();
		const server = await startReplayServer(sandbox.endpoint);
		try {
			const operationId = await deploy(sandbox, size);
			const common = { endpoint: server.endpoint, token: sandbox.token, rounds, executions: EXECUTIONS };
			const measure = async (format: string, items: number) => {
				const picked = { __rl: true, mode: 'id', value: operationId };
				const parameters = { resource: 'operation', operation: 'getStructure', operationId: picked, format };
				const result = await measureInProcess<NodeResult>(places, '../../growth/measure/node', { ...common, parameters });
				sameCount(`structure, ${format}`, items, { 'the node': result.items });
				return result;
			};
			const asTree = await measure('tree', 1);
			const asRows = await measure('flat', 1 + size * WIDTH);
			const attach = await measureInProcess<AttachResult>(places, '../../growth/measure/attach', { ...common, operationId });
			tree.points.push({ size, values: asTree.ms });
			flat.points.push({ size, values: asRows.ms });
			attached.points.push({ size, values: attach.ms });
			treeSize.points.push({ size, values: [asTree.chars / KIB] });
			flatSize.points.push({ size, values: [asRows.chars / KIB] });
		} finally {
			await server.close();
			await sandbox.close();
		}
	}
	return [tree, flat, attached, treeSize, flatSize];
}

export const depth: Part = {
	title: 'Depth of a product structure',
	about: `${WIDTH} operations on each level, one of them with the next level below it. The answers are prepared.`,
	measure: measureDepth,
	panels: (curves) => [
		panelOf('Time', 'Levels', 'Time, ms', ofKind(curves, 'time')),
		panelOf('Size of what comes out', 'Levels', 'KiB of JSON', ofKind(curves, 'count')),
	],
};
