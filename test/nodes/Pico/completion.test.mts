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
		{ from: START, returnAll: true, ...parameters, options: { idleTimeout: 0.3, ...(parameters.options as IDataObject) } },
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
			consumedSerials: expect.any(Array),
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
		const [raw] = (await getAll({ output: 'raw', filters: { orderId: pumps.json[0].orderId } })).json;
		const { id } = raw.operation as { id: string };
		expect(orderIds((await getAll({ filters: { operationId: { __rl: true, mode: 'id', value: id } } })).json)).toEqual(
			orderIds(pumps.json),
		);
		const documents = (await pico.calls()).map(({ document }) => document);
		expect(documents[0]).toContain('where: { externalOrderId: { _eq: "BULK-17" } }');
		expect(documents.at(-1)).toContain(`where: { operation: { id: { _eq: "${id}" } } }`);
	});

	it('gives raw rows or selected fields, always with the event ID and what names the unit', async () => {
		await build(1);
		const [full] = (await getAll({ output: 'raw' })).json;
		expect(full).toMatchObject({ eventId: expect.any(String), externalOrderId: 'BULK-1', endState: { producedSerial: expect.any(String) } });
		const [few] = (await getAll({ output: 'fields', fields: ['externalOrderId', 'at'] })).json;
		const { eventId, externalOrderId, orderIndex, at, operation } = full;
		expect(few).toEqual({ eventId, externalOrderId, orderIndex, at, operation });
	});

	it.each([
		['inclusive cursors', { cursorInclusive: true }],
		['one row for each message', { streamShape: 'object' }],
		['repeated deliveries', { duplicateRate: 0.4 }],
		['nanoseconds', { timePrecision: 'ns' }],
	])('gives each completion once with %s', async (_name, switches) => {
		await pico.reset(switches as Record<string, string>);
		await build(60, { stepNs: 1_000_000, tieEvery: 3 });
		const run = await getAll({ options: { batchSize: 10, idleTimeout: 1 } });
		expect(run.error).toBeUndefined();
		expect(orderIds(run.json).sort()).toEqual(numbered(1, 60).sort());
	});

	it('gives each completion once over a line that is cut again and again', async () => {
		await pico.reset({ cutAfterEvents: 10 });
		await build(50, { tieEvery: 5 });
		const run = await getAll({ options: { batchSize: 1, idleTimeout: 1 } });
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

describe('Completion: Get Many, one item per consumed serial', () => {
	const PER_SERIAL = { options: { itemPer: 'consumedSerial' } };
	const PUMP = { filters: { operationId: { __rl: true, mode: 'partNumber', value: 'PUMP-100' } } };

	it('gives a line for each consumed serial, paired with the input item', async () => {
		await build(8);
		const whole = (await getAll(PUMP)).json;
		const run = await getAll({ ...PUMP, ...PER_SERIAL });
		expect(run.error).toBeUndefined();
		const consumed = whole.flatMap(({ eventId, orderId, consumedSerials }) =>
			(consumedSerials as IDataObject[]).map(({ partNumber, serial }, index, { length }) => ({
				eventId,
				orderId,
				consumedPartNumber: partNumber,
				consumedSerial: serial,
				line: { id: expect.any(String) as string, number: index + 1, count: length },
			})),
		);
		expect(consumed.length).toBeGreaterThan(whole.length);
		expect(run.json).toEqual(consumed.map((line) => expect.objectContaining(line) as IDataObject));
		expect(new Set(run.json.map(({ line }) => (line as IDataObject).id)).size).toBe(consumed.length);
		expect(run.items.every((item) => (item.pairedItem as { item: number }).item === 0)).toBe(true);
	});

	it('gives one item for a completion that consumed nothing', async () => {
		const order = { externalOrderId: 'PLAIN', partNumber: 'PROC-080' };
		await pico.post('clock', { now: '2026-02-01T10:00:00Z' });
		await pico.post('orders/save', order);
		await pico.post('orders/start', order);
		await pico.post('orders/complete', { ...order, consumedSerials: [] });
		const { json } = await getAll(PER_SERIAL);
		expect(json).toEqual([
			expect.objectContaining({ orderId: 'PLAIN', consumedPartNumber: null, consumedSerial: null, line: expect.objectContaining({ number: 1, count: 1 }) as object }),
		]);
	});

	it('cuts no completion in half at the limit', async () => {
		await build(20);
		const run = await getAll({ ...PUMP, ...PER_SERIAL, returnAll: false, limit: 2 });
		expect(new Set(run.json.map(({ orderId }) => orderId)).size).toBe(2);
		for (const { orderId, line } of run.json) {
			expect(run.json.filter((row) => row.orderId === orderId)).toHaveLength(Number((line as IDataObject).count));
		}
	});

	it.each([
		['raw', { output: 'raw' }],
		['fields', { output: 'fields', fields: ['externalOrderId'] }],
	])('output %s: the list of Pico holds the serial of the item alone', async (_name, output) => {
		await build(1);
		const { json } = await getAll({ ...output, ...PER_SERIAL });
		expect(json.length).toBeGreaterThan(1);
		for (const [index, row] of json.entries()) {
			expect(row).toMatchObject({ line: { number: index + 1 }, externalOrderId: 'BULK-1', eventId: json[0].eventId });
			expect((row.operationSummary as IDataObject).consumedSerials).toHaveLength(1);
		}
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
		const lines = await getAll({ returnAll: false, limit: 1, options: { itemPer: 'consumedSerial' } });
		expect(lines.json[0]).toMatchObject({ line: { number: 1 }, consumedPartNumber: expect.any(String), consumedSerial: expect.any(String) });
		const [few] = (await getAll({ output: 'fields', fields: ['at', 'endState'], returnAll: false, limit: 1 })).json;
		expect(few).toMatchObject({ at: '2026-02-01T00:00:00.000Z', endState: { producedSerial: expect.any(String) } });
	});
});
