import { tableRows } from '../kit/data-tables.mts';
import { placedOrders } from '../kit/plant.mts';
import { itemsOf } from '../kit/runs.mts';
import { Plant } from './odoo/plant.mts';

jest.setTimeout(240_000);

const ORDERS = 'odooOrdersToPico';
const CANCELLATIONS = 'odooCancelToPico';
const NOTE = 'Pico was told of the cancellation';

interface Case {
	case: string;
	order: string;
	partNumber: string;
	reason: string;
	link: string;
}

describe('odoo-cancellations-to-pico', () => {
	let plant: Plant;
	/** Ten orders of three pumps, by what becomes of them. */
	let orders: Array<{ id: number; name: string }>;

	beforeAll(async () => {
		plant = await Plant.build([
			{ name: 'odoo-orders-to-pico', id: ORDERS },
			{ name: 'odoo-cancellations-to-pico', id: CANCELLATIONS },
		]);
		orders = await plant.odoo.orders('PUMP-100', 3, 10);
		await plant.installed.n8n.start();
		expect(await plant.runByHand(ORDERS)).toBe('success');
	});

	afterAll(async () => {
		await plant?.close();
	});

	const start = async ({ name }: { name: string }, units: number) => {
		for (let orderIndex = 0; orderIndex < units; orderIndex++) {
			await plant.pico.control('POST', 'orders/start', { externalOrderId: name, partNumber: 'PUMP-100', orderIndex });
		}
	};
	const cancel = async (cancelled: ReadonlyArray<{ id: number }>) =>
		await plant.odoo.call('mrp.production', 'action_cancel', { ids: cancelled.map(({ id }) => id) });
	const statesInPico = async ({ name }: { name: string }) => (await placedOrders(plant.pico, name)).map(({ state }) => state);
	const noteOf = async ({ id }: { id: number }) => (await plant.odoo.notes(id, NOTE)).map(({ body }) => body);
	const cases = async () => await tableRows<Case>(await plant.installed.session(), 'Pico cases for a person');

	it('cancels in Pico what is not started, however often it runs, and leaves other orders alone', async () => {
		await cancel(orders.slice(0, 4));
		await plant.odoo.control('faults', { status: 500, count: 1, path: 'mrp.production/write' });
		expect(await plant.runByHand(CANCELLATIONS)).toBe('error');
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		for (const order of orders.slice(0, 4)) {
			expect(await statesInPico(order)).toEqual(['cancelled', 'cancelled', 'cancelled']);
			expect(await noteOf(order)).toEqual(['<p>All units of this order that were in Pico are canceled there.</p>']);
		}
		for (const order of orders.slice(4)) expect(await statesInPico(order)).toEqual(['released', 'released', 'released']);
		expect(await cases()).toEqual([]);
	});

	it('asks a person once about each order that is started, and cancels the rest of its units', async () => {
		const [whole, partly] = orders.slice(4, 6);
		await start(whole, 3);
		await start(partly, 1);
		await cancel([whole, partly]);
		// The to-do is there, but nobody hears of it: the next run must not make another one.
		await plant.odoo.control('faults', { status: 504, count: 1, path: 'activity_schedule', after: true });
		expect(await plant.runByHand(CANCELLATIONS)).toBe('error');
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		expect(await statesInPico(whole)).toEqual(['inProgress', 'inProgress', 'inProgress']);
		expect(await statesInPico(partly)).toEqual(['inProgress', 'cancelled', 'cancelled']);
		const { activities } = await plant.odoo.state();
		const asked = activities.map(({ recordId, summary, user }) => `${recordId}: ${summary} (${user})`);
		expect(asked.sort()).toEqual(
			[whole, partly].map(({ id }) => `${id}: Canceled in Odoo, started in Pico (Mitchell Admin)`).sort(),
		);
		const rows = (await cases()).map(({ order, partNumber, link }) => `${order} ${partNumber} ${link.match(/id=\d+/)?.[0]}`);
		expect(rows.sort()).toEqual([whole, partly].map(({ id, name }) => `${name} PUMP-100 id=${id}`).sort());
		for (const order of [whole, partly]) expect(await noteOf(order)).toEqual([expect.stringContaining('has started this order')]);
	});

	it('says on the order when Pico never had it', async () => {
		const [order] = await plant.odoo.orders('PUMP-100', 1, 1);
		const [unknown] = await plant.odoo.orders('GEAR-200', 1, 1);
		await cancel([order, unknown]);
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		expect(await noteOf(order)).toEqual([expect.stringContaining(`Nothing to cancel: Pico has no order '${order.name}'`)]);
		expect(await noteOf(unknown)).toEqual([expect.stringContaining('Nothing to cancel: Pico has no operation with the part number')]);
	});

	it('tries again later when Pico is away, and asks Odoo only two questions when there is nothing to do', async () => {
		const order = orders[6];
		await cancel([order]);
		await plant.pico.control('POST', 'switches', { burst503: 3 });
		expect(await plant.runByHand(CANCELLATIONS)).toBe('error');
		expect(await noteOf(order)).toEqual([]);
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		expect(await statesInPico(order)).toEqual(['cancelled', 'cancelled', 'cancelled']);
		const calls = await plant.odoo.calls();
		expect(await plant.runByHand(CANCELLATIONS)).toBe('success');
		expect((await plant.odoo.calls()) - calls).toBe(2);
		expect(itemsOf((await plant.lastRun(CANCELLATIONS))!, 'What to cancel')).toEqual([{ orders: [] }]);
	});

	it('looks only at orders that changed in the days of Plant settings', async () => {
		const run = await plant.lastRun(CANCELLATIONS);
		expect(itemsOf(run!, 'Canceled lately')).toEqual([expect.objectContaining({ body: expect.objectContaining({ length: 9 }) })]);
	});
});
