import { createRequire } from 'node:module';
import { join } from 'node:path';

import type {
	ICredentialType,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeType,
	IRun,
	IWorkflowBase,
} from 'n8n-workflow';

/** The input of every measurement holds where things lie. */
export interface Given {
	host: string;
	pico: string;
	root: string;
}

export interface Access {
	endpoint: string;
	token: string;
}

type Emit = (
	data: INodeExecutionData[][],
	done: { resolve(run: IRun): void } | undefined,
	key: string | undefined,
) => void;

/** n8n-core, n8n's own nodes and our built nodes, all from the real n8n: both sides run on the very same engine. */
export class N8nCore {
	private readonly require: NodeJS.Require;
	private readonly requirePico: NodeJS.Require;
	readonly core: typeof import('n8n-core');
	readonly flow: typeof import('n8n-workflow');
	private readonly credential: ICredentialType;

	constructor(given: Given) {
		this.require = createRequire(join(given.host, 'package.json'));
		this.requirePico = createRequire(join(given.pico, 'package.json'));
		this.require('reflect-metadata');
		this.core = this.require('n8n-core') as typeof import('n8n-core');
		this.flow = this.require('n8n-workflow') as typeof import('n8n-workflow');
		this.credential = this.newOf('./dist/credentials/PicoApi.credentials.js', 'PicoApi');
	}

	/** A module of our built package, for example `./dist/nodes/shared/api/replay.js`. */
	ours<T>(path: string): T {
		return this.requirePico(path) as T;
	}

	pico(): INodeType {
		return this.newOf('./dist/nodes/Pico/Pico.node.js', 'Pico');
	}

	picoTrigger(): INodeType {
		return this.newOf('./dist/nodes/PicoTrigger/PicoTrigger.node.js', 'PicoTrigger');
	}

	/** A node of n8n itself. */
	own(file: string, name: string): INodeType {
		const loaded = this.require(`n8n-nodes-base/dist/nodes/${file}`) as Record<string, new () => INodeType>;
		return new loaded[name]();
	}

	/** Runs a node behind one that hands out `items`, on n8n's workflow engine. */
	async run(
		type: INodeType,
		parameters: IDataObject,
		access: Access,
		items: IDataObject[] = [{}],
	): Promise<INodeExecutionData[]> {
		const { Workflow, createRunExecutionData } = this.flow;
		const start: INode = {
			id: 'start',
			name: 'Start',
			type: 'bench.start',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const node = nodeOf(type, parameters);
		const types: Record<string, INodeType> = { 'bench.start': startNode, [node.type]: type };
		const workflow = new Workflow({
			id: 'bench',
			name: 'Bench',
			nodes: [start, node],
			connections: { Start: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
			active: false,
			nodeTypes: {
				getByName: (name) => types[name],
				getByNameAndVersion: (name) => types[name],
				getKnownTypes: () => ({}),
			},
			settings: { executionOrder: 'v1' },
		});
		const input = items.map((json): INodeExecutionData => ({ json }));
		const data = createRunExecutionData({
			executionData: { nodeExecutionStack: [{ node: start, data: { main: [input] }, source: null }] },
		});
		const hooks = new this.core.ExecutionLifecycleHooks('manual', '1', workflow as unknown as IWorkflowBase);
		const additional = this.additionalData(access, { hooks });
		const run = await new this.core.WorkflowExecute(additional, 'manual', data).processRunExecutionData(workflow);
		const task = run.data.resultData.runData[node.name]?.[0];
		if (run.status !== 'success')
			throw task?.error ?? run.data.resultData.error ?? new Error(`the run ended as ${run.status}`);
		return task?.data?.main?.[0] ?? [];
	}

	/** The context in which n8n runs a trigger of an active workflow. */
	triggerContext(parameters: IDataObject, access: Access, emit: Emit, staticData: IDataObject = {}, id = 'bench') {
		const type = this.picoTrigger();
		const node = nodeOf(type, parameters);
		const workflow = new this.flow.Workflow({
			id,
			name: 'Bench',
			nodes: [node],
			connections: {},
			active: true,
			nodeTypes: { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) },
			staticData,
			settings: { executionOrder: 'v1' },
		});
		const onEmit = (
			data: INodeExecutionData[][],
			_response: unknown,
			done?: { resolve(run: IRun): void },
			key?: string,
		) => emit(data, done, key);
		const ignore = () => undefined;
		const context = new this.core.TriggerContext(
			workflow,
			node,
			this.additionalData(access),
			'trigger',
			'activate',
			onEmit as never,
			ignore as never,
			((error: Error) => console.error(error.message)) as never,
		);
		Object.defineProperty(context, 'logger', { value: { info: ignore, debug: ignore, warn: ignore, error: ignore } });
		return { context, workflow, type };
	}

	private additionalData(access: Access, extra: object = {}) {
		const data: Record<string, IDataObject> = {
			picoApi: { ...access, ignoreTlsIssues: false },
			httpHeaderAuth: { name: 'x-pico-api-org', value: access.token },
		};
		const authenticate = this.credential.authenticate as unknown as (
			c: IDataObject,
			r: IDataObject,
		) => Promise<IDataObject>;
		const credentialsHelper = {
			getParentTypes: () => [],
			isCredentialUsableByNode: () => true,
			getDecrypted: async (_data: unknown, _node: unknown, type: string) => data[type],
			preAuthentication: async () => undefined,
			authenticate: async (decrypted: IDataObject, _type: string, request: IDataObject) =>
				await authenticate(decrypted, request),
			runPreAuthentication: async () => undefined,
			getCredentials: async () => undefined,
			getCredentialsProperties: () => [],
			updateCredentials: async () => undefined,
			updateCredentialsOauthTokenData: async () => undefined,
		};
		const urls = [
			'restApiUrl',
			'instanceBaseUrl',
			'webhookBaseUrl',
			'webhookTestBaseUrl',
			'webhookWaitingBaseUrl',
			'formWaitingBaseUrl',
		];
		return {
			credentialsHelper,
			executionId: '1',
			variables: {},
			...Object.fromEntries(urls.map((name) => [name, 'http://127.0.0.1/'])),
			...extra,
		} as never;
	}

	private newOf<T>(path: string, name: string): T {
		return new (this.requirePico(path) as Record<string, new () => T>)[name]();
	}
}

function nodeOf({ description }: INodeType, parameters: IDataObject): INode {
	return {
		id: 'node-1',
		name: description.displayName,
		type: `bench.${description.name}`,
		typeVersion: [description.version].flat().at(-1) ?? 1,
		position: [200, 0],
		parameters: parameters as INode['parameters'],
		credentials: {
			picoApi: { id: '1', name: 'Pico' },
			httpHeaderAuth: { id: '2', name: 'Header' },
		},
	};
}

const startNode: INodeType = {
	description: {
		displayName: 'Start',
		name: 'start',
		group: ['trigger'],
		version: 1,
		description: 'Hands its input on',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};
