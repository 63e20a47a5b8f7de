import { createHmac } from 'node:crypto';
import { until } from '../kit/until.mts';
import {
	key,
	object,
	objects,
	startReceiver,
	useWorkshop,
	type Json,
	type Received,
	type Receiver,
} from './eryxon-kit.mts';

const eryxon = useWorkshop();
const secret = 'a shared secret';
let receiver: Receiver;

beforeAll(async () => {
	receiver = await startReceiver();
});
afterAll(() => receiver.close());

async function prepare(dialect: 'g1' | 'g2' | 'g3'): Promise<void> {
	await eryxon.reset(dialect);
	await eryxon.control('switches', { webhookRetryMs: 1 });
	receiver.received.length = 0;
	receiver.answers.length = 0;
}

const hook = (events: string[], more: Json = {}): Json => ({ url: receiver.url, events, secret_key: secret, ...more });

async function register(events: string[]): Promise<string> {
	const { status, data } = await eryxon.post(
		'api-webhooks',
		hook(events, eryxon.dialect === 'g3' ? { name: 'n8n' } : {}),
	);
	expect(status).toBe(201);
	return String(object(data.webhook).id);
}

const hmac = (text: string): string => createHmac('sha256', secret).update(text).digest('hex');
async function arrived(count: number): Promise<Received[]> {
	await until(`${count} deliveries`, () => receiver.received.length >= count);
	return receiver.received;
}
const idle = (): Promise<unknown> =>
	until('nothing under way', async () => (await eryxon.control('deliveries')).pending === 0);

describe('registration', () => {
	it('g3 wants a name, events and a secret, hides the secret in reads and shows how deliveries went', async () => {
		await prepare('g3');
		const refused = await eryxon.post('api-webhooks', { url: 'ftp://x', events: [] });
		expect(refused.status).toBe(422);
		expect(objects(refused.error.details).map((each) => each.field)).toEqual(['url', 'events', 'secret_key', 'name']);
		const id = await register(['job.created']);
		const [listed] = objects((await eryxon.get('api-webhooks')).data.webhooks);
		expect(listed).toMatchObject({
			id,
			url: receiver.url,
			active: true,
			consecutive_failures: 0,
			disabled_reason: null,
		});
		expect(listed).not.toHaveProperty('secret_key');
	});

	it('g3 can demand https and public addresses', async () => {
		await prepare('g3');
		await eryxon.control('switches', { httpsOnly: true, privateTargets: false });
		expect((await eryxon.post('api-webhooks', hook(['job.created'], { name: 'n8n' }))).status).toBe(422);
		const local = hook(['job.created'], { name: 'n8n', url: 'https://127.0.0.1/hook' });
		expect((await eryxon.post('api-webhooks', local)).status).toBe(400);
	});

	it('g2 knows no name, takes any event names and shows the secret', async () => {
		await prepare('g2');
		expect((await eryxon.post('api-webhooks', hook(['x.y'], { name: 'n8n' }))).status).toBe(500);
		await register(['x.y']);
		expect(objects((await eryxon.get('api-webhooks')).data.webhooks)).toMatchObject([{ secret_key: secret }]);
	});

	it('g1 cannot register at all, unless the switch repairs its table', async () => {
		await prepare('g1');
		const wanted = { url: receiver.url, event_type: 'job.completed' };
		expect((await eryxon.post('api-webhooks', wanted)).status).toBe(500);
		await eryxon.control('switches', { firstWebhooks: true });
		const { status, data } = await eryxon.post('api-webhooks', wanted);
		expect(status).toBe(201);
		expect(data.webhook).toMatchObject({
			event_type: 'job.completed',
			secret_key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
		});
	});

	it.each(['g2', 'g3'] as const)('%s deletes for good, and again without complaint', async (dialect) => {
		await prepare(dialect);
		const id = await register(['job.created']);
		for (let n = 0; n < 2; n += 1) expect((await eryxon.call('DELETE', `api-webhooks?id=${id}`)).status).toBe(200);
		expect(objects((await eryxon.get('api-webhooks')).data.webhooks)).toEqual([]);
	});
});

