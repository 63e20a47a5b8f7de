import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import * as core from 'n8n-core';
import type {
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	INode,
	INodeExecutionData,
	INodeType,
	IRun,
	ITriggerFunctions,
	ITriggerResponse,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
	Workflow,
	WorkflowActivateMode,
} from 'n8n-workflow';

import { credentialsOf, surroundings, workflowOf, type Subject } from './engine.mts';

type Mode = 'prod' | 'test';
type Hooks = Record<'checkExists' | 'create' | 'delete', (this: IHookFunctions) => Promise<boolean>>;
interface WebhookNode extends INodeType {
	webhookMethods: { default: Hooks };
	webhook(this: IWebhookFunctions): Promise<IWebhookResponseData>;
	trigger?(this: ITriggerFunctions): Promise<ITriggerResponse | undefined>;
}
interface WebhookSubject extends Subject {
	node: () => WebhookNode;
}
type WebhookData = ConstructorParameters<typeof core.WebhookContext>[4];

interface Answer {
	status: number;
	body: IDataObject;
}

const FIRST_RUN_DELAY_MS = 5;

/**
 * n8n's behaviour around a webhook trigger, as far as it can lose or repeat events, in the order of n8n 2.41: each call
 * reads static data anew, the run is started first, then static data are saved if they count as changed, and then comes
 * the answer. The trigger itself runs on n8n-core's real contexts behind a real HTTP server.
 */
export abstract class WebhookNodeHost<Access extends object> {
	/** Items of each run, in the order of their start. */
	readonly runs: IDataObject[][] = [];
	readonly logs: string[] = [];
	readonly answers: Answer[] = [];
	/** Runs that failed at the trigger itself, and failed executions that it left without a run. */
	readonly failed: Error[] = [];
	staticData: IDataObject = {};
	nodeName: string;
	workflowId = 'workflow1';
	/** Set to let every call fail on the way, as a dead line does. */
	down = false;
	/** Set to let n8n fail to start runs. */
	runsFail = false;
	/** How long n8n's database takes before it knows of a run. */
	runDelayMs = FIRST_RUN_DELAY_MS;
	/** Base of the addresses that n8n hands out; that of the server when empty. */
	publicUrl = '';
	/** Set to have n8n serve no address of this node, as after an import without a webhook ID. */
	unserved = false;
	private active = false;
	private running: ITriggerResponse | undefined;
	private readonly usedKeys = new Set<string>();
	private testing: { staticData: IDataObject; hit: (items: IDataObject[]) => void } | undefined;
	private readonly server: Server;
	private port = 0;

	protected constructor(
		private readonly subject: WebhookSubject,
		readonly access: Access,
		public parameters: IDataObject = {},
	) {
		this.nodeName = subject.name;
		this.server = createServer((request, response) => void this.handle(request, response));
	}

	async open(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.port = (this.server.address() as AddressInfo).port;
		return this;
	}

