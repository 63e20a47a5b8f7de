import { until } from '../../demo/lib/poll.mts';
import { SECRET_HEADER, secretOf } from '../../nodes/PicoWebhookTrigger/registration.ts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { itemsOf, settledRuns } from './kit/runs.mts';
import { chain, lastStep, PICO_CREDENTIAL, picoCredential } from './kit/workflows.mts';

const WORKFLOW = 'webhookTest00000';
const TRIGGER = 'Pico calls';
const trigger = {
	name: TRIGGER,
	type: 'n8n-nodes-pico-mes.picoWebhookTrigger',
	typeVersion: 1,
	webhookId: '6f1d2c1e-0000-4000-8000-00000000abcd',
	parameters: { event: 'orderCompleted', output: 'simplified', options: {} },
	credentials: { picoApi: PICO_CREDENTIAL },
};

interface State {
	webhooks: Array<{ subscriptionId: string; webhookUrl: string }>;
	deliveries: Array<{ status: number; outcome: string }>;
}

/** The tests build on one another: they follow one trigger through its life. */
describe('the webhook trigger in a real n8n', () => {
	let sandbox: SandboxProcess;
	let installed: InstalledN8n;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		installed = await InstalledN8n.create({
			credentials: [picoCredential(sandbox.endpoint, sandbox.token)],
			workflows: [chain(WORKFLOW, 'Webhook', [trigger, lastStep])],
		});
		await installed.n8n.start();
	});

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
	});

	const state = async () => await sandbox.control<State>('GET', 'state');
	const complete = async (count: number, orderPrefix: string) =>
		await sandbox.control('POST', 'completions/bulk', { count, orderPrefix, stepNs: 1_000_000 });
	const deliveries = async (count: number) =>
		await until(`${count} deliveries`, async () => (await state()).deliveries.length >= count, { timeoutMs: 30_000 });
	const items = async (runs: number) =>
		(await settledRuns(await installed.session(), WORKFLOW, runs)).flatMap((run) => itemsOf(run, TRIGGER));
	const secret = () =>
		secretOf({ getWorkflow: () => ({ id: WORKFLOW }), getNode: () => ({ id: `${WORKFLOW}-0` }), getMode: () => 'webhook' } as never, sandbox as never);
	const orderIds = async (runs: number) => (await items(runs)).map(({ orderId }) => String(orderId).split('-')[0]);

	it('registers at Pico when the workflow is published', async () => {
		await (await installed.session()).activate(WORKFLOW);
		await until('the webhook', async () => (await state()).webhooks.length === 1, { timeoutMs: 30_000 });
		const [{ subscriptionId, webhookUrl }] = (await state()).webhooks;
		expect(subscriptionId).toBe(`n8n-${WORKFLOW}-${WORKFLOW}-0-prod`);
		expect(webhookUrl).toContain(trigger.webhookId);
	});

	it('starts one run for each call, and its position reaches the database with that very call', async () => {
		for (let count = 1; count <= 10; count++) {
			await complete(1, `A${count}`);
			await deliveries(count);
			const all = await items(count);
			expect(all).toHaveLength(count);
			const stored = JSON.parse((await installed.staticData(WORKFLOW)) ?? '{}') as {
				global?: Record<string, { cursor: string }>;
			};
			expect(stored.global?.[`picoWebhookTrigger:${WORKFLOW}-0`].cursor).toBe(all[count - 1].completedAt);
		}
	});

	it('answers who does not know the secret with 401 and starts nothing', async () => {
		const [{ webhookUrl }] = (await state()).webhooks;
		const answer = await fetch(webhookUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
		expect(answer.status).toBe(401);
		expect(await answer.json()).toEqual({ message: expect.stringContaining('secret') as string });
	});

	it('fetches what Pico could not deliver while n8n was down, after kill -9, with no further event, and repeats nothing', async () => {
		await installed.n8n.kill();
		await complete(3, 'NIGHT');
		await deliveries(13);
		await installed.n8n.start();
		expect((await orderIds(11)).slice(10)).toEqual(['NIGHT', 'NIGHT', 'NIGHT']);
		expect((await state()).webhooks).toHaveLength(1);
	});

	it('leaves a row that cannot be used as one failed execution that holds it, answers 200, and goes on behind it', async () => {
		const [{ webhookUrl }] = (await state()).webhooks;
		const deep = JSON.parse(`${'{"a":'.repeat(6_000)}1${'}'.repeat(6_000)}`) as object;
		const call = async (orderId: string, operation: object, at: string) => {
			// JSON.stringify fails on such a depth as well.
			const nested = operation === deep ? `${'{"a":'.repeat(6_000)}1${'}'.repeat(6_000)}` : JSON.stringify(operation);
			return await fetch(webhookUrl, {
				method: 'POST',
				headers: { 'content-type': 'application/vnd.pico+json', [SECRET_HEADER]: secret() },
				body: `{"externalOrderId":"${orderId}","orderIndex":0,"at":"${at}","operation":${nested},"operationSummary":{"consumedSerials":[]},"endState":{}}`,
			});
		};
		const soon = () => new Date().toISOString();
		const hostile = soon();
		expect((await call('HOSTILE', deep, hostile)).status).toBe(200);
		expect((await call('HOSTILE', deep, hostile)).status).toBe(200);
		expect((await call('GOOD', { id: 'op-1', externalId: '__proto__', name: 'Pump' }, soon())).status).toBe(200);
		const runs = (await settledRuns(await installed.session(), WORKFLOW, 13)).slice(11);
		expect(runs.map(({ status }) => status)).toEqual(['error', 'success']);
		expect(JSON.stringify(runs[0].data)).toContain('HOSTILE');
		expect(itemsOf(runs[1], TRIGGER)).toMatchObject([{ orderId: 'GOOD', partNumber: '__proto__' }]);
	});

	it('removes its webhook when the workflow is unpublished', async () => {
		await (await installed.session()).deactivate(WORKFLOW);
		await until('no webhook', async () => (await state()).webhooks.length === 0, { timeoutMs: 30_000 });
	});

	it('fetches what happened meanwhile when it is published again, by calling its own address', async () => {
		await complete(2, 'WEEKEND');
		await (await installed.session()).activate(WORKFLOW);
		expect((await orderIds(14)).slice(14)).toEqual(['WEEKEND', 'WEEKEND']);
	});

	it('registers a second webhook for an editor test, and takes it away after the event', async () => {
		const session = await installed.session();
		await session.runManually(WORKFLOW, TRIGGER);
		await until('the test webhook', async () => (await state()).webhooks.length === 2, { timeoutMs: 30_000 });
		await complete(1, 'TEST');
		await until('the test webhook to go', async () => (await state()).webhooks.length === 1, { timeoutMs: 30_000 });
		const runs = await settledRuns(session, WORKFLOW, 15);
		expect(runs.filter(({ mode }) => mode === 'manual').flatMap((run) => itemsOf(run, TRIGGER))).toMatchObject([
			{ orderId: 'TEST-1', delivery: { replayed: false } },
		]);
	});
});
