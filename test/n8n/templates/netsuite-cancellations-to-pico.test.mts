import { until } from '../../../demo/lib/poll.mts';
import { tableRows } from '../kit/data-tables.mts';
import { placedOrders } from '../kit/plant.mts';
import { Plant } from './netsuite/plant.mts';
import type { WorkOrder } from './netsuite/account.mts';

jest.setTimeout(300_000);

const ORDERS = 'netsuiteOrders00';
const CANCELLATIONS = 'netsuiteCancel00';
const RESULT = 'custbody_pico_result';

describe('the template that takes cancellations from NetSuite to Pico', () => {
	let plant: Plant;
	let cancelled: WorkOrder[];
	let closed: WorkOrder;
	let started: WorkOrder;
	let built: WorkOrder;
	let partly: WorkOrder;
	let running: WorkOrder;
	let gone: WorkOrder;

	beforeAll(async () => {
		plant = await Plant.build([
			{ name: 'netsuite-orders-to-pico', id: ORDERS },
			{ name: 'netsuite-cancellations-to-pico', id: CANCELLATIONS },
		]);
		cancelled = await plant.netsuite.orders('GEAR-200', 1, 50);
		[partly, started, closed] = await plant.netsuite.orders('GEAR-200', 3, 3);
		[built, running] = await plant.netsuite.orders('VALVE-300', 1, 2);
		await plant.n8n.n8n.start();
		expect(await plant.runByHand(ORDERS)).toBe('success');
		[gone] = await plant.netsuite.orders('VALVE-300', 1, 1);
		await plant.netsuite.rest('PATCH', `workOrder/${gone.id}`, { [RESULT]: 'saved' });
		for (const order of [...cancelled, partly, started]) await setStatus(order, 'C');
		await plant.netsuite.rest('POST', `workOrder/${built.id}/!transform/assemblyBuild`, { quantity: 1 });
		for (const order of [closed, built, gone]) await setStatus(order, 'H');
		for (const orderIndex of [0, 1, 2]) {
			await plant.pico.control('POST', 'orders/start', { externalOrderId: started.tranId, orderIndex });
		}
		await plant.pico.control('POST', 'orders/start', { externalOrderId: partly.tranId, orderIndex: 0 });
	});

	afterAll(async () => {
		await plant?.close();
	});

	const setStatus = async ({ id }: WorkOrder, letter: string) =>
		await plant.netsuite.rest('PATCH', `workOrder/${id}`, { orderStatus: { id: letter } });
	const result = async ({ tranId }: WorkOrder) =>
		(await plant.netsuite.workOrders()).find((order) => order.tranId === tranId)?.custom[RESULT];
	const states = async ({ tranId }: WorkOrder) => (await placedOrders(plant.pico, tranId)).map(({ state }) => state);
	const cases = async () => await tableRows<Record<string, string>>(await plant.n8n.session(), 'Pico cases for a person');
	const calls = async () => await plant.netsuite.control<Array<{ what: string }>>('GET', 'calls');
	const writes = async () => (await calls()).filter(({ what }) => what.startsWith('PATCH')).length;

	it('changes nothing while Pico cannot be reached, and says so', async () => {
		await plant.pico.control('POST', 'switches', { burst503: 10_000 });
		const status = await plant.runByHand(CANCELLATIONS);
		await plant.pico.control('POST', 'switches', { burst503: 0 });
		expect(status).toBe('error');
		for (const order of [...cancelled, started, partly]) expect(await result(order)).toBe('saved');
		expect(await cases()).toEqual([]);
	});

	it('cancels 50 orders in Pico past failed calls of NetSuite, and says so on each', async () => {
		await plant.netsuite.faults({ status: 500, count: 1, path: 'suiteql' });
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		for (const order of [...cancelled, closed]) {
			expect(await result(order)).toBe('canceled in Pico');
			expect(new Set(await states(order))).toEqual(new Set(['cancelled']));
		}
	});

	it('cancels the units that nobody has started', async () => {
		expect(await states(partly)).toEqual(['inProgress', 'cancelled', 'cancelled']);
		expect(await result(partly)).toBe('canceled in Pico');
	});

	it('routes an order that is being built to a person', async () => {
		expect(await states(started)).toEqual(['inProgress', 'inProgress', 'inProgress']);
		expect(await result(started)).toBe('started in Pico: a person decides');
		expect(await cases()).toEqual([
			expect.objectContaining({
				case: `cancel ${started.tranId}`,
				order: started.tranId,
				partNumber: 'GEAR-200',
				reason: expect.stringContaining('has been started and can no longer be canceled'),
				link: expect.stringMatching(new RegExp(`workord\\.nl\\?id=${started.id}$`)),
			}),
		]);
	});

	it('leaves alone what was built before it was closed, and what is still open', async () => {
		expect(await result(built)).toBe('built');
		expect(await result(running)).toBe('saved');
		expect(await states(running)).toEqual(['released']);
	});

	it('says so when Pico never had the order', async () => {
		expect(await result(gone)).toBe('not in Pico');
	});

	it('looks at no order a second time', async () => {
		const before = await writes();
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		expect(await writes()).toBe(before);
		expect(await cases()).toHaveLength(1);
	});

	it('takes an order that was cancelled in Pico before as done', async () => {
		await plant.netsuite.rest('PATCH', `workOrder/${closed.id}`, { [RESULT]: 'saved' });
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		await until('the result', async () => (await result(closed)) === 'canceled in Pico');
	});
});