	async close(): Promise<void> {
		if (this.active) await this.deactivate();
		await this.restart();
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	get items(): IDataObject[] {
		return this.runs.flat();
	}

	get url(): string {
		return this.address('prod');
	}

	/** The registration that is stored for the node. */
	get registration(): IDataObject | undefined {
		return (this.staticData[`node:${this.nodeName}`] as IDataObject | undefined)?.registration as IDataObject | undefined;
	}

	get secret(): string {
		return String(this.registration?.secret);
	}

	async activate(): Promise<void> {
		const { hooks, call, workflow, type } = this.hook('prod', this.staticData, 'trigger', 'activate');
		const register = async () => {
			if (!(await hooks.checkExists.call(call))) await hooks.create.call(call);
		};
		await this.stopTrigger();
		const [registered] = await Promise.allSettled([register(), this.runTrigger(type, workflow, 'activate')]);
		if (registered.status === 'rejected') {
			await this.stopTrigger();
			await hooks.delete.call(call);
			throw registered.reason;
		}
		this.save(workflow);
		this.active = true;
	}

	async deactivate(): Promise<void> {
		this.active = false;
		await this.stopTrigger();
		const { hooks, call, workflow } = this.hook('prod', this.staticData, 'internal', 'update');
		await hooks.delete.call(call);
		this.save(workflow);
	}

	/** The process ends and starts again: what it had in memory is gone; n8n 2.40 and newer call no hook, only triggers. */
	async restart(): Promise<void> {
		this.forget();
		await this.stopTrigger();
		if (!this.active) return;
		const type = this.subject.node();
		await this.runTrigger(type, workflowOf(type, this.node(), plain(this.staticData), this.workflowId), 'init');
	}

	/** Throws away what the node's modules have in memory. */
	protected abstract forget(): void;

	private async runTrigger(type: WebhookNode, workflow: Workflow, activation: WorkflowActivateMode): Promise<void> {
		if (!type.trigger) return;
		const emit = (data: INodeExecutionData[][], _response?: unknown, done?: { resolve: (run: IRun) => void; reject: (error: Error) => void }, key?: string) => {
			this.save(workflow);
			if (this.runsFail) return void done?.reject(new Error('Error starting the workflow'));
			if (key !== undefined && this.usedKeys.has(key)) return void done?.resolve(undefined as unknown as IRun);
			if (key !== undefined) this.usedKeys.add(key);
			void this.startRun(type, data[0]).then(() => done?.resolve({} as IRun));
		};
		const saveFailedExecution = (error: Error) => void this.failed.push(error);
		const context = new core.TriggerContext(workflow, this.node(), this.additional(), 'trigger', activation, emit, undefined, saveFailedExecution as never);
		this.listenToLog(context);
		this.running = await type.trigger.call(context);
	}

	private async stopTrigger(): Promise<void> {
		await this.running?.closeFunction?.();
		this.running = undefined;
	}

	/** Runs the trigger at the head of the workflow, as n8n does. */
	private async startRun(type: WebhookNode, items: INodeExecutionData[]): Promise<void> {
		try {
			await type.execute?.call({ getInputData: () => items, getNode: () => this.node() } as unknown as IExecuteFunctions);
			this.runs.push(items.map(({ json }) => json));
		} catch (error) {
			this.failed.push(error as Error);
		}
	}

	/** "Listen for test event": registers the test URL with empty static data and waits for the first hit. */
	async listenForTest(): Promise<{ items: Promise<IDataObject[]>; stop: () => Promise<void> }> {
		const { hooks, call, workflow } = this.hook('test', {}, 'manual', 'manual');
		if (!(await hooks.checkExists.call(call))) await hooks.create.call(call);
		const staticData = plain(workflow.staticData);
		const stop = async () => {
			this.testing = undefined;
			const { hooks, call } = this.hook('test', staticData, 'internal', 'update');
			await hooks.delete.call(call);
		};
		const items = new Promise<IDataObject[]>((hit) => (this.testing = { staticData, hit }));
		return { items, stop };
	}

	/** Calls the production address as anyone on the network could. */
	async call(
		body: unknown,
		headers: Record<string, string> = this.knownHeaders,
		hangUpAfterMs = 60_000,
	): Promise<Answer> {
		const response = await fetch(this.address('prod', true), {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
			signal: AbortSignal.timeout(hangUpAfterMs),
		});
		return { status: response.status, body: (await response.json()) as IDataObject };
	}

	/** Headers that the other system sends with each call. */
	protected get knownHeaders(): Record<string, string> {
		return {};
	}

	private address(mode: Mode, local = false): string {
		return `${this.base(mode, local)}${this.path}`;
	}

	/** Behind the base: the id of the hook and the path that the node names. */
	private get path(): string {
		return `/hook-1/${this.description.path}`;
	}

	private get description(): IWebhookDescription {
		const [description] = this.subject.node().description.webhooks ?? [];
		return description;
	}

	private base(mode: Mode, local = false): string {
		const own = `http://127.0.0.1:${this.port}`;
		return `${local ? own : this.publicUrl || own}/${mode === 'test' ? 'webhook-test' : 'webhook'}`;
	}

	private additional(extra: Record<string, unknown> = {}) {
		return surroundings(this.subject.credential, this.access, { webhookBaseUrl: this.base('prod'), webhookTestBaseUrl: this.base('test'), ...extra });
	}

	private node(): INode {
		return {
			id: 'node-1',
			name: this.nodeName,
			type: this.subject.type,
			typeVersion: 1,
			position: [0, 0],
			webhookId: 'hook-1',
			parameters: this.parameters as INode['parameters'],
			credentials: credentialsOf(this.subject),
		};
	}

	private webhookData(mode: Mode): WebhookData {
		return { webhookDescription: this.description, isTest: mode === 'test', node: this.nodeName, workflowId: this.workflowId } as unknown as WebhookData;
	}

	private hook(mode: Mode, staticData: IDataObject, executionMode: 'trigger' | 'manual' | 'internal', activation: 'activate' | 'manual' | 'update') {
		const type = this.subject.node();
		const node = this.node();
		const workflow = workflowOf(type, node, plain(staticData), this.workflowId);
		const call = new core.HookContext(workflow, node, this.additional(), executionMode, activation, this.webhookData(mode));
		this.listenToLog(call);
		return { hooks: type.webhookMethods.default, call, workflow, type };
	}

	private listenToLog(context: object): void {
		const note = (level: string) => (text: string) => void this.logs.push(`${level} ${text}`);
		Object.defineProperty(context, 'logger', {
			value: { info: note('info'), warn: note('warn'), error: note('error'), debug: note('debug') },
		});
	}

	private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (this.down) return void request.socket.destroy();
		const mode: Mode = request.url?.startsWith('/webhook-test/') ? 'test' : 'prod';
		const rawBody = await bytesOf(request);
		// n8n parses only what it knows by its content type; everything else is left to the node.
		const body = /^application\/json\b/.test(request.headers['content-type'] ?? '') ? jsonOf(rawBody) : {};
		const answer = (status: number, value: unknown) => {
			this.answers.push({ status, body: value as IDataObject });
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
		};
		const known = mode === 'test' ? this.testing !== undefined : this.active;
		if (!known || this.unserved || !request.url?.endsWith(this.path)) return answer(404, { message: 'not registered' });
		if (body === undefined) return answer(422, { message: 'Failed to parse request body' });
		const httpResponse = Object.assign(response, {
			status(code: number) {
				response.statusCode = code;
				return httpResponse;
			},
			json: (value: unknown) => answer(response.statusCode, value),
		});
		try {
			await this.execute(mode, Object.assign(request, { body, rawBody }), httpResponse, answer);
		} catch (error) {
			answer(500, { message: error instanceof Error ? error.message : String(error) });
		}
	}

