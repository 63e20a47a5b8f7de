import { createHmac } from 'node:crypto';

import { until } from '../../../../test/kit/until.mts';
import type { DialectName } from '../kit/double.mts';
import { seedPlant } from '../kit/go.mts';
import { useDouble } from '../kit/useDouble.mts';
import { WebhookHost } from '../kit/webhookHost.mts';

const double = useDouble();
const hosts: WebhookHost[] = [];

async function host(parameters = {}): Promise<WebhookHost> {
	const made = await new WebhookHost(double().access, { events: ['job.created', 'operation.completed'], ...parameters }).open();
	hosts.push(made);
	return made;
}

afterEach(async () => {
	for (const each of hosts.splice(0)) await each.close();
});

type Hook = { id: string; url: string; events: string[]; active: boolean; name?: string };
const hooks = async () => (await double().records('webhooks')) as unknown as Hook[];
const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');
const send = async (event: string, data: object = { record: { id: 'r', status: 'completed' } }) => await double().control('POST', 'webhooks/send', { event, data });
const settled = async () => await until('all deliveries are done', async () => (await double().control<{ pending: number }>('GET', 'deliveries')).pending === 0);

describe('registration', () => {
	it.each(['g2', 'g3'] as DialectName[])('is made once in %s, found again, and removed', async (dialect) => {
		await double().reset(dialect);
		const n8n = await host();
		await n8n.activate();
		expect(await hooks()).toMatchObject([{ url: n8n.url, events: ['job.created', 'operation.completed'], active: true }]);
		const [{ id }] = await hooks();
		await n8n.restart();
		await n8n.activate();
		expect((await hooks()).map((hook) => hook.id)).toEqual([id]);
		await n8n.deactivate();
		expect(await hooks()).toEqual([]);
		expect(n8n.registration).toBeUndefined();
	});

	it('takes one hook for each event where a server knows no lists', async () => {
		await double().reset('g1', { firstWebhooks: true });
		const n8n = await host();
		await n8n.activate();
		expect(await hooks()).toHaveLength(2);
		await n8n.activate();
		expect(await hooks()).toHaveLength(2);
		await n8n.deactivate();
		expect(await hooks()).toEqual([]);
	});

	it('is made anew when the address changed, and the old one is removed', async () => {
		const n8n = await host();
		await n8n.activate();
		const [before] = await hooks();
		n8n.publicUrl = `http://localhost:${new URL(before.url).port}`;
		await n8n.activate();
		const after = await hooks();
		expect(after).toHaveLength(1);
		expect(after[0].id).not.toBe(before.id);
		expect(after[0].url).toContain('http://localhost');
	});

	it.each([
		['it was switched off', async (id: string) => await double().control('POST', 'records/update', { table: 'webhooks', id, values: { active: false } })],
		['Eryxon gave up on it', async (id: string) => await double().control('POST', 'records/update', { table: 'webhooks', id, values: { active: false, disabled_reason: 'failures' } })],
		['somebody changed its events', async (id: string) => await double().control('POST', 'records/update', { table: 'webhooks', id, values: { events: ['job.created'] } })],
		['somebody deleted it', async (id: string) => await double().control('POST', 'records/delete', { table: 'webhooks', id, hard: true })],
	])('is made anew when %s', async (_, change) => {
		const n8n = await host();
		await n8n.activate();
		const [before] = await hooks();
		await change(before.id);
		await n8n.activate();
		const after = await hooks();
		expect(after).toHaveLength(1);
		expect(after[0]).toMatchObject({ active: true, events: ['job.created', 'operation.completed'] });
		expect(after[0].id).not.toBe(before.id);
	});

	it('leaves the hooks of others alone', async () => {
		await double().control('POST', 'records', { table: 'webhooks', values: { name: 'x', url: 'https://example.com/x', events: ['job.created'], secret_key: 's' } });
		const n8n = await host();
		await n8n.activate();
		await n8n.deactivate();
		expect(await hooks()).toMatchObject([{ url: 'https://example.com/x' }]);
	});

	it('says what to do when the server takes only https', async () => {
		await double().reset('g3', { httpsOnly: true });
		const n8n = await host();
		await expect(n8n.activate()).rejects.toMatchObject({ description: expect.stringContaining('set WEBHOOK_URL of n8n to an https address') as string });
	});

	it('is refused for an address that only this machine reaches, when Eryxon is on another', async () => {
		const n8n = await new WebhookHost({ ...double().access, baseUrl: 'http://192.0.2.1' }, { events: ['job.created'] }).open();
		await expect(n8n.activate()).rejects.toThrow(/Eryxon cannot reach this n8n: the webhook URL is http:\/\/127\.0\.0\.1/);
		await n8n.close();
	});

	it('needs an event', async () => {
		const n8n = await host({ events: [] });
		await expect(n8n.activate()).rejects.toThrow("'Trigger On' is empty");
	});

	it('that cannot be removed does not keep a workflow from being switched off', async () => {
		const n8n = await host();
		await n8n.activate();
		await double().control('POST', 'switches', { htmlErrorPage: 99 });
		await n8n.deactivate();
		expect(n8n.logs.join('\n')).toContain('Could not remove the webhook from Eryxon');
	});
});