describe('deliveries', () => {
	it('g3: the new envelope with ids, signed together with the time', async () => {
		await prepare('g3');
		await register(['job.created']);
		await eryxon.sync('jobs', { ...key('SO-1'), job_number: 'SO-1' });
		const [{ headers, body, json }] = await arrived(1);
		expect(Object.keys(json)).toEqual(['id', 'event', 'occurred_at', 'tenant_id', 'data']);
		const [, at, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-eryxon-signature'])) ?? [];
		expect(signature).toBe(hmac(`${at}.${body}`));
		expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(60);
		expect(headers).toMatchObject({
			'x-eryxon-event': 'job.created',
			'x-eryxon-event-id': json.id,
			'user-agent': 'Eryxon-Webhooks/2',
		});
		expect(object(object(json.data).record)).toMatchObject(key('SO-1'));
	});

	it('g2: the old envelope, signed alone, without ids', async () => {
		await prepare('g2');
		await register(['operation.completed']);
		await eryxon.control('operations/complete', { jobNumber: 'JOB-0001', sequence: 10 });
		const [{ headers, body, json }] = await arrived(1);
		expect(Object.keys(json)).toEqual(['event', 'timestamp', 'data']);
		expect(headers['x-eryxon-signature']).toBe(`sha256=${hmac(body)}`);
		expect(headers['user-agent']).toBe('Eryxon-Webhooks/1.0');
		expect(headers).not.toHaveProperty('x-eryxon-event-id');
		expect(json.data).not.toHaveProperty('external_id');
	});

	it('either signature and envelope can be chosen apart from the generation', async () => {
		await prepare('g3');
		await eryxon.control('switches', { signature: 'sha256', envelope: 'old' });
		await register(['webhook.test']);
		await eryxon.control('webhooks/test', {});
		const [{ headers, body }] = await arrived(1);
		expect(headers['x-eryxon-signature']).toBe(`sha256=${hmac(body)}`);
	});

	it.each([
		['g2', 3],
		['g3', 5],
	] as const)('%s tries %i times, with the same event id, and logs the outcome', async (dialect, attempts) => {
		await prepare(dialect);
		await register(['job.created', 'webhook.test']);
		receiver.answers.push(...Array.from({ length: attempts }, () => 503));
		await eryxon.control('webhooks/test', {});
		await idle();
		expect(receiver.received).toHaveLength(attempts);
		expect(new Set(receiver.received.map(({ headers }) => headers['x-eryxon-event-id'])).size).toBe(1);
		expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
		if (dialect === 'g2') {
			expect(objects((await eryxon.get('api-webhook-logs')).data.webhook_logs)).toMatchObject([
				{ event_type: 'webhook.test', status_code: 503 },
			]);
		} else {
			const log = objects((await eryxon.get('api-webhook-deliveries')).data.webhook_deliveries);
			expect(log).toMatchObject([
				{ status: 'failed', status_code: 503, attempts: 5, event: 'webhook.test', error: 'HTTP 503' },
			]);
		}
	});

	it('a refusal such as 401 is not tried again', async () => {
		await prepare('g3');
		await register(['job.created']);
		receiver.answers.push(401);
		await eryxon.control('webhooks/test', {});
		await idle();
		expect(receiver.received).toHaveLength(1);
		expect(objects((await eryxon.control('deliveries')).deliveries)).toMatchObject([
			{ status: 'failed', statusCode: 401, attempts: 1 },
		]);
	});

	it('g3 disables a webhook after too many failures in a row, and switching it on forgets them', async () => {
		await prepare('g3');
		await eryxon.control('switches', { disableAfter: 2 });
		const id = await register(['x']);
		receiver.answers.push(400, 400);
		for (let n = 0; n < 2; n += 1) {
			await eryxon.control('webhooks/send', { event: 'x' });
			await idle();
		}
		const read = async (): Promise<Json> => object((await eryxon.get(`api-webhooks?id=${id}`)).data.webhook);
		expect(await read()).toMatchObject({ active: false, consecutive_failures: 2, last_status_code: 400 });
		expect((await read()).disabled_reason).toContain('2 consecutive');
		await eryxon.control('webhooks/send', { event: 'x' });
		expect(receiver.received).toHaveLength(2);
		await eryxon.call('PATCH', `api-webhooks?id=${id}`, { active: true });
		expect(await read()).toMatchObject({ active: true, consecutive_failures: 0, disabled_reason: null });
	});

	it('can be delivered twice, sent again, signed wrongly and signed long ago', async () => {
		await prepare('g3');
		await register(['x']);
		await eryxon.control('switches', { duplicateDeliveries: true });
		await eryxon.control('webhooks/send', { event: 'x' });
		const [one, two] = await arrived(2);
		expect([one.json.id, one.body]).toEqual([two.json.id, two.body]);
		expect(one.headers['x-eryxon-delivery-id']).not.toBe(two.headers['x-eryxon-delivery-id']);
		await eryxon.control('switches', { duplicateDeliveries: false, badSignature: 1 });
		const [{ id }] = objects((await eryxon.control('deliveries')).deliveries);
		await eryxon.control('webhooks/again', { deliveryId: id });
		const bad = (await arrived(3))[2];
		expect(bad.json.id).toBe(one.json.id);
		const [, at, signature] = /^t=(\d+),v1=(.+)$/.exec(String(bad.headers['x-eryxon-signature'])) ?? [];
		expect(signature).not.toBe(hmac(`${at}.${bad.body}`));
		await eryxon.control('switches', { staleSeconds: 600 });
		await eryxon.control('webhooks/send', { event: 'x' });
		const stale = (await arrived(4))[3];
		const [, then, valid] = /^t=(\d+),v1=(.+)$/.exec(String(stale.headers['x-eryxon-signature'])) ?? [];
		expect(valid).toBe(hmac(`${then}.${stale.body}`));
		expect(Date.now() / 1000 - Number(then)).toBeGreaterThanOrEqual(600);
	});

	it('never leave this machine', async () => {
		await prepare('g3');
		await eryxon.post('api-webhooks', hook(['x'], { name: 'n8n', url: 'https://hooks.example.com/x' }));
		await eryxon.control('webhooks/send', { event: 'x' });
		await idle();
		expect(objects((await eryxon.control('deliveries')).deliveries)).toMatchObject([
			{ status: 'failed', attempts: 1, error: 'The sandbox sends webhooks to this machine only' },
		]);
	});
});

describe('what fires', () => {
	it('g3: every change of jobs, parts and operations; a status change has its own name', async () => {
		await prepare('g3');
		const names = ['created', 'updated', 'started', 'paused', 'resumed', 'completed', 'deleted'];
		await register(['job', 'part', 'operation'].flatMap((each) => names.map((name) => `${each}.${name}`)));
		const jobNumber = 'JOB-0001';
		for (const step of ['start', 'pause', 'resume'])
			await eryxon.control(`operations/${step}`, { jobNumber, sequence: 10 });
		await eryxon.control('jobs/complete', { jobNumber });
		await eryxon.sync('jobs', { ...key('SO-1'), job_number: jobNumber, notes: 'x' });
		await eryxon.call('DELETE', `api-jobs?id=${await eryxon.seeded('jobs')}`);
		await idle();
		const events = receiver.received.map(({ json }) => String(json.event));
		const count = (name: string): number => events.filter((each) => each === name).length;
		expect(['started', 'paused', 'resumed', 'completed'].map((name) => count(`operation.${name}`))).toEqual([
			3, 1, 1, 3,
		]);
		expect(['job.started', 'job.paused', 'job.resumed', 'job.completed', 'part.completed'].map(count)).toEqual([
			1, 1, 1, 1, 1,
		]);
		expect(count('job.deleted')).toBe(1);
		const completed = receiver.received.find(({ json }) => json.event === 'operation.completed');
		expect(object(completed?.json.data)).toMatchObject({
			previous_status: 'in_progress',
			record: { status: 'completed', completion_percentage: 100 },
			context: {
				job_number: jobNumber,
				customer: 'Northwind Cooling',
				part_number: 'PUMP-100-JOB-0001',
				cell: 'Machining',
			},
		});
	});

	it('g3: production that is reported', async () => {
		await prepare('g3');
		await register(['production.reported']);
		await eryxon.control('production/report', {
			jobNumber: 'JOB-0001',
			sequence: 10,
			good: 4,
			scrap: 1,
			scrapReason: 'POROSITY',
		});
		const [{ json }] = await arrived(1);
		expect(object(json.data).record).toMatchObject({ quantity_produced: 5, quantity_good: 4, quantity_scrap: 1 });
		expect(object(json.data).context).toMatchObject({ job_number: 'JOB-0001' });
	});

	it('g2: lifecycle calls tell both states, the browser tells who and when, a REST create tells nothing', async () => {
		await prepare('g2');
		await register(['job.created', 'operation.started', 'operation.completed', 'job.started', 'job.completed']);
		await eryxon.post('api-jobs', { job_number: 'J-2' });
		const id = await eryxon.seeded('operations');
		await eryxon.post(`api-operation-lifecycle/start?id=${id}`, {});
		await eryxon.control('operations/complete', { id, operator: 'alex' });
		await idle();
		expect(receiver.received.map(({ json }) => json.event)).toEqual(['operation.started', 'operation.completed']);
		const [rest, browser] = receiver.received.map(({ json }) => object(json.data));
		expect(rest).toMatchObject({ previous_status: 'not_started', new_status: 'in_progress', job_number: 'JOB-0001' });
		expect(browser).toMatchObject({ operator_name: 'Alex Kim', completed_at: expect.any(String) as string });
		expect(browser).not.toHaveProperty('new_status');
	});

	it('an ERP sync tells its result', async () => {
		await prepare('g3');
		await register(['sync.resources.completed', 'sync.batch.completed']);
		const resources = [{ ...key('R-1'), name: 'R-1', type: 'machine' }];
		const jobs = [{ ...key('J-1'), job_number: 'JOB-0001' }];
		await eryxon.post('api-erp-sync/sync', { resources, jobs, source: 'odoo' });
		const received = await arrived(2);
		expect(received.map(({ json }) => json.event).sort()).toEqual(['sync.batch.completed', 'sync.resources.completed']);
		const of = (event: string) => object(received.find(({ json }) => json.event === event)?.json.data);
		expect(of('sync.resources.completed')).toMatchObject({ source: 'odoo', created: 1, external_ids: ['R-1'] });
		expect(of('sync.batch.completed')).toMatchObject({ entities: ['jobs', 'resources'], total_created: 1, total_errors: 1 });
		// Nothing changed, nothing is told.
		await eryxon.post('api-erp-sync/sync', { resources });
		await idle();
		expect(receiver.received).toHaveLength(2);
	});
});
