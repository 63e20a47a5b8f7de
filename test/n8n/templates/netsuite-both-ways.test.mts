import { table } from '../../../demo/lib/table.mts';
import { hasRunEnded } from '../../../demo/lib/n8n-session.mts';
import { until } from '../../../demo/lib/poll.mts';
import { deliverEverythingAgain } from '../kit/again.mts';
import { booksTable, compareBooks } from '../kit/books.mts';
import { asBooks, completionsOf } from '../kit/completions.mts';
import { FAILED_EVENTS, markForRetry, tableRows, WORKFLOW_ERRORS, type FailedEvent } from '../kit/data-tables.mts';
import { openStreams, placedOrders, saveOrders } from '../kit/plant.mts';
import { itemsOf } from '../kit/runs.mts';
import type { WorkOrder } from './netsuite/account.mts';
import { leaked } from './netsuite/leaks.mts';
import { Plant } from './netsuite/plant.mts';
import { postingsOf } from './netsuite/postings.mts';

const ORDERS = 'netsuiteOrders00';
const COMPLETIONS = 'picoToNetsuite00';
const REPOST = 'repostFailed0000';
const RESULT = 'custbody_pico_result';

/** A unit to be completed, with the numbers that the operator scans. */
interface Unit {
	order: string;
	partNumber: string;
	orderIndex: number;
	producedSerial: string | null;
	consumedSerials: Array<{ externalId: string; value: string }>;
}

jest.setTimeout(600_000);

/** Many units on a busy machine: how long a test waits before it gives up. */
const PATIENCE = { timeoutMs: 400_000, everyMs: 250 };

