import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost, type RunEnd } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';
import { installWebSocket } from '../../kit/webSocket.mts';
import { deliveryOf } from '../../kit/fakeN8n.mts';

installWebSocket();

let sandbox: SandboxProcess;
let host: TriggerHost;

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(async () => await sandbox.close());
const complete = async (count: number, extra: Record<string, unknown> = {}) =>
	await sandbox.control('POST', 'completions/bulk', { count, orderPrefix: 'MO', ...extra });

describe.each(['sse', 'webSocket'])('over %s', (connection) => {
	beforeEach(async () => {
		await sandbox.control('POST', 'reset', {});
		host = new TriggerHost(sandbox, { options: { connection } });
	});
	afterEach(async () => await host.deactivate());

	test('starts one run for each completion, in order', async () => {
		await host.activate();
		await complete(5);
		await until('five runs', () => host.runs.length === 5);
		expect(host.items.map(({ orderId }) => orderId)).toEqual([...host.items.map(({ orderId }) => orderId)].sort());
		expect(new Set(host.ids).size).toBe(5);
	});

	test('keeps one batch in flight', async () => {
		let running = 0;
		let most = 0;
		host.workflow = async (): Promise<RunEnd> => {
			most = Math.max(most, ++running);
			await new Promise((resolve) => setTimeout(resolve, 5));
			running--;
			return 'success';
		};
		await host.activate();
		await complete(20);
		await until('twenty runs', () => host.runs.length === 20);
		expect(most).toBe(1);
	});

	test('re-offers a completion whose run was killed under the same key, so that n8n does not start it twice', async () => {
		host.workflow = () => 'never';
		await host.activate();
		await complete(3);
		await until('the first run', () => host.runs.length === 1);
		await host.kill();
		host.workflow = () => 'success';
		await host.activate('init');
		await until('the other two', () => host.runs.length === 3);
		expect(new Set(host.ids).size).toBe(3);
		expect(host.runs[0].status).toBe('crashed');
	});

	test('delivers what happened while n8n was down', async () => {
		await host.activate();
		await complete(2);
		await until('two runs', () => host.runs.length === 2);
		await host.kill();
		await complete(3, { orderPrefix: 'NIGHT' });
		await host.activate('init');
		await until('five runs', () => host.runs.length === 5);
		expect(new Set(host.ids).size).toBe(5);
	});

	test('starts nothing twice after a clean restart', async () => {
		await host.activate();
		await complete(4);
		await until('four runs', () => host.runs.filter(({ status }) => status === 'success').length === 4);
		for (let restart = 0; restart < 5; restart++) {
			await host.deactivate();
			await host.activate('init');
		}
		await complete(1, { orderPrefix: 'LAST' });
		await until('the last run', () => host.items.some(({ orderId }) => String(orderId).startsWith('LAST')));
		expect(host.runs).toHaveLength(5);
	});

	test('comes back after a cut connection and repeats nothing', async () => {
		await host.activate();
		await complete(3);
		await until('three runs', () => host.runs.length === 3);
		await sandbox.control('POST', 'streams/cut', {});
		await complete(3, { orderPrefix: 'AFTER' });
		await until('six runs', () => host.runs.length === 6, 15_000);
		expect(new Set(host.ids).size).toBe(6);
	});

	test('a backlog far larger than the queue reaches a slow workflow whole and in order', async () => {
		host.parameters.startFrom = 'earliest';
		(host.parameters.options as Record<string, unknown>).eventsPerRun = 100;
		await complete(20_000, { startAt: '2026-01-01T00:00:00Z', stepNs: 1_000_000_000 });
		await host.activate();
		await until('all events', () => host.items.length >= 20_000, 60_000);
		const times = host.items.map(({ completedAt }) => String(completedAt));
		expect(times).toEqual([...times].sort());
		expect(new Set(host.ids).size).toBe(20_000);
	}, 70_000);

	test('events that come one by one while a run is under way start the next one together', async () => {
		(host.parameters.options as Record<string, unknown>).eventsPerRun = 10;
		let free = () => {};
		host.workflow = async (_items, run) => (run === host.runs[0] ? await new Promise((resolve) => (free = () => resolve('success'))) : 'success');
		await host.activate();
		await complete(1, { orderPrefix: 'FIRST' });
		await until('the first run', () => host.runs.length === 1);
		for (let unit = 0; unit < 25; unit++) await complete(1, { orderPrefix: `LATER${unit}` });
		free();
		await until('all events', () => host.items.length === 26);
		expect(new Set(host.ids).size).toBe(26);
		expect(host.runs.map(({ items }) => items.length)).toEqual([1, 10, 10, 5]);
	});

	test('a refused token fails the activation and names the remedy', async () => {
		const stranger = new TriggerHost({ ...sandbox, token: 'wrong-token-value' }, { options: { connection } });
		await expect(stranger.activate()).rejects.toMatchObject({ description: expect.stringContaining("'Token'") as string });
	});
});

beforeEach(async () => {
	await sandbox.control('POST', 'reset', {});
	host = new TriggerHost(sandbox);
});
afterEach(async () => await host.deactivate());

test('shows an editor test run a real event and leaves the stored position alone', async () => {
	await host.activate();
	await complete(2);
	await until('two runs', () => host.runs.length === 2);
	const [item] = await host.testRun();
	expect(deliveryOf(item).sample).toBeUndefined();
	expect(host.ids).toContain(item.eventId);
});

test('shows an editor test run a labelled sample on an empty plant', async () => {
	await sandbox.control('POST', 'reset', {});
	const items = await host.testRun();
	expect(items).toHaveLength(1);
	const { sample, replayed } = deliveryOf(items[0]);
	expect(sample === true || replayed === true).toBe(true);
});