describe.each(['g2', 'g3'] as DialectName[])('deliveries of %s', (dialect) => {
	beforeEach(async () => await double().reset(dialect, { webhookRetryMs: 10 }));

	it('start a run with the event in one shape', async () => {
		const n8n = await host();
		await n8n.activate();
		await send('operation.completed', dialect === 'g3' ? { record: { id: 'o1', status: 'completed', external_id: 'X' }, previous_status: 'in_progress', context: { job_number: '7' } } : { operation_id: 'o1', job_number: '7', previous_status: 'in_progress', new_status: 'completed' });
		await until('a run', () => n8n.runs.length === 1);
		expect(n8n.items[0]).toMatchObject({
			event: 'operation.completed',
			kind: 'operation',
			change: 'completed',
			recordId: 'o1',
			previousStatus: 'in_progress',
			newStatus: 'completed',
			context: { job_number: '7' },
			externalId: dialect === 'g3' ? 'X' : null,
		});
	});

	it('that come twice start one run, also after a restart', async () => {
		await double().control('POST', 'switches', { duplicateDeliveries: true });
		const n8n = await host();
		await n8n.activate();
		for (let index = 0; index < 5; index++) await send('job.created', { job_id: `j${index}` });
		await until('five runs', () => n8n.runs.length >= 5);
		await settled();
		expect(n8n.runs).toHaveLength(5);
		expect(n8n.answers.filter(({ body }) => body.message === 'Already delivered')).toHaveLength(5);
		await n8n.restart();
		const { deliveries } = await double().control<{ deliveries: Array<{ id: string }> }>('GET', 'deliveries');
		await double().control('POST', 'webhooks/again', { deliveryId: deliveries[0].id });
		await settled();
		expect(n8n.runs).toHaveLength(5);
	});

	it('come again when n8n could not start the run, and then start it', async () => {
		const n8n = await host();
		await n8n.activate();
		n8n.runsFail = true;
		await send('job.created', { job_id: 'j' });
		await until('a refusal', () => n8n.answers.some(({ status }) => status === 500));
		n8n.runsFail = false;
		await until('a run', () => n8n.runs.length === 1);
		await settled();
		expect(n8n.runs).toHaveLength(1);
	});

	it('signed with another secret are refused with 401, and nothing is stored of them', async () => {
		await double().control('POST', 'switches', { badSignature: 1 });
		const n8n = await host();
		await n8n.activate();
		await send('job.created', { job_id: 'j' });
		await until('an answer', () => n8n.answers.length === 1);
		expect(n8n.answers[0]).toMatchObject({ status: 401, body: { message: expect.stringContaining('the signature does not fit') as string } });
		expect(n8n.runs).toEqual([]);
		expect(n8n.seen).toEqual([]);
	});
});