	private async execute(mode: Mode, httpRequest: object, httpResponse: object, answer: (status: number, value: unknown) => void) {
		const type = this.subject.node();
		const node = this.node();
		const stored = plain(mode === 'test' ? (this.testing?.staticData ?? {}) : this.staticData);
		const workflow = workflowOf(type, node, stored, this.workflowId);
		const extra = this.additional({ httpRequest, httpResponse });
		const context = new core.WebhookContext(
			workflow,
			node,
			extra,
			mode === 'test' ? 'manual' : 'webhook',
			this.webhookData(mode),
			[],
			null,
		);
		this.listenToLog(context);
		const result: IWebhookResponseData = await type.webhook.call(context);
		if (result.noWebhookResponse) return this.save(workflow);
		if (!result.workflowData) {
			this.save(workflow);
			return answer(200, result.webhookResponse ?? { message: 'Webhook call received' });
		}
		const [items] = result.workflowData;
		// n8n builds the workflow a second time from the very same object, which resets the note of changes.
		workflowOf(type, node, stored, this.workflowId);
		await new Promise((resolve) => setTimeout(resolve, this.runDelayMs));
		if (this.runsFail) return answer(500, { message: 'Error starting the workflow' });
		if (mode === 'test') this.testing?.hit(items.map(({ json }) => json));
		else await this.startRun(type, items);
		this.save(workflow, mode);
		return answer(200, result.webhookResponse ?? { message: 'Workflow was started' });
	}

	private save(workflow: Workflow, mode: Mode = 'prod'): void {
		if (mode === 'test' || !workflow.staticData.__dataChanged) return;
		this.staticData = plain(workflow.staticData);
	}
}

function plain(value: unknown): IDataObject {
	return JSON.parse(JSON.stringify(value)) as IDataObject;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}

function jsonOf(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString());
	} catch {
		return undefined;
	}
}
