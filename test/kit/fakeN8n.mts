import type { IDataObject, IExecuteResponsePromiseData, INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';

import type { PicoClient } from '../../nodes/shared/api/client.ts';
import { Report } from '../../nodes/shared/delivery/host.ts';
import { Place } from '../../nodes/shared/delivery/place/place.ts';
import type { RunHistory } from '../../nodes/shared/delivery/runs/allowance.ts';
import { Runs } from '../../nodes/shared/delivery/runs/runs.ts';
import type { TriggerSettings } from '../../nodes/shared/delivery/settings.ts';
import { toEvent, type PicoEvent } from '../../nodes/shared/events/event.ts';
import { orderCompleted } from '../../nodes/shared/events/kinds/index.ts';
import { fromNanos } from '../../nodes/shared/events/timestamp.ts';
import type { Row } from '../../nodes/shared/events/types.ts';

export interface Done {
	promise: Promise<IRun>;
	resolve(run: IRun | undefined): void;
	reject(error: unknown): void;
}

export interface Emitted {
	/** Items by output. */
	outputs: IDataObject[][];
	done: Done | undefined;
	key: string;
	/** What was stored when it was emitted. */
	stored: unknown;
}

export const succeeded = { status: 'success' } as IRun;
export const failed = (message: string, description?: string) =>
	({ status: 'error', data: { resultData: { error: { message, description } } } }) as unknown as IRun;
/** A run that failed with the error of a node. */
export const failedWith = (error: object) => ({ status: 'error', data: { resultData: { error } } }) as unknown as IRun;
/** What n8n tells of a run in queue mode whose worker died. */
export const cutOff = failed('job stalled more than maxStalledCount');

/** The few parts of n8n that a trigger deals with, all in memory: no process, no socket, and time only as the test has it. */
export class FakeN8n {
	readonly emits: Emitted[] = [];
	readonly logs: string[] = [];
	/** Failed executions that were recorded, as message and description. */
	readonly failures: Array<{ message: string; description: string }> = [];
	/** What comes of a run; the default ends well at once. */
	answer: (emitted: Emitted, count: number) => void = ({ done }) => done?.resolve(succeeded);
	parameters: Record<string, unknown> = {};
	workflowId: string | undefined = 'workflow1';
	stored: unknown;
	readonly context: ITriggerFunctions;

	constructor() {
		this.context = {
			helpers: { createDeferredPromise: () => deferred() },
			emit: (data: INodeExecutionData[][], _response: IExecuteResponsePromiseData | undefined, done: Done | undefined, key: string) => {
				const emitted = { outputs: data.map((list) => list.map(({ json }) => json)), done, key, stored: this.stored };
				this.emits.push(emitted);
				this.answer(emitted, this.emits.length);
			},
			logger: { info: (text: string) => this.logs.push(`info ${text}`), warn: (text: string) => this.logs.push(`warn ${text}`) },
			saveFailedExecution: ({ message, description }: { message: string; description: string }) => this.failures.push({ message, description }),
			getNode: () => ({ id: 'node1', name: 'Trigger', type: 't', typeVersion: 1, position: [0, 0], parameters: {} }),
			getWorkflow: () => ({ id: this.workflowId }),
			getNodeParameter: (name: string, fallback: unknown) => this.parameters[name] ?? fallback,
		} as unknown as ITriggerFunctions;
	}

	/** Log lines without the words that say who speaks. */
	get told(): string[] {
		return this.logs.map((line) => line.replace(/\[.*?\] /, ''));
	}

	get keys(): string[] {
		return this.emits.map(({ key }) => key);
	}
}

/** What an item says of its delivery. */
export const deliveryOf = (item: IDataObject) => item.delivery as IDataObject;

function deferred(): Done {
	const done = {} as Done;
	done.promise = new Promise<IRun>((resolve, reject) => Object.assign(done, { resolve, reject }));
	return done;
}

export function settingsWith(changes: Partial<TriggerSettings> = {}): TriggerSettings {
	return {
		kind: orderCompleted,
		products: [],
		orderFilter: '',
		output: 'simplified',
		fields: [],
		perSerial: false,
		lookbackMs: 300_000,
		attachStructure: false,
		owner: { workflowId: 'w', nodeId: 'n' },
		startFrom: { from: 'new' },
		deliverNext: 'afterFinish',
		transport: 'sse',
		eventsPerRun: 1,
		attempts: 3,
		afterLastAttempt: 'recordFailure',
		afterRestart: 'skip',
		resetKey: '',
		outagePatienceMs: 0,
		silenceMs: 90_000,
		runTimeoutMs: 3_600_000,
		...changes,
	};
}

export const DAY = Date.UTC(2026, 0, 5);
/** A timestamp so many milliseconds into the day. */
export const timeAt = (ms: number) => fromNanos(BigInt(DAY + ms) * 1_000_000n);

/** The completion of a unit of order MO-1, so many milliseconds into the day. */
export function completionRow(orderIndex: number, ms = orderIndex * 1_000, extra: Row = {}): Row {
	return { ...orderCompleted.sample, externalOrderId: 'MO-1', orderIndex, at: timeAt(ms), ...extra };
}

export function completion(orderIndex: number, ms?: number, extra?: Row): PicoEvent {
	return toEvent(orderCompleted, completionRow(orderIndex, ms, extra));
}

/** Everything around one delivery, as an active trigger has it. */
export function delivering(changes: Partial<TriggerSettings> = {}, history: RunHistory = { queued: false, longestMs: 0 }) {
	const n8n = new FakeN8n();
	const settings = settingsWith(changes);
	const { resetKey, lookbackMs } = settings;
	const place = Place.startingAt(timeAt(0), { source: 'source', resetKey, lookbackMs });
	const closing = new AbortController();
	const store = () => {
		n8n.stored = place.toState();
	};
	const report = new Report(n8n.context, { deduplicationKey: true, saveFailedExecution: true });
	const runs = new Runs({ context: n8n.context, closing: closing.signal, mostMs: settings.runTimeoutMs, history });
	const client = { executeAdapted: jest.fn() };
	return { n8n, closing, place, client, delivery: { context: n8n.context, client: client as unknown as PicoClient, settings, place, report, store, closing: closing.signal, runs } };
}
