import type { IDataObject } from 'n8n-workflow';

import { Dialect } from '../../../nodes/shared/api/dialect/dialect.ts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { until } from '../../kit/until.mts';
import { WebhookHost } from '../../kit/webhookHost.mts';

export const PROD_ID = 'n8n-workflow1-node-1-prod';
export const TEST_ID = 'n8n-workflow1-node-1-test';

interface State {
	webhooks: Array<{ subscriptionId: string; webhookUrl: string; responseFragment: string }>;
	deliveries: Array<{ status: number; outcome: string }>;
}

/** A sandbox for the file, a host for each test. */
export function usePicoAndHost() {
	let sandbox: SandboxProcess;
	let host: WebhookHost;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
	});
	afterAll(async () => await sandbox.close());
	beforeEach(async () => {
		await sandbox.control('POST', 'reset', {});
		Dialect.forgetAll();
		host = await new WebhookHost(sandbox).open();
	});
	afterEach(async () => {
		await sandbox.control('POST', 'switches', { burst503: 0, latencyMs: 0 });
		await host.close();
	});

	const post = async (path: string, body: object = {}) => await sandbox.control('POST', path, body);
	const state = async () => await sandbox.control<State>('GET', 'state');
	return {
		get host() {
			return host;
		},
		get sandbox() {
			return sandbox;
		},
		post,
		state,
		reset: async (switches: IDataObject) => {
			await post('reset', { switches });
			Dialect.forgetAll();
		},
		/** Completes units of an order; their events have times of their own, a millisecond apart. */
		complete: async (count: number, orderPrefix: string) => await post('completions/bulk', { count, orderPrefix, stepNs: 1_000_000 }),
		webhooks: async () => (await state()).webhooks,
		/** Waits until Pico tried to deliver so many events. */
		delivered: async (count: number) => await until(`${count} deliveries`, async () => (await state()).deliveries.length >= count),
		runs: async (count: number) => await until(`${count} runs`, () => host.runs.length >= count),
		/** A mutation by someone else. */
		graphql: async (query: string) => {
			const response = await fetch(sandbox.endpoint, {
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-pico-api-org': sandbox.token },
				body: JSON.stringify({ query }),
			});
			const answer = (await response.json()) as IDataObject;
			if (answer.errors) throw new Error(JSON.stringify(answer.errors));
			return answer;
		},
	};
}

export const orderIds = (items: IDataObject[]) => items.map(({ orderId }) => String(orderId).split('-')[0]);
