import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { ICredentialType, IDataObject, INode, INodeExecutionData, INodeType, IRun, ITriggerResponse, IWorkflowBase } from 'n8n-workflow';

import type * as Client from '../../../nodes/shared/api/client.ts';
import type * as Replay from '../../../nodes/shared/api/replay.ts';
import type * as Sse from '../../../nodes/shared/api/stream/sse.ts';
import type * as Subscription from '../../../nodes/shared/api/documents/subscription.ts';
import type * as Attach from '../../../nodes/shared/delivery/attach.ts';
import type * as Batch from '../../../nodes/shared/delivery/batch.ts';
import type * as Places from '../../../nodes/shared/delivery/place/place.ts';
import type * as Events from '../../../nodes/shared/events/event.ts';
import type * as Kinds from '../../../nodes/shared/events/kinds/index.ts';
import type { Given } from './processes.mts';

export interface Access {
	endpoint: string;
	token: string;
}

/** Modules of our built package that are measured by themselves. */
interface Ours {
	'api/client': typeof Client;
	'api/replay': typeof Replay;
	'api/stream/sse': typeof Sse;
	'api/documents/subscription': typeof Subscription;
	'delivery/attach': typeof Attach;
	'delivery/batch': typeof Batch;
	'delivery/place/place': typeof Places;
	'events/event': typeof Events;
	'events/kinds/index': typeof Kinds;
}

/** How a run of the workflow that a trigger started may end. */
type Done = { resolve(run: IRun): void } | undefined;
export type OnItems = (items: Array<{ json: IDataObject }>, end: () => void) => void;

const SUCCEEDED = { status: 'success', finished: true, data: { resultData: {} } } as unknown as IRun;
const URLS = ['restApiUrl', 'instanceBaseUrl', 'webhookBaseUrl', 'webhookTestBaseUrl', 'webhookWaitingBaseUrl', 'formWaitingBaseUrl'];

/** n8n-core, n8n's own nodes and our built nodes, all from the real n8n: both sides run on the very same engine. */
export class N8nCore {
	private readonly require: NodeJS.Require;
	private readonly requirePico: NodeJS.Require;
	readonly core: typeof import('n8n-core');
	readonly flow: typeof import('n8n-workflow');
	private readonly credential: ICredentialType;

	constructor({ host, pico }: Given) {
		this.require = createRequire(join(host, 'package.json'));
		this.requirePico = createRequire(join(pico, 'package.json'));
		this.require('reflect-metadata');
		this.core = this.require('n8n-core') as typeof import('n8n-core');
		this.flow = this.require('n8n-workflow') as typeof import('n8n-workflow');
		this.credential = this.newOf('./dist/credentials/PicoApi.credentials.js', 'PicoApi');
	}

	ours<K extends keyof Ours>(path: K): Ours[K] {
		return this.requirePico(`./dist/nodes/shared/${path}.js`) as Ours[K];
	}

	pico(): INodeType {
		return this.newOf('./dist/nodes/Pico/Pico.node.js', 'Pico');
	}

	/** n8n's GraphQL node with the parameters that both uses of it share. */
	graphql({ endpoint }: Access, query: string): { type: INodeType; parameters: IDataObject } {
		const { GraphQL } = this.require('n8n-nodes-base/dist/nodes/GraphQL/GraphQL.node.js') as { GraphQL: new () => INodeType };
		return { type: new GraphQL(), parameters: { authentication: 'headerAuth', endpoint, requestFormat: 'json', responseFormat: 'json', query } };
	}

	/** Our client as a trigger gets it. */
	async client(access: Access): Promise<Client.PicoClient> {
		const { context } = this.triggerContext({}, access, () => undefined);
		return await this.ours('api/client').PicoClient.of(context as never);
	}

