import { WebhookPathTakenError, type IDataObject } from 'n8n-workflow';

import { subscriptionIdOf } from '../../../nodes/PicoWebhookTrigger/registration.ts';
import { WebhookHost } from '../../kit/webhookHost.mts';
import { PROD_ID, TEST_ID, usePicoAndHost } from './fixture.mts';

const pico = usePicoAndHost();

const FOREIGN = `mutation { webhookSubscribe(input: { subscriptionID: "other-app", responseFragment: "fragment F on Operation { id }", webhookUrl: "http://127.0.0.1:9/other" }) { subscriptionId } }`;

test('registers one webhook at activation, with an id made of workflow and node, and all identity fields', async () => {
	await pico.host.activate();
	expect(await pico.webhooks()).toMatchObject([{ subscriptionId: PROD_ID, webhookUrl: pico.host.url }]);
	const [{ responseFragment }] = await pico.webhooks();
	for (const field of ['externalOrderId', 'orderIndex', 'at', 'operation', 'endState']) expect(responseFragment).toContain(field);
});

test('keeps a webhook that is as it should be: a second activation changes nothing', async () => {
	await pico.host.activate();
	const secret = pico.host.secret;
	await pico.host.activate();
	expect(await pico.webhooks()).toHaveLength(1);
	expect(pico.host.secret).toBe(secret);
});

