import './quiet.mts';

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

import { credentialsOf, surroundings, type Subject } from './engine.mts';

export interface NodeRunOptions<Access extends object> {
	/** Parameters of the node, as a workflow file holds them. */
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

/** Runs the node from its source on n8n's own workflow engine, behind a node that hands out the input items. */
export async function runOnEngine<Access extends object>(subject: Subject, options: NodeRunOptions<Access>): Promise<NodeRun> {
	const node: INode = {
		id: 'node-1',
		name: subject.name,
		type: subject.type,
		typeVersion: 1,
		position: [200, 0],
		parameters: options.parameters as INode['parameters'],
		credentials: credentialsOf(subject),
		...(options.onError ? { onError: options.onError } : {}),
	};
	const start: INode = { id: 'start-node', name: START, type: 'test.start', typeVersion: 1, position: [0, 0], parameters: {} };
	const workflow = new Workflow({
		id: 'test-workflow',
		name: 'Test',
		nodes: [start, node],
		connections: { [START]: { main: [[{ node: subject.name, type: 'main', index: 0 }]] } },
		active: false,
		nodeTypes: nodeTypes(subject),
		settings: { executionOrder: 'v1', timezone: 'Europe/Berlin' },
	});
	const input = (options.items ?? [{}]).map((json): INodeExecutionData => ({ json }));
	const runData = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node: start, data: { main: [input] }, source: null }] },
	});
	const hooks = new ExecutionLifecycleHooks('manual', '1', workflow as unknown as IWorkflowBase);
	const additional = surroundings(subject.credential, options.credential, { hooks });
	const execution = new WorkflowExecute(additional, 'manual', runData).processRunExecutionData(workflow);
	void options.cancelWhen?.then(() => execution.cancel());
	const run = await execution;
	const task = run.data.resultData.runData[subject.name]?.[0];
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

function nodeTypes({ type, node }: Subject): INodeTypes {
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
	const types: Record<string, INodeType> = { 'test.start': start, [type]: node() };
	return { getByName: (name) => types[name], getByNameAndVersion: (name) => types[name], getKnownTypes: () => ({}) };
}
