import type { IDataObject } from 'n8n-workflow';

import { PACE } from '../../../nodes/shared/delivery/pace.ts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';
import { closeProxies } from './faultProxy.mts';

/** Waiting times short enough to go through thousands of faults; their order stays as in production. */
export function quickPace(): void {
	Object.assign(PACE, { takenUp: 2, reconnectFirst: 2, reconnectLongest: 40, retryFirst: 2, retryLongest: 20, slow: 50, quiet: 200, settle: 20, refreshLeast: 50, shortestSilence: 100, runGrace: 0 });
}

export interface Plant {
	sandbox: SandboxProcess;
	/** A host whose trigger talks to `endpoint` (a proxy), else straight to the sandbox. */
	host(parameters?: IDataObject, endpoint?: string): TriggerHost;
	/** Makes completions `<prefix>-1` to `<prefix>-<count>`. */
	complete(count: number, extra?: Record<string, unknown>): Promise<void>;
	reset(switches?: Record<string, unknown>): Promise<void>;
}

/** One sandbox for the tests of a file. */
export function usePlant(): Plant {
	let sandbox: SandboxProcess;
	const hosts: TriggerHost[] = [];
	beforeAll(async () => {
		quickPace();
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
		async reset(switches = {}) {
			await sandbox.control('POST', 'reset', {});
			await sandbox.control('POST', 'switches', switches);
		},
	};
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
	await until(`${count} events`, () => new Set(host.ids).size >= count, withinMs).catch(() => undefined);
	const different = new Set(host.ids).size;
	return { lost: count - different, duplicated: host.ids.length - different };
}