/** More than 50 work orders go to Pico and come back as more than 60 units, through everything that goes wrong in a plant. */
describe('the NetSuite templates, both ways', () => {
	let plant: Plant;
	const units: Unit[] = [];
	const started = Date.now();

	beforeAll(async () => {
		plant = await Plant.build([
			{ name: 'netsuite-orders-to-pico', id: ORDERS },
			{ name: 'pico-completions-to-netsuite', id: COMPLETIONS, published: true },
			{ name: 'repost-failed-events', id: REPOST },
		]);
		// What a fresh account has besides is not wanted here.
		for (const { id } of await plant.netsuite.workOrders()) await plant.netsuite.rest('DELETE', `workOrder/${id}`);
		await release(plant, units);
		await plant.n8n.n8n.start();
		await until('the trigger to listen', async () => (await openStreams(plant.pico)) === 1, { timeoutMs: 60_000 });
	});

	afterAll(async () => {
		await plant?.close();
	});

	const booked = async () =>
		(await plant.netsuite.records('workOrderCompletion')).length + (await plant.netsuite.records('assemblyBuild')).length;
	const parked = async () => await tableRows(await plant.n8n.session(), FAILED_EVENTS);
	const orderNamed = async (tranId: string) => {
		const found = (await plant.netsuite.workOrders()).find((order) => order.tranId === tranId);
		if (!found) throw new Error(`${tranId} is gone`);
		return found;
	};
	const complete = async ({ order, partNumber, orderIndex, producedSerial, consumedSerials }: Unit) =>
		await plant.pico.control('POST', 'orders/complete', {
			externalOrderId: order,
			partNumber,
			orderIndex,
			producedSerial,
			consumedSerials,
		});
	const untilBooked = async (count: number) =>
		await until(`${count} units in NetSuite`, async () => (await booked()) >= count, PATIENCE);
	const faultsLeft = async () =>
		(await plant.netsuite.control<{ faults: { count: number } }>('GET', 'state?limit=1')).faults.count;
	const books = async () =>
		compareBooks({
			completions: asBooks(await completionsOf(plant.pico)).filter(({ orderId }) => orderId !== 'SOMEBODY-ELSE'),
			postings: await postingsOf(plant.netsuite),
			parked: (await parked()).filter(({ status }) => status === 'parked').map(keyOf),
		});

	describe('work orders to Pico', () => {
		it('saves 52 released work orders with their quantities and says so on each, past a failed call', async () => {
			const unknown = await plant.netsuite.record<WorkOrder>('workOrder', await unknownPart(plant));
			await plant.netsuite.faults({ status: 500, count: 1, path: 'suiteql' });
			expect(await plant.runByHand(ORDERS)).toBe('success');
			const orders = await plant.netsuite.workOrders();
			expect(orders.filter(({ custom }) => custom[RESULT] === 'saved')).toHaveLength(52);
			for (const { tranId, quantity } of orders.filter(({ id }) => id !== unknown.id)) {
				expect({ tranId, units: (await placedOrders(plant.pico, tranId)).length }).toEqual({ tranId, units: quantity });
			}
			const reason = /^refused: .*no operation with the part number 'NEW-1'$/;
			expect((await orderNamed(unknown.tranId)).custom[RESULT]).toMatch(reason);
		});

		it('asks only for what is not saved, and writes a known reason no second time', async () => {
			const calls = await plant.callsDuring(async () => expect(await plant.runByHand(ORDERS)).toBe('success'));
			expect(itemsOf(await plant.lastRun(ORDERS), 'Result: refused by Pico')).toHaveLength(1);
			// One sign-in and one question.
			expect(calls.map(({ what }) => what.split('?')[0])).toEqual(['POST /auth/oauth2/v1/token', 'POST /query/v1/suiteql']);
		});

		it('saves a refused order once Pico takes it', async () => {
			await plant.pico.control('POST', 'operations/deploy', { partNumber: 'NEW-1', revision: 'A' });
			expect(await plant.runByHand(ORDERS)).toBe('success');
			expect((await plant.netsuite.workOrders()).filter(({ custom }) => custom[RESULT] !== 'saved')).toEqual([]);
		});

		it('reads more work orders than NetSuite puts on a page', async () => {
			await plant.netsuite.record('assemblyItem', { itemId: 'NEW-2', externalId: 'NEW-2' });
			const [first] = await plant.netsuite.orders('NEW-2', 1, 1);
			expect(await plant.runByHand(ORDERS)).toBe('success');
			const reason = (await orderNamed(first.tranId)).custom[RESULT];
			// All refused for the same known reason, so that a thousand writes are saved.
			const more = await plant.netsuite.orders('NEW-2', 1, 1002);
			for (const { id } of more) await plant.netsuite.rest('PATCH', `workOrder/${id}`, { [RESULT]: reason });
			expect(await plant.runByHand(ORDERS)).toBe('success');
			expect(itemsOf(await plant.lastRun(ORDERS), 'Result: refused by Pico')).toHaveLength(1003);
			for (const { id } of [first, ...more]) await plant.netsuite.rest('DELETE', `workOrder/${id}`);
		});
	});

	describe('completions to NetSuite', () => {
		it('books every unit once through failed calls, lost answers and a kill between issue and completion', async () => {
			const [first, second, third] = [units.slice(0, 20), units.slice(20, 40), units.slice(40)];
			await plant.netsuite.faults({ status: 500, count: 2, path: 'suiteql' });
			for (const unit of first) await complete(unit);
			await untilBooked(10);
			// The unit is booked, but nobody hears of it.
			const completion = '!transform/workOrderCompletion';
			await plant.netsuite.faults({ status: 504, count: 2, path: completion, after: true, latencyMs: 6000 });
			await untilBooked(20);
			await plant.netsuite.faults({ status: 500, count: 1, path: completion, latencyMs: 5000 });
			for (const unit of second) await complete(unit);
			await until('a completion under way', async () => (await faultsLeft()) === 0);
			await plant.n8n.n8n.kill();
			const issues = (await plant.netsuite.records('workOrderIssue')).length;
			expect(issues).toBe((await plant.netsuite.records('workOrderCompletion')).length + 1);
			await plant.n8n.n8n.start();
			const { id } = await orderNamed(units[52].order);
			await plant.netsuite.rest('PATCH', `workOrder/${id}`, { orderStatus: { id: 'H' } });
			for (const unit of third) await complete(unit);
			await untilBooked(units.length - 2);
			await until('two parked events', async () => (await parked()).length === 2, PATIENCE);

			const result = await books();
			console.info(booksTable('Pico and NetSuite, before re-posting', result));
			expect(result.wrong).toEqual([]);
			expect(result.count).toMatchObject({ posted: units.length - 2, parked: 2 });
		});

		it('parks what NetSuite refuses, with the reason', async () => {
			const rows = await parked();
			expect(rows.map(({ status, workflowId }) => ({ status, workflowId }))).toEqual(
				[0, 1].map(() => ({ status: 'parked', workflowId: COMPLETIONS })),
			);
			expect(rows.map(({ reason }) => reason).sort()).toEqual([
				expect.stringMatching(/NetSuite refused unit 1 of WO\d+.*GEAR-TAKEN/),
				expect.stringMatching(/WO\d+ is closed in NetSuite/),
			]);
			const errors = await tableRows<{ workflow: string; message: string }>(await plant.n8n.session(), WORKFLOW_ERRORS);
			expect(errors.filter(({ message }) => message.includes('GEAR-TAKEN'))).toHaveLength(1);
		});

		it('books parked events when they are posted again after the cause is gone', async () => {
			const numbers = await plant.netsuite.records('inventoryNumber');
			const taken = numbers.find(({ inventoryNumber }) => inventoryNumber === 'GEAR-TAKEN');
			await plant.netsuite.rest('DELETE', `inventoryNumber/${String(taken?.id)}`);
			const closed = (await plant.netsuite.workOrders()).filter(({ status }) => status === 'Closed');
			for (const { id } of closed) await plant.netsuite.rest('PATCH', `workOrder/${id}`, { orderStatus: { id: 'B' } });
			const eventIds = (await parked()).map(({ eventId }) => eventId);
			await markForRetry(await plant.n8n.session(), eventIds);
			expect(await plant.runByHand(REPOST)).toBe('success');
			expect(await booked()).toBe(units.length);
			expect((await books()).count).toMatchObject({ posted: units.length, parked: 0, missing: 0, twice: 0 });
		});

		it('leaves the correction of a unit to a person, with one row for it, and books nothing', async () => {
			await complete(units[0]);
			const cases = await until('a case', async () => {
				const rows = await tableRows<Record<string, string>>(await plant.n8n.session(), 'Pico cases for a person');
				return rows.length > 0 && rows;
			}, PATIENCE);
			expect(cases).toEqual([
				expect.objectContaining({ order: units[0].order, reason: expect.stringContaining('Unit 1 was completed again in Pico') }),
			]);
			expect(cases[0].link).toMatch(/transaction\.nl\?id=\d+$/);
			expect(await booked()).toBe(units.length);
		});

		it('takes "This record already exists" for an answer, when somebody else was quicker', async () => {
			const [{ id, tranId }] = await plant.netsuite.orders('GEAR-200', 1, 1);
			expect(await plant.runByHand(ORDERS)).toBe('success');
			const unit = gear({ id, tranId });
			units.push(unit);
			await plant.netsuite.receive('HOUSING-10', [`H-${tranId}`]);
			// Between "nothing is booked yet" and the first write there is time for another writer.
			await plant.netsuite.faults({ latencyMs: 5000, count: 1, path: '!transform/workOrderIssue' });
			await complete(unit);
			await until('the issue to be on its way', async () => (await faultsLeft()) === 0, { everyMs: 50 });
			const event = (await completionsOf(plant.pico)).find(({ orderId }) => orderId === tranId);
			const externalId = event?.eventId;
			const memo = `Pico ${tranId} unit 1`;
			await plant.netsuite.rest('POST', `workOrder/${id}/!transform/workOrderIssue`, {
				externalId: `${externalId}-issue`,
				memo,
				component: housing(tranId),
			});
			await plant.netsuite.rest('POST', `workOrder/${id}/!transform/workOrderCompletion`, {
				externalId,
				memo,
				completedQuantity: 1,
				inventoryDetail: received(`GEAR-${tranId}`),
			});
			const run = await until('the run', async () => {
				const last = await plant.lastRun(COMPLETIONS);
				return itemsOf(last, 'Plant settings')[0]?.orderId === tranId && hasRunEnded(last) && last;
			}, PATIENCE);
			expect(run.status).toBe('success');
			const writes = (await plant.calls()).filter(({ what }) => what.includes(`workOrder/${id}/!transform`));
			expect(writes.map(({ status }) => status).sort()).toEqual([204, 204, 400, 400]);
			expect(await booked()).toBe(units.length);
		});

		it('lists an order that is not of NetSuite', async () => {
			await plant.pico.control('POST', 'operations/deploy', { partNumber: 'OTHER-1', name: 'Other' });
			await placeElsewhere(plant);
			const last = await until('the run', async () => {
				const run = await plant.lastRun(COMPLETIONS);
				return run?.data?.resultData.lastNodeExecuted === 'Not a NetSuite order' && run;
			}, PATIENCE);
			expect(last.status).toBe('success');
			const listed = await tableRows<{ orderId: string }>(await plant.n8n.session(), 'Pico orders not in NetSuite');
			expect(listed.map(({ orderId }) => orderId)).toEqual(['SOMEBODY-ELSE']);
		});

		it('changes nothing when everything is delivered a second time', async () => {
			const state = async () => await plant.netsuite.control<{ counts: Record<string, number> }>('GET', 'state?limit=1');
			const before = (await state()).counts;
			const successes = (await plant.executions(COMPLETIONS)).success ?? 0;
			await plant.n8n.n8n.stop();
			const workflow = plant.workflows.get(COMPLETIONS);
			if (!workflow) throw new Error('no workflow');
			await deliverEverythingAgain(plant.n8n, workflow, 'again');
			// Every unit, the correction of one, and the order of somebody else.
			const again = units.length + 2;
			await until(
				'all events once more',
				async () => ((await plant.executions(COMPLETIONS)).success ?? 0) >= successes + again,
				PATIENCE,
			);
			expect((await state()).counts).toEqual(before);
			const result = await books();
			expect(await leaked(plant)).toEqual([]);
			console.info(booksTable('Pico and NetSuite, at the end', result));
			const documents = Object.entries(before).map(([name, number]) => [name, String(number)]);
			console.info(table([['documents in NetSuite', 'number'], ...documents]));
			console.info(`Wall time: ${Math.round((Date.now() - started) / 1000)} s`);
			expect(result.count).toMatchObject({ posted: units.length });
			expect(result.wrong).toEqual([]);
			expect(before.workOrderIssue).toBe(before.workOrderCompletion);
		});
	});
});

