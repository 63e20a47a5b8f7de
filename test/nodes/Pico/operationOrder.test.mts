import type { IDataObject } from 'n8n-workflow';

import { byId, byPart, SERVERS, usePico, type Order } from '../../kit/usePico.mts';

const pico = usePico();
const save = async (parameters: IDataObject, items?: IDataObject[], more = {}) =>
	await pico.run('operationOrder', 'save', { ...byPart('PUMP-100'), orderId: 'MO-1', ...parameters }, { items, ...more });
const cancel = async (parameters: IDataObject = {}, more = {}) =>
	await pico.run('operationOrder', 'cancel', { ...byPart('PUMP-100'), orderId: 'MO-1', ...parameters }, more);
/** Orders that were saved; the child orders that Pico derives from them are left out. */
const orders = async (): Promise<Order[]> => {
	const state = await pico.state<{ orders: Array<Order & { parentOrderId: string | null }> }>();
	return state.orders.filter(({ parentOrderId }) => parentOrderId === null);
};
const saves = async () => (await pico.calls()).filter(({ document }) => document.includes('operationOrderSave'));

describe('Operation Order: Save', () => {
	it('saves N units as indices 0..N-1, one item each', async () => {
		const run = await save({ quantity: 3 });
		expect(run.error).toBeUndefined();
		const [{ operationId }] = await orders();
		expect(run.json).toEqual(
			[0, 1, 2].map((orderIndex) => ({
				orderId: 'MO-1',
				orderIndex,
				operationId,
				partNumber: 'PUMP-100',
				result: 'created',
				message: 'created',
			})),
		);
		expect((await orders()).map((order) => order.orderIndex).sort()).toEqual([0, 1, 2]);
	});

	it.each(['list', 'id'])('tells the part number of an operation that was chosen by %s', async (mode) => {
		const [{ operationId }] = (await pico.run('operation', 'get', byPart('PUMP-100'))).json;
		const calls = (await pico.calls()).length;
		const run = await save({ operationId: { __rl: true, mode, value: operationId } }, [{}, {}, {}]);
		expect(run.json.map((row) => row.partNumber)).toEqual(['PUMP-100', 'PUMP-100', 'PUMP-100']);
		expect((await pico.calls()).length - calls).toBe(4);
	});

	it('makes no second order when it runs again, and says updated', async () => {
		await save({ quantity: 2 });
		const again = await save({ quantity: 2 });
		expect(again.json.map((row) => row.result)).toEqual(['updated', 'updated']);
		expect(await orders()).toHaveLength(2);
	});

	it("says exists where Pico refuses a second save, or stops if 'If Order Exists' says so", async () => {
		await pico.set({ saveExisting: 'error' });
		await save({});
		const again = await save({});
		expect(again.error).toBeUndefined();
		expect(again.json[0]).toMatchObject({ result: 'exists', message: expect.stringContaining('already exists') });
		const strict = await save({ options: { onExisting: 'fail' } });
		expect(strict.error?.message).toBe("Pico already has order 'MO-1' index 0 [Item 0]");
	});

	it('adds units from the first index on', async () => {
		const run = await save({ quantity: 2, options: { firstIndex: 5 } });
		expect(run.json.map((row) => row.orderIndex)).toEqual([5, 6]);
	});

	it('gives one item for each order when asked', async () => {
		await save({ quantity: 1 });
		const run = await save({ quantity: 3, options: { itemPer: 'order' } });
		expect(run.json).toEqual([
			expect.objectContaining({ orderId: 'MO-1', quantity: 3, firstIndex: 0, created: 2, updated: 1, exists: 0 }),
		]);
	});

	it('takes numbers as order ID, as many ERPs have them', async () => {
		const run = await save({ orderId: '={{ $json.id }}', quantity: '={{ $json.qty }}' }, [{ id: 4711, qty: '2' }]);
		expect(run.json.map((row) => row.orderId)).toEqual(['4711', '4711']);
	});

	it('sends optional children and extra fields', async () => {
		await pico.reset({ extraSaveFields: true });
		const [engrave] = (await pico.run('operation', 'getAll', { filters: { partNumber: 'PROC-060' } })).json;
		const run = await save({
			options: { optionalOperationIds: [engrave.operationId as string], extraFields: '{"reservedSerialNumber": "SN-77"}' },
		});
		expect(run.error).toBeUndefined();
		const [{ document }] = await saves();
		expect(document).toContain('reservedSerialNumber: "SN-77"');
		expect(document).toContain(`selectOptionalOperationIds: ["${engrave.operationId as string}"]`);
	});

	it('tries a save with an order ID again after a passing outage, without a second order', async () => {
		const { operationId } = (await pico.run('operation', 'get', byPart('PUMP-100'))).json[0];
		await pico.set({ burst503: 2 });
		const run = await save({ ...byId(String(operationId)) });
		expect(run.error).toBeUndefined();
		expect(run.json[0].result).toBe('created');
		expect(await orders()).toHaveLength(1);
	});

	it('never tries a save without an order ID again', async () => {
		const [process] = (await pico.run('operation', 'getAll', { filters: { partNumber: 'PROC-050' } })).json;
		await pico.set({ burst503: 1 });
		const run = await save({ ...byId(String(process.operationId)), orderId: '', options: { saveWithoutOrderId: true } });
		expect(run.error?.message).toContain('HTTP 503');
		expect(run.error?.description).toContain('creates more orders');
		expect(await saves()).toHaveLength(1);
		const second = await save({ ...byId(String(process.operationId)), orderId: '', options: { saveWithoutOrderId: true } });
		expect(second.json[0]).toMatchObject({ orderId: '', result: 'created' });
	});

	it('waits as long as a busy server asks', async () => {
		const { operationId } = (await pico.run('operation', 'get', byPart('PUMP-100'))).json[0];
		await pico.set({ burst503: 1, retryAfter: 1 });
		const began = Date.now();
		expect((await save({ ...byId(String(operationId)) })).error).toBeUndefined();
		expect(Date.now() - began).toBeGreaterThan(980);
	});

	it('names the saved units when the server goes away in the middle, and a repeat completes the order', async () => {
		const { operationId } = (await pico.run('operation', 'get', byPart('PUMP-100'))).json[0];
		await pico.set({ latencyMs: 30 });
		const running = save({ ...byId(String(operationId)), quantity: 40 }, undefined, { onError: 'continueRegularOutput' });
		const deadline = Date.now() + 5_000;
		while ((await orders()).length < 10 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
		await pico.set({ burst503: 1_000 });
		const [{ error }] = (await running).json as Array<{ error: IDataObject }>;
		const saved = error.savedIndices as number[];
		expect(saved.length).toBeGreaterThanOrEqual(5);
		expect(saved.length).toBeLessThan(40);
		expect(error.message).toContain(`(${saved.length} of 40 units saved)`);
		expect(error.description).toMatch(/Saved: index 0-\d+.*Not confirmed: index .*Running it again is safe/);
		await pico.set({ burst503: 0, latencyMs: 0 });
		const again = await save({ ...byId(String(operationId)), quantity: 40 });
		expect(again.json.filter((row) => row.result === 'created').length).toBeLessThanOrEqual(40 - saved.length);
		expect((await orders()).length).toBe(40);
	});

	it('sends nothing more once the execution is cancelled', async () => {
		const { operationId } = (await pico.run('operation', 'get', byPart('PUMP-100'))).json[0];
		await pico.set({ latencyMs: 50 });
		let stop = () => {};
		const cancelWhen = new Promise<void>((resolve) => (stop = resolve));
		const running = save({ ...byId(String(operationId)), quantity: 500 }, undefined, { cancelWhen });
		while ((await orders()).length < 5) await new Promise((resolve) => setImmediate(resolve));
		stop();
		const run = await running;
		expect(run.status).toBe('canceled');
		// What was under way when the line was cut may still arrive, up to the server's latency later.
		const latency = 50;
		for (let known = -1, since = Date.now(); Date.now() - since < 6 * latency; ) {
			const now = (await orders()).length;
			if (now !== known) since = Date.now();
			known = now;
		}
		await pico.set({ latencyMs: 0 });
		expect((await orders()).length).toBeLessThan(30);
	});
});

describe('Operation Order: Cancel', () => {
	beforeEach(async () => void (await save({ quantity: 3 })));
	const states = async () => (await orders()).map(({ state }) => state);

	it('cancels one unit', async () => {
		const run = await cancel({ unitsToCancel: 'one', orderIndex: 1 });
		expect(run.json).toEqual([
			expect.objectContaining({ orderId: 'MO-1', orderIndex: 1, allUnits: false, partNumber: 'PUMP-100', result: 'canceled' }),
		]);
		expect(await states()).toEqual(['released', 'cancelled', 'released']);
	});

	it('cancels all units', async () => {
		const run = await cancel({ unitsToCancel: 'all' });
		expect(run.json[0]).toMatchObject({ orderIndex: null, allUnits: true, result: 'canceled' });
		expect(await states()).toEqual(['cancelled', 'cancelled', 'cancelled']);
	});

	it('accepts an order that is already canceled only when asked', async () => {
		await cancel();
		expect((await cancel()).error?.message).toBe("The order 'MO-1' index 0 is already canceled [Item 0]");
		const accepted = await cancel({ options: { ignoreIfCanceled: true } });
		expect(accepted.error).toBeUndefined();
		expect(accepted.json[0].result).toBe('alreadyCanceled');
	});

	it('names what was entered, not an internal ID, where Pico knows no such order', async () => {
		const unknown = async (parameters: IDataObject) => (await cancel({ orderId: 'NONE', ...parameters })).error?.message;
		expect(await unknown({})).toBe("Pico has no order 'NONE' index 0 for the part number 'PUMP-100' [Item 0]");
		const [{ operationId }] = (await pico.run('operation', 'get', byPart('PUMP-100'))).json;
		const list = { operationId: { __rl: true, mode: 'list', value: operationId, cachedResultName: 'PUMP-100 rev B, Coolant Pump' } };
		expect(await unknown(list)).toBe("Pico has no order 'NONE' index 0 for 'PUMP-100 rev B, Coolant Pump' [Item 0]");
	});

	it('survives a passing outage', async () => {
		const { operationId } = (await pico.run('operation', 'get', byPart('PUMP-100'))).json[0];
		await pico.set({ burst503: 1 });
		expect((await cancel(byId(String(operationId)))).json[0].result).toBe('canceled');
	});
});

describe.each(SERVERS)('on a $profile server with introspection $introspection', (server) => {
	beforeEach(async () => await pico.reset(server));

	it('saves, saves again and cancels units, under whatever names the server has', async () => {
		const run = await save({ quantity: 7 });
		expect(run.error).toBeUndefined();
		expect(run.json.map((row) => row.result)).toEqual(Array(7).fill('created'));
		expect((await orders()).map((order) => order.orderIndex).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
		expect((await cancel({ orderIndex: 3 })).json[0].result).toBe('canceled');
		expect((await orders()).find((order) => order.orderIndex === 3)?.state).toBe('cancelled');
	});

	it('chooses optional children', async () => {
		const [engrave] = (await pico.run('operation', 'getAll', { filters: { partNumber: 'PROC-060' } })).json;
		const run = await save({ options: { optionalOperationIds: [engrave.operationId as string] } });
		expect(run.error).toBeUndefined();
		expect((await saves()).at(-1)?.document).toContain(
			server.profile === 'legacy' ? 'selectGroupOperations: [' : 'selectOptionalOperationIds: [',
		);
	});
});
