import type { IDataObject } from 'n8n-workflow';

import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { sameCount } from '../bench/report.mts';
import { N8nCore, type Access } from '../kit/n8nCore.mts';
import { inProcess, timed, type Given } from '../kit/processes.mts';
import { newCurve, ofKind, panelOf, type Curve, type Growth, type Part } from './curves.mts';
import { startReplayServer } from './replayServer.mts';

/** Operations listed in one round, about. */
const PER_ROUND = 5_000;
/** Operations on each level of a structure, one of which has the next level below it. */
const WIDTH = 20;
const KIB = 1024;

/** A Pico of each size, behind a server that gives its answers again. */
async function atEachSize(sizes: number[], say: (size: number) => void, work: (size: number, sandbox: SandboxProcess, access: Access) => Promise<void>): Promise<void> {
	for (const size of sizes) {
		say(size);
		const sandbox = await startSandboxProcess();
		const server = await startReplayServer(sandbox.endpoint);
		try {
			await work(size, sandbox, { endpoint: server.endpoint, token: sandbox.token });
		} finally {
			await server.close();
			await sandbox.close();
		}
	}
}

export const operations: Part = {
	title: 'Listing operations',
	about: 'One execution of the Pico MES node on the workflow engine of n8n, one item for each operation. The answers are prepared.',
	async measure({ places, quick, rounds, say }: Growth): Promise<Curve[]> {
		const [full, simplified, cpu] = ['List, full', 'List, simplified', 'Processor time, full'].map((name) => newCurve(name, 'ms'));
		const sizes = quick ? [100, 500, 2_000] : [100, 1_000, 5_000, 20_000, 50_000];
		await atEachSize(sizes, (size) => say(`${size.toLocaleString('en-US')} operations`), async (size, sandbox, access) => {
			const before = await sandbox.control<{ operations: unknown[] }>('GET', 'state');
			await sandbox.control('POST', 'operations/bulk', { count: size - before.operations.length });
			const list = async (output: string) => {
				const parameters = { resource: 'operation', operation: 'getAll', returnAll: true, output, filters: { includeArchived: true } };
				const result = await inProcess(places, import.meta.url, executeNode, { ...access, parameters, rounds, executions: Math.max(1, Math.round(PER_ROUND / size)) });
				sameCount('operations', size, { 'the node': result.items });
				return result;
			};
			const result = await list('full');
			full.points.push({ size, values: result.ms });
			cpu.points.push({ size, values: result.cpuMs });
			simplified.points.push({ size, values: (await list('simplified')).ms });
		});
		return [full, simplified, cpu];
	},
	panels: (curves) => [panelOf('', 'Operations', 'Time, ms', curves)],
};

/** A product with so many levels of steps below it. @returns its id */
async function deploy(sandbox: SandboxProcess, depth: number): Promise<string> {
	const make = async (partNumber: string) => (await sandbox.control<{ id: string }>('POST', 'operations/deploy', { partNumber, name: `Part ${partNumber}` })).id;
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

export const depth: Part = {
	title: 'Depth of a product structure',
	about: `${WIDTH} operations on each level, one of them with the next level below it. The answers are prepared.`,
	async measure({ places, quick, rounds, say }: Growth): Promise<Curve[]> {
		const [tree, flat, attached] = ['Get structure, tree', 'Get structure, flat rows', 'Attach structure to an event'].map((name) => newCurve(name, 'ms'));
		const [treeSize, flatSize] = ['Output, tree', 'Output, flat rows'].map((name) => newCurve(name, 'KiB', 'count'));
		await atEachSize(quick ? [1, 5, 20] : [1, 5, 10, 20, 50], (size) => say(`${size} levels of ${WIDTH} operations`), async (size, sandbox, access) => {
			const operationId = await deploy(sandbox, size);
			const common = { ...access, rounds, executions: 20 };
			const structure = async (format: string, items: number) => {
				const parameters = { resource: 'operation', operation: 'getStructure', operationId: { __rl: true, mode: 'id', value: operationId }, format };
				const result = await inProcess(places, import.meta.url, executeNode, { ...common, parameters });
				sameCount(`structure, ${format}`, items, { 'the node': result.items });
				return result;
			};
			const [asTree, asRows] = [await structure('tree', 1), await structure('flat', 1 + size * WIDTH)];
			tree.points.push({ size, values: asTree.ms });
			flat.points.push({ size, values: asRows.ms });
			attached.points.push({ size, values: await inProcess(places, import.meta.url, attachStructure, { ...common, operationId }) });
			treeSize.points.push({ size, values: [asTree.chars / KIB] });
			flatSize.points.push({ size, values: [asRows.chars / KIB] });
		});
		return [tree, flat, attached, treeSize, flatSize];
	},
	panels: (curves) => [panelOf('Time', 'Levels', 'Time, ms', ofKind(curves, 'time')), panelOf('Size of what comes out', 'Levels', 'KiB of JSON', ofKind(curves, 'count'))],
};

interface Repeated {
	rounds: number;
	/** Executions in each round: short ones need several to be worth a time. */
	executions: number;
}

/** One execution, milliseconds and processor milliseconds, for each round. */
async function repeated({ rounds, executions }: Repeated, work: () => Promise<unknown>): Promise<{ ms: number[]; cpuMs: number[] }> {
	const result = { ms: [] as number[], cpuMs: [] as number[] };
	for (let round = 0; round < rounds; round++) {
		const { ms, cpuMs } = await timed(async () => {
			for (let count = 0; count < executions; count++) await work();
		});
		result.ms.push(ms / executions);
		result.cpuMs.push(cpuMs / executions);
	}
	return result;
}

/** Executions of the Pico MES node on n8n's workflow engine, after two that warm up. */
export async function executeNode(input: Given & Access & Repeated & { parameters: IDataObject }) {
	const n8n = new N8nCore(input);
	const pico = n8n.pico();
	const execute = async () => await n8n.run(pico, input.parameters, input);
	await execute();
	const items = await execute();
	return { ...(await repeated(input, execute)), items: items.length, chars: JSON.stringify(items.map(({ json }) => json)).length };
}

/** What the trigger does for 'Attach Structure' with each event: ask, and unfold the structure. */
export async function attachStructure(input: Given & Access & Repeated & { operationId: string }): Promise<number[]> {
	const n8n = new N8nCore(input);
	const { structuresFor } = n8n.ours('delivery/attach');
	const { operationChanged } = n8n.ours('events/kinds/index');
	const client = await n8n.client(input);
	const event = n8n.ours('events/event').toEvent(operationChanged, { ...operationChanged.sample, id: input.operationId });
	const attach = async () => await structuresFor(client, operationChanged, [event], new AbortController().signal);
	await attach();
	const [row] = await attach();
	if (!row.structure) throw new Error(`no structure: ${String(row.structureMissing)}`);
	return (await repeated(input, attach)).ms;
}