describe('calls that are no deliveries', () => {
	const now = () => Math.floor(Date.now() / 1000);
	const body = JSON.stringify({ id: 'e1', event: 'job.created', occurred_at: new Date().toISOString(), tenant_id: 't', data: { record: { id: 'j' } } });
	const signed = (secret: string, text: string, at: number) => ({ 'x-eryxon-signature': `t=${at},v1=${hmac(secret, `${at}.${text}`)}` });

	it('are refused without a signature, and with a stale one', async () => {
		const n8n = await host();
		await n8n.activate();
		expect(await n8n.call(body)).toMatchObject({ status: 401, body: { message: 'the header X-Eryxon-Signature is missing' } });
		const stale = await n8n.call(body, signed(n8n.secret, body, now() - 301));
		expect(stale).toMatchObject({ status: 401, body: { message: expect.stringMatching(/signed 30\d seconds ago, more than the 300/) as string } });
		expect(await n8n.call(body, signed(n8n.secret, body, now() + 400))).toMatchObject({ status: 401 });
		expect((await n8n.call(body, signed(n8n.secret, body, now()))).status).toBe(200);
		expect(n8n.runs).toHaveLength(1);
	});

	it('of the older form are stale by the time inside the body', async () => {
		const n8n = await host();
		await n8n.activate();
		const old = (at: Date) => JSON.stringify({ event: 'job.created', timestamp: at.toISOString(), data: { job_id: 'j' } });
		const call = async (text: string) => await n8n.call(text, { 'x-eryxon-signature': `sha256=${hmac(n8n.secret, text)}` });
		expect((await call(old(new Date(Date.now() - 400_000)))).status).toBe(401);
		expect((await call(old(new Date()))).status).toBe(200);
	});

	it('with a signed body that is no event get 400', async () => {
		const n8n = await host();
		await n8n.activate();
		expect(await n8n.call('{"a":1}', signed(n8n.secret, '{"a":1}', now()))).toMatchObject({ status: 400, body: { message: expect.stringContaining('no event of Eryxon') as string } });
	});

	it('are covered byte by byte: spaces count', async () => {
		const n8n = await host();
		await n8n.activate();
		expect((await n8n.call(`${body} `, signed(n8n.secret, body, now()))).status).toBe(401);
	});

	it('from the test button are answered and start nothing', async () => {
		const n8n = await host();
		await n8n.activate();
		await double().control('POST', 'webhooks/test', {});
		await until('an answer', () => n8n.answers.length === 1);
		expect(n8n.answers[0]).toMatchObject({ status: 200, body: { message: 'Test received' } });
		expect(n8n.runs).toEqual([]);
	});

	it('for records of another ERP are left out by the filter', async () => {
		const n8n = await host({ options: { externalSource: 'Odoo' } });
		await n8n.activate();
		await send('job.created', { record: { id: 'a', external_source: 'SAP' } });
		await send('job.created', { record: { id: 'b', external_source: 'Odoo' } });
		await until('both answers', () => n8n.answers.length === 2);
		expect(n8n.items.map(({ recordId }) => recordId)).toEqual(['b']);
	});
});

it('a test run registers its own address, takes one event and cleans up; a left-over test hook is removed later', async () => {
	const n8n = await host();
	await n8n.activate();
	const test = await n8n.listenForTest();
	expect(await hooks()).toHaveLength(2);
	await send('job.created', { record: { id: 'j' } });
	expect((await test.items)[0]).toMatchObject({ event: 'job.created', recordId: 'j' });
	await test.stop();
	expect(await hooks()).toHaveLength(1);
	await n8n.listenForTest();
	await n8n.deactivate();
	await n8n.activate();
	expect((await hooks()).map(({ url }) => url)).toEqual([n8n.url]);
});

it('the shop floor completes an operation, and the run knows the key of the ERP', async () => {
	const { go } = await import('../kit/go.mts');
	await seedPlant(double(), 1);
	await go(double(), 'operation', 'sync', [{ external_id: 'O-1', operation_name: 'Cut', part_external_id: 'P-0', cell_name: 'Laser 9', sequence: 1, estimated_time: 5 }]);
	const n8n = await host();
	await n8n.activate();
	const [operation] = (await double().records('operations')).filter(({ external_id: key }) => key === 'O-1');
	for (const step of ['start', 'complete']) await go(double(), 'customCall', 'send', [{}], { method: 'POST', path: `api-operation-lifecycle/${step}`, query: JSON.stringify({ id: operation.id }) });
	await until('a run', () => n8n.runs.length === 1);
	expect(n8n.items[0]).toMatchObject({ event: 'operation.completed', externalId: 'O-1', externalSource: 'ERP', context: { job_number: 'N-1', part_number: 'PN-0' } });
});
