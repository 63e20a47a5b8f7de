import type { IDataObject } from 'n8n-workflow';

import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

jest.mock('../../../nodes/shared/delivery/pace.ts', () => {
	const { PACE } = jest.requireActual<{ PACE: Record<string, number> }>('../../../nodes/shared/delivery/pace.ts');
	return { PACE: { ...PACE, takenUp: 20, retryFirst: 20, retryLongest: 50, slow: 100, reconnectFirst: 20, quiet: 300, settle: 20 } };
});

let sandbox: SandboxProcess;
let host: TriggerHost;

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(async () => await sandbox.close());
beforeEach(async () => {
	await sandbox.control('POST', 'reset', {});
});
afterEach(async () => await host.deactivate());

const PER_SERIAL = { itemPer: 'consumedSerial' };
const PARTS = ['SPR-22', 'SEAL-9', 'SEAL-9'];
const CONSUMED = PARTS.map((externalId, index) => ({ id: `attr-${externalId}`, externalId, value: `LOT-${index}` }));

/** Completes an order of one unit, with these serials built in. */
async function complete(externalOrderId: string, consumedSerials: object[] = CONSUMED): Promise<void> {
	const order = { externalOrderId, partNumber: 'PROC-080' };
	await sandbox.control('POST', 'orders/save', order);
	await sandbox.control('POST', 'orders/start', order);
	await sandbox.control('POST', 'orders/complete', { ...order, producedSerial: `SN-${externalOrderId}`, consumedSerials });
}
const start = async (parameters: IDataObject = {}) => {
	host = new TriggerHost(sandbox, parameters);
	await host.activate();
};
const parts = (items: IDataObject[]) => items.map(({ consumedPartNumber }) => consumedPartNumber);

test('one run for each completion, with one item for each consumed serial', async () => {
	await start({ options: PER_SERIAL });
	await complete('MO-1');
	await complete('MO-2');
	await until('two runs', () => host.runs.length === 2);
	expect(host.runs.map(({ items }) => parts(items))).toEqual([PARTS, PARTS]);
	const [first] = host.runs;
	expect(new Set(first.items.map(({ eventId }) => eventId)).size).toBe(1);
	expect(new Set(host.items.map(({ line }) => (line as IDataObject).id)).size).toBe(6);
	expect(first.items[1]).toMatchObject({
		orderId: 'MO-1',
		partNumber: 'PROC-080',
		producedSerial: 'SN-MO-1',
		consumedPartNumber: 'SEAL-9',
		consumedSerial: 'LOT-1',
		line: { id: expect.any(String) as string, number: 2, count: 3 },
		delivery: { event: 'orderCompleted', attempt: 1, replayed: false, correction: false, lagMs: expect.any(Number) as number },
	});
	expect(first.items[1]).not.toHaveProperty('consumedSerials');
});

test('a completion that consumed nothing still starts its run, with one item', async () => {
	await start({ options: PER_SERIAL });
	await complete('PLAIN', []);
	await until('the run', () => host.runs.length === 1);
	expect(host.items).toEqual([
		expect.objectContaining({ orderId: 'PLAIN', producedSerial: 'SN-PLAIN', consumedPartNumber: null, consumedSerial: null, line: expect.objectContaining({ count: 1 }) as object }),
	]);
});

test('without the option an item stands for a completion', async () => {
	await start({ options: { itemPer: 'completion' } });
	await complete('MO-1');
	await until('the run', () => host.runs.length === 1);
	expect(host.items).toEqual([expect.objectContaining({ consumedSerials: expect.any(Array) as unknown[] })]);
	expect(host.items[0]).not.toHaveProperty('line');
});

test('events per run counts completions, not lines', async () => {
	for (const order of ['MO-1', 'MO-2', 'MO-3', 'MO-4']) await complete(order);
	await start({ startFrom: 'earliest', options: { ...PER_SERIAL, eventsPerRun: 2 } });
	await until('all lines', () => host.items.length === 12);
	expect(host.runs.map(({ items }) => items.map(({ orderId }) => orderId).filter((id, index, all) => all.indexOf(id) === index))).toEqual([
		['MO-1', 'MO-2'],
		['MO-3', 'MO-4'],
	]);
});