	/** Runs a node behind one that hands out `items`, on n8n's workflow engine. */
	async run(type: INodeType, parameters: IDataObject, access: Access, items: IDataObject[] = [{}]): Promise<INodeExecutionData[]> {
		const { Workflow, createRunExecutionData } = this.flow;
		const start: INode = { id: 'start', name: 'Start', type: 'bench.start', typeVersion: 1, position: [0, 0], parameters: {} };
		const node = nodeOf(type, parameters);
		const types: Record<string, INodeType> = { 'bench.start': startNode, [node.type]: type };
		const workflow = new Workflow({
			...{ id: 'bench', name: 'Bench', nodes: [start, node], active: false, settings: { executionOrder: 'v1' } },
			connections: { Start: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
			nodeTypes: { getByName: (name) => types[name], getByNameAndVersion: (name) => types[name], getKnownTypes: () => ({}) },
		});
		const input = items.map((json): INodeExecutionData => ({ json }));
		const data = createRunExecutionData({ executionData: { nodeExecutionStack: [{ node: start, data: { main: [input] }, source: null }] } });
		const hooks = new this.core.ExecutionLifecycleHooks('manual', '1', workflow as unknown as IWorkflowBase);
		const run = await new this.core.WorkflowExecute(this.additionalData(access, { hooks }), 'manual', data).processRunExecutionData(workflow);
		const task = run.data.resultData.runData[node.name]?.[0];
		if (run.status !== 'success') throw task?.error ?? run.data.resultData.error ?? new Error(`the run ended as ${run.status}`);
		return task?.data?.main?.[0] ?? [];
	}

	/** The context in which n8n runs a trigger of an active workflow. */
	triggerContext(parameters: IDataObject, access: Access, emit: (data: INodeExecutionData[][], done: Done) => void, staticData: IDataObject = {}, id = 'bench') {
		const type: INodeType = this.newOf('./dist/nodes/PicoTrigger/PicoTrigger.node.js', 'PicoTrigger');
		const node = nodeOf(type, parameters);
		const workflow = new this.flow.Workflow({
			...{ id, name: 'Bench', nodes: [node], connections: {}, active: true, staticData, settings: { executionOrder: 'v1' } },
			nodeTypes: { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) },
		});
		const ignore = () => undefined;
		const onEmit = (data: INodeExecutionData[][], _response: unknown, done?: Done) => emit(data, done);
		const onError = (error: Error) => console.error(error.message);
		const context = new this.core.TriggerContext(workflow, node, this.additionalData(access), 'trigger', 'activate', onEmit as never, ignore as never, onError as never);
		Object.defineProperty(context, 'logger', { value: { info: ignore, debug: ignore, warn: ignore, error: ignore } });
		return { context, workflow, type };
	}

	/** An active trigger. @param onItems told of the items of each run, which lasts until `end` is called */
	async trigger(parameters: IDataObject, access: Access, onItems: OnItems, staticData: IDataObject = {}): Promise<{ stop(): Promise<IDataObject> }> {
		const onEmit = (data: INodeExecutionData[][], done: Done) => onItems(data[0], () => done?.resolve(SUCCEEDED));
		const { context, type, workflow } = this.triggerContext({ event: 'orderCompleted', ...parameters }, access, onEmit, staticData);
		const started = (await type.trigger?.call(context)) as ITriggerResponse;
		return {
			stop: async () => {
				await started.closeFunction?.();
				return workflow.staticData;
			},
		};
	}

	private additionalData(access: Access, extra: object = {}) {
		const data: Record<string, IDataObject> = { picoApi: { ...access, ignoreTlsIssues: false }, httpHeaderAuth: { name: 'x-pico-api-org', value: access.token } };
		const authenticate = this.credential.authenticate as unknown as (c: IDataObject, r: IDataObject) => Promise<IDataObject>;
		const nothing = async () => undefined;
		const credentialsHelper = {
			getParentTypes: () => [],
			isCredentialUsableByNode: () => true,
			getDecrypted: async (_data: unknown, _node: unknown, type: string) => data[type],
			authenticate: async (decrypted: IDataObject, _type: string, request: IDataObject) => await authenticate(decrypted, request),
			getCredentialsProperties: () => [],
			...{ preAuthentication: nothing, runPreAuthentication: nothing, getCredentials: nothing, updateCredentials: nothing, updateCredentialsOauthTokenData: nothing },
		};
		return { credentialsHelper, executionId: '1', variables: {}, ...Object.fromEntries(URLS.map((name) => [name, 'http://127.0.0.1/'])), ...extra } as never;
	}

	private newOf<T>(path: string, name: string): T {
		return new (this.requirePico(path) as Record<string, new () => T>)[name]();
	}
}

const nodeOf = ({ description }: INodeType, parameters: IDataObject): INode => ({
	id: 'node-1',
	name: description.displayName,
	type: `bench.${description.name}`,
	typeVersion: [description.version].flat().at(-1) ?? 1,
	position: [200, 0],
	parameters: parameters as INode['parameters'],
	credentials: { picoApi: { id: '1', name: 'Pico' }, httpHeaderAuth: { id: '2', name: 'Header' } },
});

const startNode: INodeType = {
	description: { displayName: 'Start', name: 'start', group: ['trigger'], version: 1, description: 'Hands its input on', defaults: { name: 'Start' }, inputs: [], outputs: ['main'], properties: [] },
	async execute() {
		return [this.getInputData()];
	},
};
