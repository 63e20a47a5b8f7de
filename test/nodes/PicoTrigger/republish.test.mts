import type { IDataObject } from 'n8n-workflow';

import { Dialect } from '../../../nodes/shared/api/dialect/dialect.ts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

jest.mock('../../../nodes/shared/delivery/pace.ts', () => {
	const { PACE } = jest.requireActual<{ PACE: Record<string, number> }>('../../../nodes/shared/delivery/pace.ts');
	return { PACE: { ...PACE, takenUp: 20, reconnectFirst: 20, quiet: 300, settle: 20 } };
});

let sandbox: SandboxProcess;
let host: TriggerHost;

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(async () => await sandbox.close());
beforeEach(async () => {
	await sandbox.control('POST', 'reset', {});
	Dialect.forgetAll();
});
afterEach(async () => await host.deactivate());

const SECOND_NS = 1_000_000_000;
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
const complete = async (count: number, orderPrefix: string, extra: Record<string, unknown> = {}) =>
	await sandbox.control('POST', 'completions/bulk', { count, orderPrefix, ...extra });
const ordersOf = (prefix: string) => host.items.map(({ orderId }) => String(orderId)).filter((order) => order.startsWith(prefix));
/** An event after all others shows that these are dealt with. */
const afterOneMore = async (name: string) => {
	await complete(1, name);
	await until(`the event ${name}`, () => ordersOf(name).length > 0, 30_000);
};

const CHANGES: Array<[string, (parameters: IDataObject, access: { endpoint: string }) => void]> = [
	['a wider Order ID', (parameters) => (parameters.options = { orderFilter: '*' })],
	['a narrower Order ID that still fits', (parameters) => (parameters.options = { orderFilter: '*O*-*' })],
	['no Order ID', (parameters) => (parameters.options = {})],
	['all products by name', (parameters) => (parameters.products = parameters.everyProduct as string[])],
	['no product', (parameters) => (parameters.products = [])],
	['the older path', (_parameters, access) => (access.endpoint = access.endpoint.replace(/\/graph.*$/, '/graphql'))],
	['a query in the path', (_parameters, access) => (access.endpoint = access.endpoint.replace(/\/graph.*$/, '/graph/v2?site=1'))],
	['the newer path', (_parameters, access) => (access.endpoint = access.endpoint.replace(/\/graph.*$/, '/graph/v2'))],
	['a longer look-back', (parameters) => (parameters.options = { lookBackWindow: 7_200 })],
	['no look-back', (parameters) => (parameters.options = { lookBackWindow: 0 })],
	['more events per run', (parameters) => (parameters.options = { eventsPerRun: 7 })],
	['another output', (parameters) => (parameters.output = 'raw')],
	['Start From earliest', (parameters) => (parameters.startFrom = 'earliest')],
	['Start From new', (parameters) => (parameters.startFrom = 'new')],
	['Deliver Next Event immediately', (parameters) => (parameters.deliverNext = 'immediately')],
	['Deliver Next Event after success', (parameters) => Object.assign(parameters, { deliverNext: 'afterSuccess', options: { afterRestart: 'skip' } })],
];

test('published again with every other change under a steady flow, it loses nothing and repeats nothing', async () => {
	await complete(20, 'BEFORE', { startAt: ago(600), stepNs: SECOND_NS });
	const { operations } = await sandbox.control<{ operations: Array<{ id: string }> }>('GET', 'state');
	host = new TriggerHost({ ...sandbox }, { startFrom: 'new' });
	await host.activate();
	await complete(3, 'FLOW0');
	let made = 3;
	for (const [index, [name, change]] of CHANGES.entries()) {
		const flowing = complete(4, `FLOW${index + 1}-A`);
		await host.deactivate();
		await complete(4, `FLOW${index + 1}-B`);
		host.parameters.everyProduct = operations.map(({ id }) => id);
		change(host.parameters, host.access as { endpoint: string });
		await host.activate('update');
		await complete(4, `FLOW${index + 1}-C`);
		await flowing;
		made += 12;
		const idsOf = () => host.runs.flatMap(({ items }) => items.map(({ eventId }) => String(eventId)));
		await until(`all ${made} events after ${name}`, () => new Set(idsOf()).size >= made, 60_000);
		expect([name, idsOf().length, new Set(idsOf()).size]).toEqual([name, made, made]);
		expect(host.logs.filter((line) => line.includes("Starts at 'Start From'"))).toEqual([]);
	}
	expect(ordersOf('BEFORE')).toEqual([]);
}, 240_000);

test('another host is another source: its history is not taken for a gap', async () => {
	host = new TriggerHost({ ...sandbox }, { startFrom: 'new' });
	await host.activate();
	await afterOneMore('FIRST');
	await host.deactivate();
	await complete(3, 'MEANWHILE');
	host.access.endpoint = host.access.endpoint.replace('127.0.0.1', 'localhost');
	await new Promise((resolve) => setTimeout(resolve, 1_100 - (Date.now() % 1_000)));
	await host.activate('update');
	await afterOneMore('LAST');
	expect(ordersOf('MEANWHILE')).toEqual([]);
	expect(host.logs.join('\n')).toContain('the host of the endpoint or the event was changed');
}, 60_000);

describe.each([1, 10])('with %d events per run, a look-back that changes', (eventsPerRun) => {
	test.each([
		[1, 7_200],
		[60, 3_600],
		[3_600, 0],
		[0, 86_400],
	])('from %d s to %d s starts nothing from before the first start, and nothing twice', async (before, after) => {
		await complete(30, 'BEFORE', { startAt: ago(1_000), stepNs: SECOND_NS });
		const startDate = ago(900);
		host = new TriggerHost(sandbox, { startFrom: 'date', startDate, options: { lookBackWindow: before, eventsPerRun } });
		// n8n has forgotten every run by the next start: only the place itself can tell what was delivered.
		await host.activate();
		await complete(40, 'FIRST', { startAt: ago(800), stepNs: 10 * SECOND_NS });
		await until('the first events', () => ordersOf('FIRST').length === 40, 30_000);
		await afterOneMore('THEN');
		await host.deactivate();
		host.parameters = { ...host.parameters, options: { lookBackWindow: after, eventsPerRun } };
		await host.activate('update');
		await afterOneMore('LAST');
		await sandbox.control('POST', 'streams/cut', {});
		await afterOneMore('CUT');
		expect(ordersOf('BEFORE')).toEqual([]);
		expect(host.ids).toHaveLength(43);
		expect(new Set(host.ids).size).toBe(43);
	}, 60_000);
});

test('places of nodes that the workflow no longer has are forgotten with the next publish', async () => {
	host = new TriggerHost(sandbox, {});
	await host.activate();
	await afterOneMore('FIRST');
	await host.deactivate();
	const global = host.staticData.global as IDataObject;
	const own = Object.keys(global)[0];
	host.staticData = { global: { ...global, 'picoTrigger:deleted-node': global[own], mine: { counter: 7 } }, 'node:Other': { a: 1 } };
	await host.activate('update');
	expect(Object.keys(host.staticData.global as IDataObject).sort()).toEqual(['mine', own].sort());
	expect(host.staticData['node:Other']).toEqual({ a: 1 });
	await afterOneMore('LAST');
	expect(host.runs).toHaveLength(2);
});