const keyOf = ({ payload }: FailedEvent): string => {
	const { orderId, orderIndex } = JSON.parse(payload) as { orderId: string; orderIndex: number };
	return `${orderId} unit ${orderIndex + 1}`;
};

const gear = ({ tranId }: WorkOrder): Unit => ({
	order: tranId,
	partNumber: 'GEAR-200',
	orderIndex: 0,
	producedSerial: `GEAR-${tranId}`,
	consumedSerials: [{ externalId: 'HOUSING-10', value: `H-${tranId}` }],
});

const received = (receiptInventoryNumber: string) => ({
	inventoryAssignment: { items: [{ receiptInventoryNumber, quantity: 1 }] },
});

/** The component of one gear as a line of an issue. */
const housing = (tranId: string) => {
	const detail = { inventoryAssignment: { items: [{ issueInventoryNumber: { refName: `H-${tranId}` }, quantity: 1 }] } };
	return { items: [{ item: { externalId: 'HOUSING-10' }, quantity: 1, componentInventoryDetail: detail }] };
};

/** 52 work orders: serialised and not, with WIP and without, of one and of three pieces. Stock for all of them. */
async function release({ netsuite }: Plant, units: Unit[]): Promise<void> {
	const gears = await netsuite.orders('GEAR-200', 1, 32);
	const pumps = await netsuite.orders('PUMP-100', 3, 6);
	const valves = await netsuite.orders('VALVE-300', 1, 8);
	const built: WorkOrder[] = [];
	for (let n = 0; n < 6; n++) {
		const assemblyItem = { externalId: 'GEAR-200' };
		built.push(await netsuite.record<WorkOrder>('workOrder', { assemblyItem, quantity: 1, isWip: false, orderStatus: 'B' }));
	}
	const pump = ({ tranId }: WorkOrder): Unit[] =>
		[0, 1, 2].map((orderIndex) => ({
			order: tranId,
			partNumber: 'PUMP-100',
			orderIndex,
			producedSerial: `PUMP-${tranId}-${orderIndex}`,
			consumedSerials: [
				{ externalId: 'HOUSING-10', value: `H-${tranId}-${orderIndex}` },
				{ externalId: 'MOTOR-20', value: `M-${tranId}-${orderIndex}` },
			],
		}));
	const valve = ({ tranId }: WorkOrder): Unit => ({
		order: tranId,
		partNumber: 'VALVE-300',
		orderIndex: 0,
		producedSerial: null,
		consumedSerials: [],
	});
	units.push(...gears.map(gear), ...pumps.flatMap(pump), ...valves.map(valve), ...built.map(gear));
	for (const { consumedSerials } of units) {
		for (const { externalId, value } of consumedSerials) await netsuite.receive(externalId, [value]);
	}
	// One unit gets a number that the item has already.
	units[30].producedSerial = 'GEAR-TAKEN';
	await netsuite.receive('GEAR-200', ['GEAR-TAKEN']);
}

/** An order for something that Pico does not know yet. */
async function unknownPart({ netsuite }: Plant): Promise<Record<string, unknown>> {
	await netsuite.record('assemblyItem', { itemId: 'NEW-1', externalId: 'NEW-1' });
	return { assemblyItem: { externalId: 'NEW-1' }, quantity: 2, isWip: false, orderStatus: 'B' };
}

async function placeElsewhere({ pico }: Plant): Promise<void> {
	await saveOrders(pico, ['SOMEBODY-ELSE'], 'OTHER-1');
	await pico.control('POST', 'orders/complete', { externalOrderId: 'SOMEBODY-ELSE' });
}
