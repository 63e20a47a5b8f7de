import { until } from '../../../../test/kit/until.mts';
import { CHECKS } from '../../nodes/EryxonTrigger/watch.ts';
import type { DialectName } from '../kit/double.mts';
import { useDouble } from '../kit/useDouble.mts';
import { WebhookHost } from '../kit/webhookHost.mts';

const double = useDouble();
const hosts: WebhookHost[] = [];
const LATER: DialectName[] = ['g2', 'g3'];
const usual = { ...CHECKS };

beforeEach(() => Object.assign(CHECKS, { firstMs: 10, minuteMs: 60_000 }));

afterEach(async () => {
	for (const each of hosts.splice(0)) await each.close();
	Object.assign(CHECKS, usual);
});

async function published(dialect: DialectName, parameters = {}): Promise<WebhookHost> {
	await double().reset(dialect, { webhookRetryMs: 1, firstWebhooks: dialect === 'g1' });
	const n8n = await new WebhookHost(double().access, { events: ['operation.completed'], ...parameters }).open();
	hosts.push(n8n);
	await n8n.activate();
	return n8n;
}

const send = async (id: string, event = 'operation.completed') =>
	await double().control('POST', 'webhooks/send', { event, data: { operation_id: id, record: { id, status: 'completed' } } });
const settled = async () => await until('all deliveries are done', async () => (await double().control<{ pending: number }>('GET', 'deliveries')).pending === 0);
const checks = async () => (await double().calls()).filter(({ path, query }) => /webhook-(logs|deliveries)$/.test(path) && query.includes('webhook_id')).length;
/** Starts n8n again and waits until the trigger has looked for missed events twice: then what the first look found is handed over. */
async function checkedAgain(n8n: WebhookHost): Promise<void> {
	for (let round = 0; round < 2; round += 1) {
		const before = await checks();
		await n8n.restart();
		await until('a check', async () => (await checks()) > before);
	}
}
const idsOf = (n8n: WebhookHost) => n8n.items.map(({ recordId, replayed }) => [recordId, replayed]);

describe.each(LATER)('what happens while n8n is down, in %s', (dialect) => {
	it('is fetched at the next start, in its order, marked as replayed, and once', async () => {
		const n8n = await published(dialect);
		await send('1');
		await until('the first run', () => n8n.items.length === 1);
		n8n.down = true;
		for (const id of ['2', '3', '4']) {
			await send(id);
			await settled();
		}
		await send('x', 'job.created');
		n8n.down = false;
		await n8n.restart();
		await until('three runs more', () => n8n.items.length === 4);
		expect(idsOf(n8n)).toEqual([['1', false], ['2', true], ['3', true], ['4', true]]);
		await send('5');
		await until('the next one', () => n8n.items.length === 5);
		await checkedAgain(n8n);
		expect(idsOf(n8n)).toHaveLength(5);
	});

	it('is not taken for an event that came after all, and has the same ID', async () => {
		const n8n = await published(dialect);
		n8n.down = true;
		await send('1');
		await settled();
		n8n.down = false;
		const [delivery] = (await double().control<{ deliveries: Array<{ id: string }> }>('GET', 'deliveries')).deliveries;
		await double().control('POST', 'webhooks/again', { deliveryId: delivery.id });
		await until('the late call', () => n8n.items.length === 1);
		await settled();
		await checkedAgain(n8n);
		await send('2');
		await until('the next one', () => n8n.items.length === 2);
		expect(idsOf(n8n)).toEqual([['1', false], ['2', false]]);
	});

	it('is fetched by the clock as well', async () => {
		Object.assign(CHECKS, { firstMs: 10, minuteMs: 20 });
		const n8n = await published(dialect, { options: { checkEvery: 1 } });
		n8n.runsFail = true;
		await send('1');
		await settled();
		n8n.runsFail = false;
		await until('the run', () => n8n.items.length === 1);
		expect(idsOf(n8n)).toEqual([['1', true]]);
	});
});

it('a webhook that Eryxon gave up on is switched on again, and told as a failed execution', async () => {
	const n8n = await published('g3');
	const [{ id }] = await double().records('webhooks');
	await double().control('POST', 'records/update', { table: 'webhooks', id, values: { active: false, disabled_reason: '25 failures' } });
	await n8n.restart();
	await until('the webhook is on', async () => (await double().records('webhooks'))[0].active === true);
	await until('it is told', () => n8n.failed.length === 1);
	expect(n8n.failed[0].message).toContain('Eryxon had switched the webhook of this trigger off (25 failures); it is on again');
});

it('a webhook that somebody removed in Eryxon is told as a failed execution, once', async () => {
	Object.assign(CHECKS, { firstMs: 10, minuteMs: 10 });
	const n8n = await published('g3', { options: { checkEvery: 1 } });
	const [{ id }] = await double().records('webhooks');
	await double().control('POST', 'records/delete', { table: 'webhooks', id, hard: true });
	await until('it is told', () => n8n.failed.length > 0);
	const checks = (await double().calls()).length;
	await until('more checks', async () => (await double().calls()).length > checks + 3);
	expect(n8n.failed.map(({ message }) => message)).toEqual(['Eryxon no longer has the webhook of this trigger']);
});

it('a version that keeps no failed deliveries is named at activation', async () => {
	const n8n = await published('g1');
	expect(n8n.logs.join('\n')).toContain('This version of Eryxon does not keep events that it could not deliver');
});
