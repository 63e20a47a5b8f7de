import type { IDataObject } from 'n8n-workflow';

import { PACE } from '../../../nodes/shared/delivery/pace.ts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';
import { installWebSocket } from '../../kit/webSocket.mts';
import { closeProxies, faultProxy, type Fault, type FaultProxy } from './faultProxy.mts';
import type { Random } from './random.mts';

/** Waiting times short enough to go through thousands of faults; their order stays as in production. */
export function quickPace(): void {
	Object.assign(PACE, { takenUp: 2, reconnectFirst: 2, reconnectLongest: 40, retryFirst: 2, retryLongest: 20, outageLongest: 20, slow: 50, quiet: 200, settle: 20, refreshLeast: 50, shortestSilence: 100, runGrace: 0 });
}

/** Rows in one request that stores raw rows, in bytes. */
const RAW_BYTES = 4_000_000;

export interface Plant {
	sandbox: SandboxProcess;
	/** A host whose trigger talks to `endpoint` (a proxy), else straight to the sandbox. */
	host(parameters?: IDataObject, endpoint?: string): TriggerHost;
	/** Makes completions `<prefix>-1` to `<prefix>-<count>`. */
	complete(count: number, extra?: Record<string, unknown>): Promise<void>;
	/** Stores rows that are sent exactly as their JSON texts say, a second apart. */
	completeRaw(texts: readonly string[], startAt: Date): Promise<void>;
	reset(switches?: Record<string, unknown>): Promise<void>;
	/** Breaks every stream. */
	cut(): Promise<void>;
}

/**
 * One sandbox for the tests of a file.
 *
 * @param pace `own` leaves the waiting times as they are, for tests that make time pass
 */
export function usePlant(pace: 'quick' | 'own' = 'quick'): Plant {
	let sandbox: SandboxProcess;
	const hosts: TriggerHost[] = [];
	beforeAll(async () => {
		if (pace === 'quick') quickPace();
		installWebSocket();
		sandbox = await startSandboxProcess();
	}, 40_000);
	afterEach(async () => {
		for (const host of hosts.splice(0)) await host.deactivate();
		await closeProxies();
	});
	afterAll(async () => await sandbox?.close());
	return {
		get sandbox() {
			return sandbox;
		},
		host(parameters = {}, endpoint = sandbox.endpoint) {
			const host = new TriggerHost({ endpoint, token: sandbox.token }, parameters);
			hosts.push(host);
			return host;
		},
		async complete(count, extra = {}) {
			await sandbox.control('POST', 'completions/bulk', { count, orderPrefix: 'MO', ...extra });
		},
		async completeRaw(texts, startAt) {
			for (let index = 0; index < texts.length; ) {
				const first = index;
				for (let bytes = 0; index < texts.length && bytes < RAW_BYTES; index++) bytes += texts[index].length;
				await sandbox.control('POST', 'rows/raw', { rows: texts.slice(first, index), startAt: new Date(startAt.getTime() + first * 1_000).toISOString(), stepNs: 1_000_000_000 });
			}
		},
		async reset(switches = {}) {
			await sandbox.control('POST', 'reset', {});
			await sandbox.control('POST', 'switches', switches);
		},
		async cut() {
			await sandbox.control('POST', 'streams/cut', {});
		},
	};
}

export function eventIdOf({ eventId }: IDataObject): string {
	return String(eventId);
}

/** Activates over a bad line, as n8n and people do: again and again. What fails is told, and nothing is started. */
export async function activatePatiently(host: TriggerHost): Promise<void> {
	for (let tried = 1; ; tried++) {
		try {
			return await host.activate();
		} catch (error) {
			if (tried === 30) throw error;
		}
	}
}

/** Waits until `count` different events were started, then says what is missing and what came twice. */
export async function settle(host: TriggerHost, count: number, withinMs = 60_000): Promise<{ lost: number; duplicated: number }> {
	const seen = new Set<string>();
	let read = 0;
	const arrived = () => {
		for (; read < host.runs.length; read++) for (const item of host.runs[read].items) seen.add(eventIdOf(item));
		return seen.size >= count;
	};
	await until(`${count} events`, arrived, withinMs).catch(() => undefined);
	arrived();
	return { lost: count - seen.size, duplicated: host.items.length - seen.size };
}

interface Line {
	events: number;
	withinMs: number;
	/** Of the trigger, which starts with the earliest event. */
	options?: IDataObject;
	/** What becomes of each stream; plain requests go through. Without it the line is a good one. */
	choose?: (proxy: FaultProxy) => Fault;
	/** Told of the trigger before it is activated. */
	onHost?: (host: TriggerHost) => void;
}

/** A whole row: all events over a bad line, from the activation until they were started, or do not come. */
export async function overLine(plant: Plant, { events, withinMs, options = {}, choose, onHost }: Line) {
	const proxy = choose && (await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault => (stream && proxy ? choose(proxy) : { kind: 'none' })));
	const host = plant.host({ startFrom: 'earliest', options }, proxy?.endpoint);
	onHost?.(host);
	await activatePatiently(host);
	const outcome = await settle(host, events, withinMs);
	await host.deactivate();
	await proxy?.close();
	return { host, row: { events, injected: proxy?.injected ?? 0, ...outcome } };
}

/** Cuts so many connections, each after a random number of bytes. */
export const cuts =
	(random: Random, most: number, least: number, bytes: number) =>
	({ injected }: FaultProxy): Fault =>
		injected < most ? { kind: 'cut', afterBytes: random.whole(least, bytes) } : { kind: 'none' };