test('a completion whose run was killed is not run again after the option was changed: key and position do not know it', async () => {
	await start({ options: {} });
	host.workflow = () => 'never';
	await complete('MO-1');
	await complete('MO-2');
	await until('the first run', () => host.runs.length === 1);
	await host.kill();
	host.workflow = () => 'success';
	host.parameters = { options: PER_SERIAL };
	await host.activate('init');
	await until('the second completion', () => host.runs.length === 2);
	expect(host.runs[1].items.map(({ orderId }) => orderId)).toEqual(['MO-2', 'MO-2', 'MO-2']);
	await host.deactivate();
	host.parameters = { options: {} };
	await host.activate();
	await complete('LAST');
	await until('the last run', () => host.items.some(({ orderId }) => orderId === 'LAST'));
	expect(host.runs).toHaveLength(3);
	expect(host.logs.join('\n')).not.toContain("Starts at 'Start From'");
});

test('a completion that is delivered again has the same line ids', async () => {
	await start({ startFrom: 'earliest', options: { ...PER_SERIAL, positionResetKey: '1' } });
	await complete('MO-1');
	await until('the run', () => host.runs.length === 1);
	await host.deactivate();
	host.parameters = { startFrom: 'earliest', options: { ...PER_SERIAL, positionResetKey: '2' } };
	await host.activate();
	await until('the run again', () => host.runs.length === 2);
	expect(host.runs[1].items.map(({ line }) => (line as IDataObject).id)).toEqual(host.runs[0].items.map(({ line }) => (line as IDataObject).id));
});

test.each([
	['raw', { output: 'raw' }],
	['fields', { output: 'fields', fields: ['externalOrderId'] }],
])('output %s: each item holds its own serial where Pico has the list, and its own line', async (_name, output) => {
	await start({ ...output, options: PER_SERIAL });
	await complete('MO-1');
	await until('the run', () => host.runs.length === 1);
	expect(host.items.map(({ operationSummary }) => (operationSummary as IDataObject).consumedSerials)).toEqual(
		PARTS.map((externalId) => [expect.objectContaining({ externalId, value: expect.any(String) as string })]),
	);
	expect(host.items[2]).toMatchObject({
		externalOrderId: 'MO-1',
		line: { number: 3, count: 3, id: expect.stringMatching(/^[\w-]{33}$/) as string },
	});
});

test('the Failed output gets the same lines, each with the reason', async () => {
	await start({ deliverNext: 'afterSuccess', options: { ...PER_SERIAL, attempts: 1, afterLastAttempt: 'failedOutput' } });
	host.workflow = (_items, { output }) => (output === 1 ? 'success' : 'error');
	await complete('MO-1');
	await until('the Failed output', () => host.runs.some(({ output }) => output === 1));
	const [tried, parked] = host.runs;
	expect(parked.items.map(({ line }) => (line as IDataObject).id)).toEqual(tried.items.map(({ line }) => (line as IDataObject).id));
	expect(parked.items.every(({ delivery }) => (delivery as IDataObject).reason === 'The ERP said no')).toBe(true);
});

test('another event than completions has no lines, whatever was chosen before', async () => {
	await start({ event: 'noteSaved', options: PER_SERIAL });
	await sandbox.control('POST', 'notes/add', { text: 'Scratch' });
	await until('the run', () => host.runs.length === 1);
	expect(host.items).toEqual([expect.objectContaining({ text: 'Scratch' })]);
	expect(host.items[0]).not.toHaveProperty('line');
});

test('an editor test run shows the lines of a real completion', async () => {
	await start({ options: PER_SERIAL });
	await complete('MO-1');
	await until('the run', () => host.runs.length === 1);
	const items = await host.testRun();
	expect(items.map(({ line }) => (line as IDataObject).id)).toEqual(host.items.map(({ line }) => (line as IDataObject).id));
});

test('an editor test run on an empty plant shows the lines of the sample', async () => {
	host = new TriggerHost(sandbox, { options: PER_SERIAL });
	expect(await host.testRun()).toEqual([
		expect.objectContaining({ consumedPartNumber: 'MOTOR-20', line: expect.objectContaining({ number: 1, count: 2 }) as object, delivery: expect.objectContaining({ sample: true }) as object }),
		expect.objectContaining({ consumedPartNumber: 'SEAL-9', line: expect.objectContaining({ number: 2, count: 2 }) as object, delivery: expect.objectContaining({ sample: true }) as object }),
	]);
});
