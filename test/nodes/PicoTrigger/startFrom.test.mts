import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

let sandbox: SandboxProcess;
let host: TriggerHost;

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(async () => await sandbox.close());
afterEach(async () => await host.deactivate());

const complete = async (count: number, extra: Record<string, unknown> = {}) =>
	await sandbox.control('POST', 'completions/bulk', { count, ...extra });
const orders = () => host.items.map(({ orderId }) => orderId);
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

// Servers read a cursor as "later than" or as "from": both must begin at the same event.
describe.each([false, true])('with a cursor that is inclusive: %s', (cursorInclusive) => {
	beforeEach(async () => await sandbox.control('POST', 'reset', { switches: { cursorInclusive } }));

	test('new events: what was completed shortly before the start does not come, not after a restart either', async () => {
		await complete(3, { orderPrefix: 'OLD', startAt: ago(60_000) });
		host = new TriggerHost(sandbox, { startFrom: 'new' });
		await host.activate();
		await complete(1, { orderPrefix: 'NEW' });
		await until('the new event', () => orders().includes('NEW-1'));
		await host.deactivate();
		await complete(1, { orderPrefix: 'LATER' });
		await host.activate();
		await until('the event after the restart', () => orders().includes('LATER-1'));
		expect(orders()).toEqual(['NEW-1', 'LATER-1']);
	});

	test('a date: begins with the event of exactly that moment, and with none before', async () => {
		await complete(3, { orderPrefix: 'MO', startAt: '2026-01-05T10:00:00.000Z', stepNs: 1_000_000 });
		host = new TriggerHost(sandbox, { startFrom: 'date', startDate: '2026-01-05T10:00:00.001Z' });
		await host.activate();
		await until('two events', () => host.items.length >= 2);
		await complete(1, { orderPrefix: 'NEW' });
		await until('the new event', () => orders().includes('NEW-1'));
		expect(orders()).toEqual(['MO-2', 'MO-3', 'NEW-1']);
	});
});

test('an event that Pico stored late still comes, as far as it is from after the start', async () => {
	await sandbox.control('POST', 'reset', {});
	host = new TriggerHost(sandbox, { startFrom: 'date', startDate: '2026-01-05T10:00:00.000Z' });
	await complete(1, { orderPrefix: 'FIRST', startAt: '2026-01-05T10:02:00.000Z' });
	await host.activate();
	await until('the first event', () => host.items.length === 1);
	await host.deactivate();
	await complete(1, { orderPrefix: 'LATE', startAt: '2026-01-05T10:01:00.000Z' });
	await complete(1, { orderPrefix: 'BEFORE', startAt: '2026-01-05T09:59:00.000Z' });
	await host.activate();
	await until('the late event', () => orders().includes('LATE-1'));
	expect(orders()).toEqual(['FIRST-1', 'LATE-1']);
});

test('a workflow whose position n8n would not store fails the activation and says how to get one that it does', async () => {
	host = new TriggerHost(sandbox, {});
	host.workflowId = 'imported-under-a-long-id';
	await expect(host.activate()).rejects.toMatchObject({
		message: expect.stringContaining("its ID 'imported-under-a-long-id' is longer than 21 characters"),
		description: expect.stringContaining('Duplicate the workflow in the editor'),
	});
});