test('asks only for chosen fields, and always for those that identify the event', async () => {
	pico.host.parameters = { event: 'operationChanged', output: 'fields', fields: ['name'] };
	await pico.host.activate();
	const [{ responseFragment }] = await pico.webhooks();
	expect(responseFragment).toMatch(/ on Operation \{ (?=.*\bid\b)(?=.*\bupdatedAt\b)(?=.*\bname\b)/);
	expect(responseFragment).not.toContain('archivedAt');
});

test.each([
	['another event', (host: WebhookHost) => (host.parameters = { event: 'operationChanged' })],
	['another address', (host: WebhookHost) => (host.publicUrl = 'http://localhost:9')],
])('registers anew when the settings mean %s', async (_, change) => {
	await pico.host.activate();
	const [before] = await pico.webhooks();
	change(pico.host);
	await pico.host.activate();
	const [webhook, ...more] = await pico.webhooks();
	expect(more).toEqual([]);
	expect(webhook).not.toEqual(before);
	expect(webhook).toMatchObject({ subscriptionId: PROD_ID, webhookUrl: pico.host.url });
});

test('registers anew when someone removed the webhook from Pico, or when the secret is gone', async () => {
	await pico.host.activate();
	await pico.graphql(`mutation { webhookUnsubscribe(subscriptionId: "${PROD_ID}") { success } }`);
	await pico.host.activate();
	expect(await pico.webhooks()).toHaveLength(1);

	pico.host.staticData = {};
	await pico.host.activate();
	await pico.complete(1, 'A');
	await pico.runs(1);
});

test('gets along with a Pico that refuses an id that is taken', async () => {
	await pico.reset({ webhookDuplicate: 'error' });
	await pico.host.activate();
	pico.host.parameters = { event: 'operationChanged' };
	await pico.host.activate();
	expect(await pico.webhooks()).toHaveLength(1);
});

test("leaves other people's webhooks alone, at activation and at deactivation", async () => {
	await pico.graphql(FOREIGN);
	await pico.host.activate();
	expect((await pico.webhooks()).map(({ subscriptionId }) => subscriptionId).sort()).toEqual([PROD_ID, 'other-app']);
	await pico.host.deactivate();
	expect((await pico.webhooks()).map(({ subscriptionId }) => subscriptionId)).toEqual(['other-app']);
});

test('leaves a webhook alone that sends elsewhere under its id, and says so', async () => {
	await pico.host.activate();
	await pico.graphql(`mutation { webhookUnsubscribe(subscriptionId: "${PROD_ID}") { success } }`);
	await pico.graphql(FOREIGN.replace('other-app', PROD_ID));
	await pico.host.deactivate();
	expect(await pico.webhooks()).toMatchObject([{ webhookUrl: 'http://127.0.0.1:9/other' }]);
	expect(pico.host.logs.join('\n')).toContain('Did not remove the webhook');
});

test('removes the webhook at deactivation; one that is gone already is no error', async () => {
	await pico.host.activate();
	await pico.host.deactivate();
	expect(await pico.webhooks()).toEqual([]);
	expect(pico.host.registration).toBeUndefined();
	await pico.host.deactivate();
});

test('a deactivation while Pico is down is logged with the id, blocks nobody, and the next activation cleans up', async () => {
	await pico.host.activate();
	const { endpoint } = pico.host.access;
	pico.host.access.endpoint = 'http://127.0.0.1:9/graph/v2';
	const before = Date.now();
	await pico.host.deactivate();
	expect(Date.now() - before).toBeLessThan(5_000);
	expect(pico.host.logs.find((line) => line.startsWith('warn'))).toContain(PROD_ID);
	pico.host.access.endpoint = endpoint;
	await pico.host.activate();
	expect(await pico.webhooks()).toHaveLength(1);
});

test('a Pico that never answers holds a deactivation up for less than five seconds', async () => {
	await pico.host.activate();
	await pico.post('switches', { latencyMs: 60_000 });
	const before = Date.now();
	await pico.host.deactivate();
	expect(Date.now() - before).toBeLessThan(5_000);
	await pico.reset({});
});

test('an activation with a wrong token fails and names the remedy', async () => {
	const host = await new WebhookHost({ endpoint: pico.sandbox.endpoint, token: 'wrong-token-value' }).open();
	await expect(host.activate()).rejects.toMatchObject({ description: expect.stringContaining("'Token'") as string });
	await host.close();
});

test('an activation fails where Pico on another machine is to call a localhost address', async () => {
	const host = await new WebhookHost({ endpoint: 'http://plant.example:9/graph/v2', token: 'some-token' }).open();
	await expect(host.activate()).rejects.toMatchObject({
		message: expect.stringContaining('cannot reach this n8n') as string,
		description: expect.stringContaining('WEBHOOK_URL') as string,
	});
	await host.close();
});

test('an activation over a position that cannot be read fails instead of starting from now', async () => {
	await pico.host.activate();
	(pico.host.staticData.global as IDataObject)['picoWebhookTrigger:node-1'] = { v: 1, source: pico.host.progress.source, resetKey: '', cursor: 'soon' };
	await expect(pico.host.activate()).rejects.toMatchObject({ message: expect.stringContaining('Position Reset Key') as string });
	pico.host.parameters = { options: { positionResetKey: 'again' } };
	await pico.host.activate();
	expect(pico.host.progress.cursor).toMatch(/Z$/);
});

test('a test run has its own webhook and secret, shows the event, and leaves the active workflow alone', async () => {
	await pico.host.activate();
	const stored = JSON.stringify(pico.host.staticData);
	const { items, stop } = await pico.host.listenForTest();
	expect((await pico.webhooks()).map(({ subscriptionId }) => subscriptionId).sort()).toEqual([PROD_ID, TEST_ID]);
	expect(JSON.stringify(pico.host.staticData)).toBe(stored);
	await pico.complete(1, 'A');
	expect(await items).toMatchObject([{ orderId: expect.stringMatching(/^A/) as string, delivery: { replayed: false } }]);
	await stop();
	expect((await pico.webhooks()).map(({ subscriptionId }) => subscriptionId)).toEqual([PROD_ID]);
	await pico.runs(1);
});

test('the id stays within 64 URL-safe characters for any workflow and node, and differs between them', () => {
	const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
	expect(subscriptionIdOf('Xk2PqL9aZcVb81Tn', uuid, 'prod')).toBe(`n8n-Xk2PqL9aZcVb81Tn-${uuid}-prod`);
	const ids = [
		subscriptionIdOf('a'.repeat(60), uuid, 'prod'),
		subscriptionIdOf('a'.repeat(60), uuid, 'test'),
		subscriptionIdOf('a'.repeat(61), uuid, 'prod'),
		subscriptionIdOf('wörk flow', 'node/1', 'prod'),
		subscriptionIdOf('w_rk_flow', 'node_1', 'prod'),
	];
	for (const id of ids) expect(id).toMatch(/^[\w-]{1,64}$/);
	expect(new Set(ids).size).toBe(ids.length);
});

test('a workflow whose position n8n would not store is not registered', async () => {
	pico.host.workflowId = 'imported-under-a-long-id';
	await expect(pico.host.activate()).rejects.toThrow(/longer than 21 characters/);
	expect(await pico.webhooks()).toEqual([]);
});

test('a Pico that blocks the connection fails the activation with the cause, once, and n8n is told not to repeat it', async () => {
	await pico.post('switches', { latencyMs: 60_000 });
	const before = performance.now();
	const failure = await pico.host.activate().catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(WebhookPathTakenError);
	expect((failure as Error).message).toMatch(/did not answer within 8 s.*firewall or proxy/);
	// The figure itself is the promise: the cause within 10 s.
	expect(performance.now() - before).toBeLessThan(10_000);
	await pico.reset({});
}, 30_000);

test('a Pico that is down fails the activation with the cause', async () => {
	pico.host.access.endpoint = 'http://127.0.0.1:9/graph/v2';
	await expect(pico.host.activate()).rejects.toThrow(/Nothing accepts connections at 127.0.0.1:9/);
	pico.host.access.endpoint = pico.sandbox.endpoint;
});
