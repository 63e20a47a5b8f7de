import { until } from '../../../demo/lib/poll.mts';
import { table } from '../../../demo/lib/table.mts';
import { deliverEverythingAgain } from '../kit/again.mts';
import { booksTable, compareBooks } from '../kit/books.mts';
import { asBooks, completionsOf } from '../kit/completions.mts';
import { FAILED_EVENTS, markForRetry, tableRows, WORKFLOW_ERRORS, type FailedEvent, type WorkflowError } from '../kit/data-tables.mts';
import { openStreams, placedOrders, saveOrders } from '../kit/plant.mts';
import { itemsOf } from '../kit/runs.mts';
import { Plant } from './odoo/plant.mts';
import { postingsOf } from './odoo/postings.mts';
import { release, type Unit } from './odoo/units.mts';

jest.setTimeout(600_000);

const ORDERS = 'odooOrdersToPico';
const COMPLETIONS = 'picoDoneToOdoo00';
const REPOST = 'repostFailed0000';
const CLOSED_PERIOD = 'The period is closed';

/**
 * More than 50 manufacturing orders go to Pico and come back as more than 80 units, through everything that goes wrong
 * in a plant.
 */
describe('the Odoo templates', () => {
	const startedAt = Date.now();
	let plant: Plant;
	let units: Unit[];
	/** A gear that Odoo refuses for a while, and one whose order somebody closes by hand. */
	let refused: Unit;
	let closedByHand: Unit;

	beforeAll(async () => {
		plant = await Plant.build([
			{ name: 'odoo-orders-to-pico', id: ORDERS },
			{ name: 'pico-completions-to-odoo', id: COMPLETIONS, published: true },
			{ name: 'repost-failed-events', id: REPOST, talksToOdoo: false },
		]);
		units = await release(plant);
		[refused, closedByHand] = units.filter(({ partNumber }) => partNumber === 'GEAR-200').slice(-2);
		await plant.installed.n8n.start();
		await untilListening();
	});

	afterAll(async () => {
		await plant?.close();
	});

	const untilListening = async () =>
		await until('the trigger to listen', async () => (await openStreams(plant.pico)) === 1, { timeoutMs: 60_000 });
	const session = async () => await plant.installed.session();
	const parked = async () => await tableRows(await session(), FAILED_EVENTS);
	const complete = async ({ order, ...unit }: Unit) =>
		await plant.pico.control('POST', 'orders/complete', { externalOrderId: order, ...unit });
	const untilPosted = async (count: number) =>
		await until(`${count} units in Odoo`, async () => (await plant.odoo.postedUnits()) >= count, {
			timeoutMs: 240_000,
			everyMs: 250,
		});
	const books = async () => {
		const completions = (await completionsOf(plant.pico)).filter(({ orderId }) => orderId.startsWith('WH/MO/'));
		const first = completions.filter(
			({ orderId, orderIndex }, at) =>
				completions.findIndex((other) => other.orderId === orderId && other.orderIndex === orderIndex) === at,
		);
		return compareBooks({
			completions: asBooks(first).map((unit) => ({ ...unit, serial: trackedBySerial(unit.serial) ? unit.serial : null })),
			postings: (await postingsOf(plant.odoo, first)).map((posting) => (trackedBySerial(posting.serial) ? posting : { ...posting, serial: undefined })),
			parked: (await parked()).filter(({ status }) => status === 'parked').map(keyOf),
		});
	};

	describe('manufacturing orders to Pico', () => {
		it('saves every order once with its quantity, past a failed call and a kill in the middle of the answers', async () => {
			await plant.odoo.record('product.template', { name: 'New', default_code: 'NEW-1' });
			await plant.odoo.orders('NEW-1', 2, 1);
			await plant.odoo.control('faults', { status: 500, count: 1 });
			expect(await plant.runByHand(ORDERS)).toBe('error');
			await (await session()).runManually(ORDERS, 'Run now');
			await until('some answers', async () => (await plant.odoo.state()).messages.length >= 10, { everyMs: 10 });
			await plant.installed.n8n.kill();
			const answered = (await plant.odoo.state()).messages.length;
			expect(answered).toBeLessThan(52);
			await plant.installed.n8n.start();
			await untilListening();
			expect(await plant.runByHand(ORDERS)).toBe('success');

			const { orders } = await plant.odoo.state();
			expect(orders).toHaveLength(53);
			for (const { id, name, partNumber, quantity } of orders.filter((order) => order.partNumber !== 'NEW-1')) {
				const placed = await placedOrders(plant.pico, name);
				expect({ name, indices: placed.map(({ orderIndex }) => orderIndex) }).toEqual({ name, indices: [...Array(quantity).keys()] });
				expect(placed.every((order) => order.partNumber === partNumber)).toBe(true);
				const notes = await plant.odoo.notes(id);
				expect(notes.map(({ subject }) => subject)).toEqual([`Saved in Pico as ${name}: ${quantity} unit${quantity === 1 ? '' : 's'}`]);
			}
		});

		it('asks only for what is not saved, and writes a known reason no second time', async () => {
			const { messages } = await plant.odoo.state();
			const calls = await plant.odoo.calls();
			expect(await plant.runByHand(ORDERS)).toBe('success');
			// The open orders, what they were split from, and their notes.
			expect((await plant.odoo.calls()) - calls).toBe(3);
			expect((await plant.odoo.state()).messages).toHaveLength(messages.length);
		});

		it('notes on a refused order what Pico says, and saves it once Pico takes it', async () => {
			const order = (await plant.odoo.state()).orders.find(({ partNumber }) => partNumber === 'NEW-1');
			const subjects = async () => (await plant.odoo.notes(order?.id ?? 0)).map(({ subject }) => subject);
			expect(await subjects()).toEqual(["Refused by Pico: Pico has no operation with the part number 'NEW-1'"]);
			await plant.pico.control('POST', 'operations/deploy', { partNumber: 'NEW-1', revision: 'A' });
			expect(await plant.runByHand(ORDERS)).toBe('success');
			expect(await subjects()).toContain(`Saved in Pico as ${order?.name}: 2 units`);
			expect(await placedOrders(plant.pico, order?.name ?? '')).toHaveLength(2);
			await plant.odoo.call('mrp.production', 'action_cancel', { ids: [order?.id] });
		});

		it('adds the units of an order that became larger, and leaves no note on anybody when Pico is away', async () => {
			const [{ id, name }] = await plant.odoo.orders('GEAR-200', 1, 1);
			expect(await plant.runByHand(ORDERS)).toBe('success');
			await plant.odoo.call('mrp.production', 'write', { ids: [id], vals: { product_qty: 2 } });
			await plant.pico.control('POST', 'switches', { burst503: 3 });
			expect(await plant.runByHand(ORDERS)).toBe('error');
			expect(await plant.odoo.notes(id)).toHaveLength(1);
			expect(await plant.runByHand(ORDERS)).toBe('success');
			expect((await plant.odoo.notes(id)).map(({ subject }) => subject).sort()).toEqual([`Saved in Pico as ${name}: 1 unit`, `Saved in Pico as ${name}: 2 units`]);
			expect(await placedOrders(plant.pico, name)).toHaveLength(2);
			await plant.odoo.call('mrp.production', 'action_cancel', { ids: [id] });
		});

		it('sends nothing again of an order that was closed with a backorder, and an order in packs by the piece', async () => {
			const [{ id, name }] = await plant.odoo.orders('VALVE-300', 3, 1);
			const [uom] = await plant.odoo.call<Array<{ id: number }>>('uom.uom', 'search_read', { domain: [['name', '=', 'Pack of 6']], fields: ['id'] });
			const [product_id] = await plant.odoo.call<number[]>('product.product', 'search', { domain: [['default_code', '=', 'VALVE-300']] });
			const packed = await plant.odoo.record('mrp.production', { product_id, product_qty: 2, product_uom_id: uom.id });
			await plant.odoo.call('mrp.production', 'action_confirm', { ids: [packed.id] });
			expect(await plant.runByHand(ORDERS)).toBe('success');
			expect((await plant.odoo.notes(packed.id)).map(({ subject }) => subject)).toEqual([expect.stringMatching(/: 12 units$/)]);
			await plant.odoo.call('mrp.production', 'write', { ids: [id], vals: { qty_producing: 1 } });
			const context = { skip_consumption: true, skip_backorder: true, mo_ids_to_backorder: [id] };
			await plant.odoo.call('mrp.production', 'button_mark_done', { ids: [id], context });
			expect(await plant.runByHand(ORDERS)).toBe('success');
			const rest = (await plant.odoo.state()).orders.find((order) => order.name === `${name}-002`);
			expect(await placedOrders(plant.pico, name)).toHaveLength(3);
			expect(await placedOrders(plant.pico, `${name}-002`)).toEqual([]);
			expect(await plant.odoo.notes(rest?.id ?? 0)).toEqual([]);
			await plant.odoo.call('mrp.production', 'action_cancel', { ids: [packed.id, rest?.id] });
		});
	});

	describe('completions to Odoo', () => {
		it('posts every unit once through failed calls, lost answers, a refusal, a closed order and a kill', async () => {
			const gear = await plant.odoo.order(units[20].order);
			await plant.odoo.reserve(gear.id, 'HOUSING-10', 'RESERVED');
			const refusedOrder = await plant.odoo.order(refused.order);
			await plant.odoo.control('refuse', { model: 'mrp.production', id: refusedOrder.id, message: CLOSED_PERIOD });
			const closed = await plant.odoo.order(closedByHand.order);
			await plant.odoo.call('mrp.production', 'action_cancel', { ids: [closed.id] });
			const [first, second] = [units.slice(0, 40), units.slice(40)];

			await plant.odoo.control('faults', { status: 500, count: 4 });
			for (const unit of first) await complete(unit);
			await untilPosted(12);
			// The note is there, but nobody hears of it; then an order is done, but nobody hears of it.
			await plant.odoo.control('faults', { status: 504, count: 1, path: 'mrp.production/write', after: true });
			await untilPosted(20);
			await plant.odoo.control('faults', { status: 504, count: 1, path: 'button_mark_done', after: true, latencyMs: 500 });
			await untilPosted(30);
			await plant.odoo.control('faults', { latencyMs: 3000, count: 1, path: 'mrp.production/write' });
			await until('a unit on its way', async () => (await plant.odoo.state()).faults.count === 0, { timeoutMs: 60_000, everyMs: 20 });
			await plant.installed.n8n.kill();
			await plant.installed.n8n.start();
			for (const unit of second) await complete(unit);
			await until('three parked events', async () => (await parked()).length === 3, { timeoutMs: 300_000, everyMs: 500 });
			await untilPosted(units.length - 3);

			const result = await books();
			console.info(booksTable('Pico and Odoo, before re-posting', result));
			expect(result.wrong).toEqual([]);
			expect(result.count).toMatchObject({ posted: units.length - 3, parked: 3 });
			expect((await plant.executions(COMPLETIONS)).crashed).toBe(1);
		});

		it('parks what Odoo refuses, with the reason', async () => {
			const rows = await parked();
			const reasonOf = (unit: Unit) => rows.find(({ orderId }) => orderId === unit.order)?.reason;
			expect(reasonOf(refused)).toContain(CLOSED_PERIOD);
			expect(reasonOf(closedByHand)).toContain(`Unit 1 of ${closedByHand.order}: no order in Odoo can take it. ${closedByHand.order} is canceled.`);
			const errors = await tableRows<WorkflowError>(await session(), WORKFLOW_ERRORS);
			const known = errors.map(({ node, message, details }) => `${node}: ${message} ${details}`);
			expect(new Set(known).size).toBe(known.length);
			expect(known).toContainEqual(expect.stringMatching(new RegExp(`^Cannot be posted: .*${CLOSED_PERIOD}`)));
			expect(rows.map(({ status, workflowId }) => `${status} ${workflowId}`)).toEqual(Array(3).fill(`parked ${COMPLETIONS}`));
		});

		it('posts parked events again once the cause is gone, and parks the one whose cause is not', async () => {
			const { id } = await plant.odoo.order(refused.order);
			await plant.odoo.control('refuse', { model: 'mrp.production', id });
			const posted = await plant.odoo.postedUnits();
			await markForRetry(await session(), (await parked()).map(({ eventId }) => eventId));
			expect(await plant.runByHand(REPOST)).toBe('success');
			const rows = (await parked()).map(({ orderId, status }) => (orderId === closedByHand.order ? 'closed ' : '') + status);
			expect(rows.sort()).toEqual(['closed parked', 'posted', 'posted']);
			expect(await plant.odoo.postedUnits()).toBe(posted + 2);
			expect((await books()).count).toMatchObject({ posted: units.length - 1, parked: 1, missing: 0, twice: 0 });
		});

		it('closes every order with its last unit, and consumes what the bill of material says', async () => {
			const { orders } = await plant.odoo.state();
			const built = orders.filter(({ name }) => units.some(({ order }) => order === name) && name !== closedByHand.order);
			expect(built).toHaveLength(51);
			expect(built.filter(({ state, produced, quantity }) => state !== 'done' || produced !== quantity)).toEqual([]);
			const seals = built.flatMap(({ consumed }) => consumed).filter(({ partNumber }) => partNumber === 'SEAL-30');
			// Two for each pump and gear, one for each valve.
			expect(seals.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(2 * 22 + 2 * 32 + 17);
			const [kit] = built.filter(({ partNumber }) => partNumber === 'RESIN-KIT');
			expect(kit.serials).toEqual([kit.name]);
			expect(kit.consumed.map(({ serial, quantity }) => [serial, quantity])).toEqual([['RES-7', 2], ['RES-7', 2], ['RES-7', 1], ['RES-8', 1]]);
			expect(JSON.stringify(built)).not.toContain('RESERVED');
		});

		it('shows the correction of a unit on its order and to a person, and counts nothing', async () => {
			const [unit] = units;
			const before = await plant.odoo.order(unit.order);
			await complete({ ...unit, producedSerial: 'OTHER-SERIAL' });
			const [note] = await until('a note', async () => {
				const notes = await plant.odoo.notes(before.id, 'Pico correction');
				return notes.length > 0 && notes;
			});
			expect(note).toMatchObject({ subject: `Pico correction, unit 1 of ${unit.order}`, body: expect.stringContaining('OTHER-SERIAL') });
			expect(await tableRows(await session(), 'Pico cases for a person')).toEqual([
				expect.objectContaining({ order: unit.order, reason: expect.stringContaining('OTHER-SERIAL') }),
			]);
			expect(await plant.odoo.order(unit.order)).toEqual({ ...before, outside: expect.anything() });
		});

		it('ends quietly for an order that is not of Odoo', async () => {
			await plant.pico.control('POST', 'operations/deploy', { partNumber: 'OTHER-1', name: 'Other' });
			await saveOrders(plant.pico, ['SOMEBODY-ELSE'], 'OTHER-1');
			await plant.pico.control('POST', 'orders/complete', { externalOrderId: 'SOMEBODY-ELSE' });
			const run = await until('the run', async () => {
				const last = await plant.lastRun(COMPLETIONS);
				return last?.data?.resultData.lastNodeExecuted === 'Not an Odoo order' && last;
			});
			expect(run.status).toBe('success');
			expect(itemsOf(run, 'Not an Odoo order')).toHaveLength(1);
			expect(await tableRows(await session(), 'Pico orders not in Odoo')).toEqual([expect.objectContaining({ orderId: 'SOMEBODY-ELSE', partNumber: 'OTHER-1' })]);
		});

		it('changes nothing when everything is delivered a second time', async () => {
			const counts = async () => (await plant.odoo.state()).counts;
			const before = await counts();
			const successes = (await plant.executions(COMPLETIONS)).success ?? 0;
			await plant.installed.n8n.stop();
			const workflow = plant.workflows.get(COMPLETIONS);
			if (!workflow) throw new Error('no workflow');
			await deliverEverythingAgain(plant.installed, workflow, 'again');
			// Every unit but the one whose order is closed; its event ends on the failed path. One correction, one stranger.
			const again = units.length + 2;
			await until(
				'all events once more',
				async () => ((await plant.executions(COMPLETIONS)).success ?? 0) >= successes + again,
				{ timeoutMs: 300_000, everyMs: 500 },
			);
			expect(await counts()).toEqual(before);
			const result = await books();
			console.info(booksTable('Pico and Odoo, at the end', result));
			console.info(table([['records in Odoo', 'number'], ...shown(before)]));
			console.info(table([['executions', 'number'], ...Object.entries(await plant.executions(COMPLETIONS)).map(row)]));
			console.info(`Both ways: ${Math.round((Date.now() - startedAt) / 1000)} s`);
			expect(result.count).toMatchObject({ posted: units.length - 1, parked: 1 });
			expect(result.wrong).toEqual([]);
			expect(await parked()).toHaveLength(3);
		});
	});
});

const trackedBySerial = (serial: string | null | undefined): boolean => /^(PUMP|GEAR|SN|OTHER)-/.test(serial ?? '');

const keyOf = ({ payload }: FailedEvent): string => {
	const { orderId, orderIndex } = JSON.parse(payload) as { orderId: string; orderIndex: number };
	return `${orderId} unit ${orderIndex + 1}`;
};

const row = ([name, count]: [string, number]): string[] => [name, String(count)];
const shown = (counts: Record<string, number>): string[][] =>
	Object.entries(counts).filter(([name]) => /^(mrp.production|stock\.|mail\.message)/.test(name)).map(row);
