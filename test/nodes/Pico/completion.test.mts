import type { IDataObject } from 'n8n-workflow';

import { SERVERS, usePico } from '../../kit/usePico.mts';

const pico = usePico();
const START = '2026-02-01T00:00:00Z';
/** Completions BULK-1, BULK-2, ... one second apart from START, of all products in turn. */
const build = async (count: number, more: IDataObject = {}) =>
	await pico.post('completions/bulk', { count, startAt: START, stepNs: 1_000_000_000, ...more });
const getAll = async (parameters: IDataObject = {}, options = {}) =>
	await pico.run(
		'completion',
		'getAll',
		{ from: START, returnAll: true, ...parameters, options: { idleSeconds: 0.3, ...(parameters.options as IDataObject) } },
		options,
	);
const orderIds = (rows: IDataObject[]) => rows.map((row) => row.orderId);
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `BULK-${from + index}`);

describe('Completion: Get Many', () => {
	it('gives every completion since a time once, oldest first, each with an event ID', async () => {
		await build(250);
		const run = await getAll();
		expect(run.error).toBeUndefined();
		expect(orderIds(run.json)).toEqual(numbered(1, 250));
		expect(new Set(run.json.map((row) => row.eventId)).size).toBe(250);
		expect(run.json[0]).toMatchObject({
			orderId: 'BULK-1',
			orderIndex: 0,
			completedAt: '2026-02-01T00:00:00.000Z',
			cycleTimeSeconds: 1200,
			producedSerial: expect.stringMatching(/^SN-/),
			serialsByPartNumber: expect.any(Object),
		});
		expect(run.items.every((item) => (item.pairedItem as { item: number }).item === 0)).toBe(true);
	});

	it('keeps to the period, both ends included', async () => {
		await build(20);
		const run = await getAll({ from: '2026-02-01T00:00:05Z', to: '2026-02-01T00:00:09Z' });
		expect(orderIds(run.json)).toEqual(numbered(6, 10));
	});

	it('gives no items, and no complaint, for an empty period', async () => {
		await build(5);
		const run = await getAll({ from: '2027-01-01T00:00:00Z' });
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([]);
	});

	it('stops at the limit', async () => {
		await build(120);
		expect((await getAll({ returnAll: false })).json).toHaveLength(50);
		expect(orderIds((await getAll({ returnAll: false, limit: 7 })).json)).toEqual(numbered(1, 7));
	});

	it('filters by order and by operation, on the server where it can', async () => {
		await build(30);
		const one = await getAll({ filters: { orderId: 'BULK-17' } });
		expect(orderIds(one.json)).toEqual(['BULK-17']);
		const pumps = await getAll({ filters: { operationId: { __rl: true, mode: 'partNumber', value: 'PUMP-100' } } });
		expect(pumps.json.length).toBeGreaterThan(3);
		expect(pumps.json.every((row) => row.partNumber === 'PUMP-100')).toBe(true);
		const id = pumps.json[0].operationId as string;
		expect(orderIds((await getAll({ filters: { operationId: { __rl: true, mode: 'id', value: id } } })).json)).toEqual(
			orderIds(pumps.json),
		);
		const documents = (await pico.calls()).map(({ document }) => document);
		expect(documents[0]).toContain('where: { externalOrderId: { _eq: "BULK-17" } }');
		expect(documents.at(-1)).toContain(`where: { operation: { id: { _eq: "${id}" } } }`);
	});

	it('gives full rows or selected fields, always with the event ID', async () => {
		await build(1);
		const [full] = (await getAll({ output: 'full' })).json;
		expect(full).toMatchObject({ eventId: expect.any(String), externalOrderId: 'BULK-1', endState: { producedSerial: expect.any(String) } });
		const [few] = (await getAll({ output: 'fields', fields: ['externalOrderId', 'at'] })).json;
		expect(few).toEqual({ eventId: full.eventId, externalOrderId: 'BULK-1', at: '2026-02-01T00:00:00.000Z' });
	});

	it.each([
		['inclusive cursors', { cursorInclusive: true }],
		['one row for each message', { streamShape: 'object' }],
		['repeated deliveries', { duplicateRate: 0.4 }],
		['nanoseconds', { timePrecision: 'ns' }],
	])('gives each completion once with %s', async (_name, switches) => {
		await pico.reset(switches as Record<string, string>);
		await build(60, { stepNs: 1_000_000, tieEvery: 3 });
		const run = await getAll({ options: { batchSize: 10, idleSeconds: 1 } });
		expect(run.error).toBeUndefined();
		expect(orderIds(run.json).sort()).toEqual(numbered(1, 60).sort());
	});

	it('gives each completion once over a line that is cut again and again', async () => {
		await pico.reset({ cutAfterEvents: 10 });
		await build(50, { tieEvery: 5 });
		const run = await getAll({ options: { batchSize: 1, idleSeconds: 1 } });
		expect(run.error).toBeUndefined();
		expect(orderIds(run.json)).toEqual(numbered(1, 50));
	});

	it('asks each item for its own period', async () => {
		await build(10);
		const run = await getAll(
			{ filters: { orderId: '={{ $json.order }}' } },
			{ items: [{ order: 'BULK-9' }, { order: 'nothing' }, { order: 'BULK-2' }] },
		);
		expect(orderIds(run.json)).toEqual(['BULK-9', 'BULK-2']);
		expect(run.items.map((item) => (item.pairedItem as { item: number }).item)).toEqual([0, 2]);
	});
});

describe.each(SERVERS)('on a $profile server with introspection $introspection', (server) => {
	it('gives the same simplified completions', async () => {
		await pico.reset(server);
		await build(25);
		const run = await getAll({ filters: { operationId: { __rl: true, mode: 'partNumber', value: 'PUMP-100' } } });
		expect(run.error).toBeUndefined();
		expect(run.json.length).toBeGreaterThan(3);
		expect(run.json[0]).toMatchObject({
			partNumber: 'PUMP-100',
			completedAt: expect.stringMatching(/^2026-02-01T/),
			producedSerial: expect.stringMatching(/^SN-/),
		});
		const [few] = (await getAll({ output: 'fields', fields: ['at', 'endState'], returnAll: false, limit: 1 })).json;
		expect(few).toMatchObject({ at: '2026-02-01T00:00:00.000Z', endState: { producedSerial: expect.any(String) } });
	});
});
