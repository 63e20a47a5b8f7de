import * as core from 'n8n-core';
import type { IDataObject, INode, INodeExecutionData, IRun, ITriggerResponse, WorkflowActivateMode } from 'n8n-workflow';

import { PicoTrigger } from '../../nodes/PicoTrigger/PicoTrigger.node.ts';
import { workflowOf } from './engine.mts';
import { additionalData, type Access } from './picoAccess.mts';

export type RunEnd = 'success' | 'error' | 'waiting' | 'canceled' | 'never';

export interface StartedRun {
	items: IDataObject[];
	/** 0, or 1 for the Failed output. */
	output: number;
	key: string | undefined;
	/** 'running' until it ended; 'crashed' when the process was killed meanwhile. */
	status: RunEnd | 'running' | 'crashed';
}

interface Instance {
	alive: boolean;
	response?: ITriggerResponse;
}

/**
 * n8n's behaviour around a trigger, as far as it can lose or repeat events: static data reach the "database" only with
 * `emit` and after an activation; a deduplication key starts one run; a kill loses everything in memory. The trigger
 * itself runs on n8n-core's real context, with real requests.
 */
export class TriggerHost {
	readonly runs: StartedRun[] = [];
	readonly failedExecutions: Error[] = [];
	readonly logs: string[] = [];
	/** What the workflow does with the items; the default ends well at once. */
	workflow: (items: IDataObject[], run: StartedRun) => Promise<RunEnd> | RunEnd = () => 'success';
	/** The error of a run that ends in one. */
	runError: { message: string; description?: string } = { message: 'The ERP said no' };
	staticData: IDataObject = {};
	emits = 0;
	/** Set to make n8n forget finished runs, as pruning does. */
	keepsRuns = true;
	private instance: Instance | undefined;
	private readonly keys = new Set<string>();
	nodeName = 'Pico MES Trigger';
	workflowId = 'workflow1';
	/** Runs go through n8n's queue, which it shows by the id of their job. */
	queueMode = false;
	/** The workflow's own time-out; n8n's setting, in seconds. */
	runTimeoutSeconds: number | undefined;

	constructor(
		readonly access: Access,
		public parameters: IDataObject = {},
	) {}

	/** Items of all runs, in the order of their start. */
	get items(): IDataObject[] {
		return this.runs.flatMap(({ items }) => items);
	}

	get ids(): string[] {
		return this.items.map(({ eventId }) => String(eventId));
	}

	/** What is stored for the trigger. */
	get stored(): IDataObject {
		const global = (this.staticData.global ?? {}) as IDataObject;
		return (Object.values(global)[0] ?? {}) as IDataObject;
	}

	async activate(mode: WorkflowActivateMode = 'activate'): Promise<void> {
		const instance: Instance = { alive: true };
		this.instance = instance;
		const context = this.context(instance, mode);
		try {
			instance.response = await new PicoTrigger().trigger.call(context.context);
			if (instance.alive) this.persist(context.workflow);
		} catch (error) {
			instance.alive = false;
			throw error;
		}
	}

	/** A clean stop: `closeFunction`, nothing saved afterwards. */
	async deactivate(): Promise<void> {
		const instance = this.instance;
		this.instance = undefined;
		await instance?.response?.closeFunction?.();
		if (instance) instance.alive = false;
	}

	/** The process dies: nothing more is saved or started, and running runs are lost. */
	async kill(): Promise<void> {
		const instance = this.instance;
		this.instance = undefined;
		if (!instance) return;
		instance.alive = false;
		for (const run of this.runs) if (run.status === 'running') run.status = 'crashed';
		await instance.response?.closeFunction?.();
	}

	/** An editor test run; resolves with the items of the first `emit`. */
	async testRun(): Promise<IDataObject[]> {
		const before = JSON.stringify(this.staticData);
		const emitted: INodeExecutionData[][][] = [];
		const instance: Instance = { alive: true };
		const { context } = this.context(instance, 'manual', 'manual');
		const response = await new PicoTrigger().trigger.call(context);
		// As n8n does: the context throws on `emit` until `trigger()` has returned.
		Object.assign(context, { emit: (data: INodeExecutionData[][]) => void emitted.push(data) });
		await response.manualTriggerFunction?.();
		await response.closeFunction?.();
		if (JSON.stringify(this.staticData) !== before) throw new Error('a test run changed stored data');
		return (emitted[0]?.[0] ?? []).map(({ json }) => json);
	}

	private context(instance: Instance, activation: WorkflowActivateMode, mode: 'trigger' | 'manual' = 'trigger') {
		const node: INode = {
			id: 'node-1',
			name: this.nodeName,
			type: 'n8n-nodes-pico-mes.picoTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: this.parameters as INode['parameters'],
			credentials: { picoApi: { id: '1', name: 'Pico' } },
		};
		const workflow = workflowOf(new PicoTrigger(), node, JSON.parse(JSON.stringify(this.staticData)) as IDataObject, this.workflowId);
		const emit = (
			data: INodeExecutionData[][],
			_response?: unknown,
			done?: { resolve: (run: IRun) => void },
			key?: string,
		) => {
			if (!instance.alive) return;
			this.emits++;
			this.persist(workflow);
			const output = data.findIndex((list) => list.length > 0);
			void this.start(instance, output, data[output].map(({ json }) => json), key, done);
		};
		const context = new core.TriggerContext(
			workflow,
			node,
			additionalData(this.access),
			mode,
			activation,
			emit as never,
			((error: Error) => this.logs.push(`emitError ${error.message}`)) as never,
			((error: Error) => void this.failedExecutions.push(error)) as never,
		);
		const note = (level: string) => (text: string) => void this.logs.push(`${level} ${text}`);
		Object.assign(context, { getWorkflowSettings: () => ({ executionTimeout: this.runTimeoutSeconds }) });
		Object.defineProperty(context, 'logger', {
			value: { info: note('info'), warn: note('warn'), error: note('error'), debug: note('debug') },
		});
		return { context, workflow };
	}

	private persist(workflow: { staticData: unknown }): void {
		this.staticData = JSON.parse(JSON.stringify(workflow.staticData)) as IDataObject;
	}

	private async start(
		instance: Instance,
		output: number,
		items: IDataObject[],
		key: string | undefined,
		done?: { resolve: (run: IRun) => void },
	): Promise<void> {
		if (key !== undefined && this.keepsRuns && this.keys.has(key)) {
			await Promise.resolve();
			if (instance.alive) done?.resolve(undefined as unknown as IRun);
			return;
		}
		const run: StartedRun = { items, output, key, status: 'running' };
		this.runs.push(run);
		if (key !== undefined) this.keys.add(key);
		const end = await this.workflow(items, run);
		if (!instance.alive || end === 'never') return;
		run.status = end;
		done?.resolve({
			status: end,
			finished: end === 'success',
			...(this.queueMode ? { jobId: String(this.runs.length) } : {}),
			data: { resultData: { error: end === 'error' ? this.runError : undefined } },
		} as unknown as IRun);
	}
}
