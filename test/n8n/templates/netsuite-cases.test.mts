import { tableRows } from '../kit/data-tables.mts';
import { placedOrders } from '../kit/plant.mts';
import type { Json, WorkOrder } from './netsuite/account.mts';
import { leaked } from './netsuite/leaks.mts';
import { Plant } from './netsuite/plant.mts';
import { postingsOf } from './netsuite/postings.mts';
import { BOOKING, CALLS } from './netsuite/signed-in.mts';

jest.setTimeout(600_000);

const ORDERS = 'netsuiteOrders00';
const ORDERS_BY_ID = 'netsuiteOrders01';
const COMPLETIONS = 'picoToNetsuite00';
const CALLER = 'handover00000000';
const RESULT = 'custbody_pico_result';

interface Completion {
	orderId: string;
	orderIndex: number;
	partNumber: string;
	producedSerial?: string | null;
	consumedSerials?: Array<{ partNumber: string; serial: string }>;
}

/** Single units are handed to the completions template, as reconciliation and posting again do. */
describe('completions and orders of NetSuite: what a plant meets', () => {
	let plant: Plant;
	let events = 0;

	beforeAll(async () => {
		plant = await Plant.build(
			[
				{ name: 'netsuite-orders-to-pico', id: ORDERS, settings: { multipleUnits: true } },
				{ name: 'netsuite-orders-to-pico', id: ORDERS_BY_ID, settings: { orderIds: 'numberAndId' } },
				{ name: 'pico-completions-to-netsuite', id: COMPLETIONS, published: true },
			],
			{ [CALLER]: COMPLETIONS },
		);
		for (const { id } of await plant.netsuite.workOrders()) await plant.netsuite.rest('DELETE', `workOrder/${id}`);
		await plant.n8n.n8n.start();
	});

	afterAll(async () => {
		await plant?.close();
	});

	/** Answers why it was refused; empty when it was not. */
	const post = async (completion: Completion): Promise<string> => {
		const event = { eventId: `event-${events++}`, completedAt: new Date().toISOString(), producedSerial: null, consumedSerials: [], ...completion };
		return String((await plant.handOver(CALLER, event)).error ?? '');
	};
	const documents = async () => {
		const all = await Promise.all(['workOrderIssue', 'workOrderCompletion', 'assemblyBuild'].map((type) => plant.netsuite.records(type)));
		return all.flat();
	};
	const documentsOf = async ({ id }: WorkOrder) => (await documents()).filter(({ createdFrom }) => (createdFrom as { id: number }).id === id);
	const resultOf = async ({ id }: WorkOrder) => (await plant.netsuite.workOrders()).find((order) => order.id === id)?.custom[RESULT];
	const order = async (partNumber: string, quantity: number, more: Json = {}): Promise<WorkOrder> => {
		const { orders } = await plant.netsuite.control<{ orders: WorkOrder[] }>('POST', 'orders', { partNumber, quantity, ...more });
		return orders[0];
	};
	const patch = async ({ id }: WorkOrder, values: Json) => await plant.netsuite.rest('PATCH', `workOrder/${id}`, values);
	const valve = ({ tranId }: WorkOrder, orderIndex = 0): Completion => ({ orderId: tranId, orderIndex, partNumber: 'VALVE-300' });

	describe('two work orders with one document number', () => {
		let pumps: WorkOrder;
		let valves: WorkOrder;

		beforeAll(async () => {
			pumps = await order('PUMP-100', 3);
			valves = await order('VALVE-300', 2, { tranId: pumps.tranId });
		});

		const pump = async (orderId: string, orderIndex: number): Promise<Completion> => {
			const serials = [`H-${events}`, `M-${events}`];
			await plant.netsuite.receive('HOUSING-10', [serials[0]]);
			await plant.netsuite.receive('MOTOR-20', [serials[1]]);
			return {
				orderId,
				orderIndex,
				partNumber: 'PUMP-100',
				producedSerial: `PUMP-${events}`,
				consumedSerials: [{ partNumber: 'HOUSING-10', serial: serials[0] }, { partNumber: 'MOTOR-20', serial: serials[1] }],
			};
		};

		it('are not sent, and each says why', async () => {
			expect(await plant.runByHand(ORDERS)).toBe('success');
			expect(await resultOf(pumps)).toBe(`refused: other work orders have this document number, too (internal ids ${valves.id}). Give each its own number, or set orderIds to numberAndId.`);
			expect(await resultOf(valves)).toContain(`(internal ids ${pumps.id})`);
			expect(await placedOrders(plant.pico, pumps.tranId)).toEqual([]);
		});

		it('are sent with their internal ids where the plant wants it, and every unit is booked on its own order', async () => {
			expect(await plant.runByHand(ORDERS_BY_ID)).toBe('success');
			const ids = [pumps, valves].map(({ tranId, id }) => `${tranId} #${id}`);
			expect((await placedOrders(plant.pico, ids[0])).length + (await placedOrders(plant.pico, ids[1])).length).toBe(5);
			for (const index of [0, 1, 2]) expect(await post(await pump(ids[0], index))).toBe('');
			for (const index of [0, 1]) expect(await post({ orderId: ids[1], orderIndex: index, partNumber: 'VALVE-300' })).toBe('');
			expect(await documentsOf(pumps)).toHaveLength(6);
			expect(await documentsOf(valves)).toHaveLength(2);
			const shown = await plant.netsuite.workOrders();
			expect(shown.filter(({ id }) => [pumps.id, valves.id].includes(id)).map(({ status, built }) => ({ status, built }))).toEqual([
				{ status: 'Built', built: 2 },
				{ status: 'Built', built: 3 },
			]);
			// Nobody's parts went into somebody else's order.
			const parts = (await postingsOf(plant.netsuite)).filter(({ key }) => key.startsWith(ids[1])).flatMap(({ components }) => Object.keys(components ?? {}));
			expect(parts.some((part) => ['HOUSING-10', 'MOTOR-20'].includes(part))).toBe(false);
		});

		it('are told apart by what was saved in Pico; what nobody can tell apart is refused, and nothing is booked', async () => {
			const first = await order('VALVE-300', 2);
			const second = await order('VALVE-300', 2, { tranId: first.tranId });
			expect(await post(valve(first))).toContain(`several work orders of this number for VALVE-300 (internal ids ${first.id}, ${second.id})`);
			expect([...(await documentsOf(first)), ...(await documentsOf(second))]).toEqual([]);
			await patch(second, { [RESULT]: 'saved' });
			expect(await post(valve(first))).toBe('');
			expect((await documentsOf(first)).length).toBe(0);
			expect((await documentsOf(second)).length).toBe(1);
			// The mark moves to the other order: the unit that was booked is not booked there, too.
			await patch(second, { [RESULT]: null });
			await patch(first, { [RESULT]: 'saved' });
			expect(await post(valve(first))).toBe('');
			expect((await documentsOf(first)).length).toBe(0);
		});
	});

	it('an item name that ends in a blank is the same part', async () => {
		await plant.netsuite.record('assemblyItem', { itemId: 'BLANK-1 ', externalId: 'BLANK-1' });
		await plant.pico.control('POST', 'operations/deploy', { partNumber: 'BLANK-1', revision: 'A' });
		const made = await plant.netsuite.record<WorkOrder>('workOrder', { assemblyItem: { externalId: 'BLANK-1' }, quantity: 1, isWip: false, orderStatus: 'B' });
		expect(await plant.runByHand(ORDERS)).toBe('success');
		expect(await resultOf(made)).toBe('saved');
		expect(await post({ orderId: made.tranId, orderIndex: 0, partNumber: 'BLANK-1' })).toBe('');
		expect(await documentsOf(made)).toHaveLength(1);
	});

	it('a part that does not fit an order, and an order that is gone, are refused; a component and an order of somebody else are not', async () => {
		const made = await order('VALVE-300', 1);
		expect(await post({ ...valve(made), partNumber: 'GEAR-200' })).toContain('Pico completed GEAR-200, but the work order in NetSuite builds VALVE-300');
		expect(await post({ orderId: 'WO99999', orderIndex: 0, partNumber: 'VALVE-300' })).toContain('NetSuite has no work order of this number');
		const pumps = await order('PUMP-100', 1);
		expect(await post({ orderId: pumps.tranId, orderIndex: 0, partNumber: 'MOTOR-20' })).toBe('');
		expect(await post({ orderId: 'MO-7', orderIndex: 4, partNumber: 'ELSE-1' })).toBe('');
		expect([...(await documentsOf(made)), ...(await documentsOf(pumps))]).toEqual([]);
		const listed = await tableRows<Json>(await plant.n8n.session(), 'Pico orders not in NetSuite');
		expect(listed).toEqual([expect.objectContaining({ orderId: 'MO-7', partNumber: 'ELSE-1', lastUnit: 5 })]);
	});

	it.each([['H', 'closed'], ['C', 'canceled']])('an order set to %s by hand takes no unit, and the reason says %s', async (status, word) => {
		const made = await order('VALVE-300', 2);
		expect(await post(valve(made))).toBe('');
		await patch(made, { orderStatus: { id: status } });
		expect(await post(valve(made, 1))).toContain(`is ${word} in NetSuite`);
		expect(await documentsOf(made)).toHaveLength(1);
	});

	it.each(['refused', 'allowed'])('never more is built than was ordered, with overage %s: built by hand, or lowered', async (overage) => {
		await plant.netsuite.control('POST', 'switches', { overage });
		const byHand = await order('VALVE-300', 2);
		await plant.netsuite.rest('POST', `workOrder/${byHand.id}/!transform/assemblyBuild`, { quantity: 1 });
		expect(await post(valve(byHand))).toBe('');
		expect(await post(valve(byHand, 1))).toContain('of 2 pieces 2 are built in NetSuite already');
		const lowered = await order('VALVE-300', 3);
		expect(await post(valve(lowered))).toBe('');
		await patch(lowered, { quantity: 2 });
		expect(await post(valve(lowered, 2))).toBe('');
		expect(await post(valve(lowered, 1))).toContain('of 2 pieces 2 are built in NetSuite already');
		expect((await plant.netsuite.workOrders()).filter(({ id }) => [byHand.id, lowered.id].includes(id)).map(({ built }) => built)).toEqual([2, 2]);
	});

	it('other units of measure and fractions are not sent, with the reason on the order, and not booked', async () => {
		const assemblyItem = { externalId: 'VALVE-300' };
		const dozens = await plant.netsuite.record<WorkOrder>('workOrder', { assemblyItem, quantity: 2, units: { id: '2' }, isWip: false, orderStatus: 'B' });
		const half = await plant.netsuite.record<WorkOrder>('workOrder', { assemblyItem, quantity: 2.5, isWip: false, orderStatus: 'B' });
		expect(await plant.runByHand(ORDERS)).toBe('success');
		expect(await resultOf(dozens)).toBe('refused: the order is not in the stock unit of the item. Only pieces can be built one by one.');
		expect(await resultOf(half)).toBe('refused: 2.5 pieces cannot be built one by one.');
		expect(await post(valve(dozens))).toContain('which is 24 in the stock unit of VALVE-300');
		expect(await post(valve(half))).toContain('for 2.5 pieces, which cannot be built one by one');
		expect([...(await documentsOf(dozens)), ...(await documentsOf(half))]).toEqual([]);
	});

	it('an order with more lines than NetSuite puts on a page is refused, never cut', async () => {
		const lines = Array.from({ length: 1001 }, () => ({ item: { externalId: 'HOUSING-10' }, quantity: 1 }));
		const made = await plant.netsuite.record<WorkOrder>('workOrder', { assemblyItem: { externalId: 'VALVE-300' }, quantity: 1, isWip: false, orderStatus: 'B', item: { items: lines } });
		expect(await post(valve(made))).toContain('more than 1,000 lines');
		expect(await documentsOf(made)).toEqual([]);
	});

	it('one unit with numbers takes one sign-in and six calls', async () => {
		const made = await order('GEAR-200', 1);
		await plant.netsuite.receive('HOUSING-10', ['H-COUNT']);
		const unit = { orderId: made.tranId, orderIndex: 0, partNumber: 'GEAR-200', producedSerial: 'G-COUNT', consumedSerials: [{ partNumber: 'HOUSING-10', serial: 'H-COUNT' }] };
		const calls = await plant.callsDuring(async () => expect(await post(unit)).toBe(''));
		expect(calls.map(({ what }) => what.replace(String(made.id), 'ID'))).toEqual([
			'POST /auth/oauth2/v1/token',
			'POST /query/v1/suiteql',
			'GET /record/v1/workOrder/ID',
			'POST /query/v1/suiteql',
			'POST /query/v1/suiteql',
			'POST /record/v1/workOrder/ID/!transform/workOrderIssue',
			'POST /record/v1/workOrder/ID/!transform/workOrderCompletion',
		]);
	});

	it('keeps no run that holds a token, and no token or key anywhere', async () => {
		const session = await plant.n8n.session();
		for (const id of [CALLS, BOOKING]) expect(await session.executions(id)).toEqual([]);
		expect(await leaked(plant)).toEqual([]);
	});
});
