import '../../../../test/kit/quiet.mts';

import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	Workflow,
	type ExecutionError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWorkflowBase,
	type NodeExecutionHint,
} from 'n8n-workflow';

import { Eryxon } from '../../nodes/Eryxon/Eryxon.node.ts';
import { additionalData, type Access } from './engine.mts';

export interface NodeRunOptions {
	/** Parameters of the Eryxon MES node, as a workflow file holds them. */
	parameters: IDataObject;
	/** Input items; one empty item when absent. */
	items?: IDataObject[];
	credential: Access;
	onError?: INode['onError'];
	/** Cancels the execution, as the stop button of the editor does. */
	cancelWhen?: Promise<unknown>;
}

export interface NodeRun {
	/** JSON of the items of the first output. */
	json: IDataObject[];
	items: INodeExecutionData[];
	/** JSON of the items of the error output, with `onError: 'continueErrorOutput'`. */
	failed: IDataObject[];
	error?: ExecutionError & { description?: string | null; context?: { itemIndex?: number }; httpCode?: string | null };
	hints: NodeExecutionHint[];
	status: IRun['status'];
	/** Everything the execution would store, as text, to look for secrets in it. */
	stored: string;
}

const START = 'Start';
const ERYXON = 'Eryxon MES';

/** Runs the node from its source on n8n's own workflow engine, behind a node that hands out the input items. */
export async function runNode(options: NodeRunOptions): Promise<NodeRun> {
	const node: INode = {
		id: 'eryxon-node',
		name: ERYXON,
		type: 'n8n-nodes-eryxon.eryxon',
		typeVersion: 1,
		position: [200, 0],
		parameters: options.parameters as INode['parameters'],
		credentials: { eryxonApi: { id: '1', name: 'Eryxon' } },
		...(options.onError ? { onError: options.onError } : {}),
	};
	const start: INode = { id: 'start-node', name: START, type: 'test.start', typeVersion: 1, position: [0, 0], parameters: {} };
	const workflow = new Workflow({
		id: 'test-workflow',
		name: 'Test',
		nodes: [start, node],
		connections: { [START]: { main: [[{ node: ERYXON, type: 'main', index: 0 }]] } },
		active: false,
		nodeTypes: nodeTypes(),
		settings: { executionOrder: 'v1', timezone: 'Europe/Berlin' },
	});
	const input = (options.items ?? [{}]).map((json): INodeExecutionData => ({ json }));
	const runData = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node: start, data: { main: [input] }, source: null }] },
	});
	const hooks = new ExecutionLifecycleHooks('manual', '1', workflow as unknown as IWorkflowBase);
	const surroundings = additionalData(options.credential, { hooks });
	const execution = new WorkflowExecute(surroundings, 'manual', runData).processRunExecutionData(workflow);
	void options.cancelWhen?.then(() => execution.cancel());
	const run = await execution;
	const task = run.data.resultData.runData[ERYXON]?.[0];
	const [items, failed] = task?.data?.main ?? [];
	return {
		items: items ?? [],
		json: (items ?? []).map(({ json }) => json),
		failed: (failed ?? []).map(({ json }) => json),
		error: task?.error ?? run.data.resultData.error,
		hints: task?.hints ?? [],
		status: run.status,
		stored: JSON.stringify(run.data),
	};
}

function nodeTypes(): INodeTypes {
	const start: INodeType = {
		description: {
			displayName: 'Start',
			name: 'start',
			group: ['trigger'],
			version: 1,
			description: 'Hands its input on',
			defaults: { name: START },
			inputs: [],
			outputs: ['main'],
			properties: [],
		},
		async execute() {
			return [this.getInputData()];
		},
	};
	const types: Record<string, INodeType> = { 'test.start': start, 'n8n-nodes-eryxon.eryxon': new Eryxon() };
	return { getByName: (name) => types[name], getByNameAndVersion: (name) => types[name], getKnownTypes: () => ({}) };
}
