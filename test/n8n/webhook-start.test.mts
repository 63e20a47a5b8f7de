import { createServer, type AddressInfo, type Server } from 'node:net';

import type { Execution } from '../../demo/lib/n8n-session.mts';
import { until } from '../../demo/lib/poll.mts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { itemsOf } from './kit/runs.mts';
import { chain, lastStep, PICO_CREDENTIAL, picoCredential } from './kit/workflows.mts';

const UNSERVED = 'webhookUnserved0';
const SWALLOWED = 'webhookSwallow00';
const REPUBLISHED = 'webhookAgain0000';
const TRIGGER = 'Pico calls';
const SWALLOWING = { id: 'swallowedPico001', name: 'Pico behind a proxy' };
const ROUNDS = Number(process.env.REPUBLISH_ROUNDS ?? 4);

const trigger = (webhookId: string | undefined, credential = PICO_CREDENTIAL) => ({
	name: TRIGGER,
	type: 'n8n-nodes-pico-mes.picoWebhookTrigger',
	typeVersion: 1,
	...(webhookId ? { webhookId } : {}),
	parameters: { event: 'orderCompleted', output: 'simplified', options: {} },
	credentials: { picoApi: credential },
});

describe('the webhook trigger in a real n8n, where its start goes wrong', () => {
	let sandbox: SandboxProcess;
	let installed: InstalledN8n;
	/** Takes connections and says nothing. */
	let swallower: Server;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		swallower = createServer(() => {});
		await new Promise<void>((resolve) => swallower.listen(0, '127.0.0.1', resolve));
		const swallowing = `http://127.0.0.1:${(swallower.address() as AddressInfo).port}/graph/v2`;
		installed = await InstalledN8n.create({
			credentials: [picoCredential(sandbox.endpoint, sandbox.token), { ...picoCredential(swallowing, sandbox.token), ...SWALLOWING }],
			workflows: [
				chain(UNSERVED, 'Without a webhook ID', [trigger(undefined), lastStep]),
				chain(SWALLOWED, 'Swallowed', [trigger('6f1d2c1e-0000-4000-8000-00000000bbbb', SWALLOWING), lastStep]),
				chain(REPUBLISHED, 'Published again', [trigger('6f1d2c1e-0000-4000-8000-00000000cccc'), lastStep]),
			],
		});
		await installed.n8n.start();
	});

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
		swallower?.close();
	});

	const webhooks = async () => (await sandbox.control<{ webhooks: unknown[] }>('GET', 'state')).webhooks.length;
	const complete = async (orderPrefix: string) => await sandbox.control('POST', 'completions/bulk', { count: 1, orderPrefix, stepNs: 1_000_000 });

	it('shows the cause when a proxy blocks the connection, before n8n gives up without one', async () => {
		const session = await installed.session();
		const started = performance.now();
		const outcome = await session.activate(SWALLOWED).then(
			() => '',
			(error: unknown) => String(error),
		);
		const cause = /did not answer within 8 s/;
		await until('the cause', async () => cause.test(outcome) || cause.test(installed.n8n.logTail(20_000)), { timeoutMs: 60_000, everyMs: 200 });
		// The figure itself is the promise; signing in and the way through n8n's outbox take some of it.
		expect(performance.now() - started).toBeLessThan(20_000);
	});

	it('shows an address that n8n does not serve as one failed execution, and fetches events all the same', async () => {
		const session = await installed.session();
		await session.activate(UNSERVED);
		await until('the webhook', async () => (await webhooks()) === 1, { timeoutMs: 30_000 });
		await complete('LOST');
		const items = async () => (await session.executions(UNSERVED)).flatMap((run) => itemsOf(run, TRIGGER));
		await until('the event', async () => (await items()).length === 1, { timeoutMs: 90_000, everyMs: 500 });
		const failed = (await session.executions(UNSERVED)).filter(({ status }) => status === 'error');
		expect(failed).toHaveLength(1);
		expect(JSON.stringify(failed[0].data)).toMatch(/nothing of this workflow.*HTTP 404/);
		await session.deactivate(UNSERVED);
		await until('no webhook', async () => (await webhooks()) === 0, { timeoutMs: 30_000 });
	});

	it(`published again ${ROUNDS} times under a flow of calls: none refused, none twice, none lost`, async () => {
		const session = await installed.session();
		let sent = 0;
		let on = true;
		await session.activate(REPUBLISHED);
		await until('the webhook', async () => (await webhooks()) === 1, { timeoutMs: 30_000 });
		const flow = (async () => {
			while (on) {
				await complete(`E${sent++}`);
				await new Promise((resolve) => setTimeout(resolve, 125));
			}
		})();
		for (let round = 0; round < ROUNDS; round++) {
			await session.deactivate(REPUBLISHED);
			await session.activate(REPUBLISHED);
		}
		on = false;
		await flow;
		const ids = async () => {
			const found: unknown[] = [];
			for (let cursor = ''; ; ) {
				const query = new URLSearchParams({ workflowId: REPUBLISHED, limit: '250', includeData: 'true', ...(cursor ? { cursor } : {}) });
				const { data, nextCursor } = await session.api<{ data: Execution[]; nextCursor: string | null }>('GET', `/executions?${query}`);
				found.push(...data.flatMap((run) => itemsOf(run, TRIGGER)).map(({ eventId }) => eventId));
				if (!nextCursor) return found;
				cursor = nextCursor;
			}
		};
		await until('all events', async () => new Set(await ids()).size >= sent, { timeoutMs: 90_000, everyMs: 2_000 });
		expect(await ids()).toHaveLength(sent);
		const { deliveries } = await sandbox.control<{ deliveries: Array<{ status: number }> }>('GET', 'state');
		expect(deliveries.filter(({ status }) => status === 401)).toEqual([]);
	}, 600_000);
});
