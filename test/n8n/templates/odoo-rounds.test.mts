import type { Product } from '../../contract/odoo/workshop.mts';
import { until } from '../../../demo/lib/poll.mts';
import { FAILED_EVENTS, tableRows } from '../kit/data-tables.mts';
import { InstalledN8n } from '../kit/installed.mts';
import { placedOrders } from '../kit/plant.mts';
import { RECONCILIATION, summaryOf, type Difference } from './catalogue/reconciliation.mts';
import { Exchange, type OdooOrder } from './odoo/exchange.mts';
import { PLACES, type Place } from './odoo/places.mts';

jest.setTimeout(300_000);

/** Calls that change nothing in Odoo. */
const reading = (what: string) => /\.(fields_get|search_read|web_search_read)$/.test(what);

/**
 * Orders, cancellations, products and reconciliation with every version of Odoo. `npm run test:real` says how to give a
 * real one; the completions template has a suite of its own.
 */
describe('rounds between Pico and Odoo', () => {
	let installed: InstalledN8n;

	beforeAll(async () => {
		installed = await InstalledN8n.create({ credentials: [], workflows: [] });
		await installed.n8n.start();
	});

	afterAll(async () => {
		await installed?.remove();
	});

	describe.each(PLACES)('%s', (_name, start) => {
		let place: Place;
		let at: Exchange;

		beforeAll(async () => {
			place = await start();
			at = await Exchange.open(installed, place);
		});

		afterAll(async () => {
			await at?.close();
			await place?.close();
		});

		const statesInPico = async (order: string) => (await placedOrders(at.pico, order)).map(({ state }) => state);
		const rowsOf = async <T extends { partNumber: string | null }>(table: string, { code }: Product) =>
			(await tableRows<T>(await installed.session(), table)).filter(({ partNumber }) => partNumber === code);
		const closeWithBackorder = async ({ id }: OdooOrder, made: number) => {
			await at.workshop.produce(id, made);
			await at.odoo.call('mrp.production', 'set_qty_producing', { ids: [id] });
			await at.workshop.close(id, { skip_consumption: true, skip_backorder: true, mo_ids_to_backorder: [id] });
		};
		const complete = async (order: string, { code }: Product, orderIndex: number, producedSerial: string, consumedSerials: Array<{ externalId: string; value: string }> = []) =>
			await at.pico.control('POST', 'orders/complete', { externalOrderId: order, partNumber: code, orderIndex, producedSerial, consumedSerials });

		describe('products to Odoo', () => {
			interface Made {
				default_code: string;
				name: string;
				barcode: string | false;
				tracking: string;
				product_tmpl_id: [number, string];
				[storable: string]: unknown;
			}

			const codes = () => ['BLOWER', 'FAN', 'GLUE'].map((what) => `${at.workshop.prefix}-${what}`);
			const products = async () => {
				const fields = ['default_code', 'name', 'barcode', 'tracking', 'product_tmpl_id', at.odoo.version < 18 ? 'detailed_type' : 'is_storable'];
				return await at.odoo.find<Made>('product.product', [['default_code', 'in', codes()]], fields);
			};
			const lines = async () => {
				const found = await at.odoo.find<{ product_id: [number, string]; product_qty: number }>('mrp.bom.line', [['bom_id.code', '=', `Pico ${codes()[0]}`]], ['product_id', 'product_qty']);
				return found.map(({ product_id: [, name], product_qty }) => `${product_qty} ${/\[(.*)\]/.exec(name)?.[1]}`).sort();
			};
			const deploy = async (partNumber: string, name: string, more: object = {}) =>
				await at.pico.control('POST', 'operations/deploy', { partNumber, revision: `${partNumber}-A`, name, ...more });

			it('makes what is missing, storable and tracked where Pico captures a number, with its bill of material', async () => {
				const [blower, fan, glue] = codes();
				await deploy(fan, 'Fan wheel');
				await deploy(glue, 'Glue');
				await deploy(blower, 'Blower', { kind: 'product', consumedSerials: [{ name: 'Fan serial', externalId: fan }, { name: 'Glue lot', externalId: glue }] });
				for (const [childIndex, childPartNumber] of [fan, glue, fan].entries()) {
					await at.pico.control('POST', 'structure/change', { parentPartNumber: blower, childPartNumber, childIndex });
				}
				await at.run('products');
				const found = await products();
				for (const { id } of found) at.workshop.adopt('product.product', id);
				for (const { id } of await at.odoo.find('mrp.bom', [['code', '=', `Pico ${blower}`]], ['code'])) at.workshop.adopt('mrp.bom', id);
				const storable = at.odoo.version < 18 ? { detailed_type: 'product' } : { is_storable: true };
				expect(found.sort((a, b) => codes().indexOf(a.default_code) - codes().indexOf(b.default_code))).toEqual([
					expect.objectContaining({ name: 'Blower', tracking: 'none' }),
					expect.objectContaining({ name: 'Fan wheel', tracking: 'serial', ...storable }),
					expect.objectContaining({ name: 'Glue', tracking: 'lot', ...storable }),
				]);
				expect(await lines()).toEqual([`1 ${glue}`, `2 ${fan}`]);
			});

			it('writes nothing when nothing changed', async () => {
				expect((await at.run('products')).filter((what) => !reading(what))).toEqual([]);
			});

			it('follows a new revision, name and structure, and then writes nothing more', async () => {
				const [blower, fan, glue] = codes();
				await deploy(fan, 'Fan wheel, balanced', { revision: `${fan}-B` });
				await at.pico.control('POST', 'operations/archive', { partNumber: fan, revision: `${fan}-A` });
				await at.pico.control('POST', 'structure/change', { parentPartNumber: blower, childPartNumber: glue, childIndex: 1, remove: true });
				await at.run('products');
				expect((await products()).find(({ default_code }) => default_code === fan)).toMatchObject({ name: 'Fan wheel, balanced', barcode: `${fan}-B` });
				expect(await lines()).toEqual([`2 ${fan}`]);
				expect((await at.run('products')).filter((what) => !reading(what))).toEqual([]);
			});

			it('says in the words of Odoo why a product was not written', async () => {
				const [blower, fan] = codes();
				await deploy(blower, 'Blower', { revision: `${fan}-B` });
				const { status, data } = await at.press('products');
				expect(status).toBe('error');
				expect(data?.resultData.error?.message).toMatch(/barcode/i);
			});
		});

		describe('orders to Pico', () => {
			it('saves an order once with its quantity, by the piece, and asks three questions when nothing is new', async () => {
				const pump = await at.buildable('PUMP');
				const { size, id: product_uom_id } = await at.workshop.pack();
				const [plain, packed] = [await at.order(pump, 3), await at.order(pump, 2, { product_uom_id })];
				await at.run('orders');
				expect(await statesInPico(plain.name)).toHaveLength(3);
				expect(await statesInPico(packed.name)).toHaveLength(2 * size);
				expect(await at.subjects(plain.id)).toEqual([`Saved in Pico as ${plain.name}: 3 units`]);
				expect(await at.subjects(packed.id)).toEqual([`Saved in Pico as ${packed.name}: ${2 * size} units`]);
				const calls = await at.run('orders');
				expect(calls).toHaveLength(3);
				expect(calls.filter((what) => !reading(what))).toEqual([]);
			});

			it('tells on the order what Pico refused, once, and saves it when Pico takes it', async () => {
				const pump = await at.workshop.product('UNKNOWN');
				const order = await at.order(pump, 1);
				await at.run('orders');
				await at.run('orders');
				expect(await at.subjects(order.id)).toEqual([`Refused by Pico: Pico has no operation with the part number '${pump.code}'`]);
				await at.pico.control('POST', 'operations/deploy', { partNumber: pump.code, revision: 'A' });
				await at.run('orders');
				expect(await statesInPico(order.name)).toEqual(['released']);
			});

			it('adds the units of an order that became larger', async () => {
				const pump = await at.buildable('PUMP');
				const order = await at.order(pump, 1);
				await at.run('orders');
				const wizard = await at.odoo.create('change.production.qty', { mo_id: order.id, product_qty: 3 });
				await at.odoo.call('change.production.qty', 'change_prod_qty', { ids: [wizard] });
				await at.run('orders');
				expect(await statesInPico(order.name)).toHaveLength(3);
			});

			it('sends nothing again of an order that was split or closed with a backorder, and saves one by one what was split before', async () => {
				const pump = await at.buildable('PUMP');
				await at.workshop.bill(pump, [[await at.workshop.product('SEAL'), 1]]);
				const [split, closed] = [await at.order(pump, 4), await at.order(pump, 3)];
				await at.run('orders');
				await at.workshop.split(split.id, [1, 3]);
				await closeWithBackorder(closed, 1);
				const early = await at.order(pump, 2);
				await at.workshop.split(early.id, [1, 1]);
				await at.run('orders');
				const parts = (await at.orders(pump)).filter(({ name }) => /-00\d$/.test(name));
				const inPico = new Map<string, number>();
				for (const { name } of [split, closed, ...parts]) inPico.set(name, (await statesInPico(name)).length);
				const expected = parts.map(({ name }) => [name, name.startsWith(early.name) ? 1 : 0] as const);
				expect(Object.fromEntries(inPico)).toEqual(Object.fromEntries([[split.name, 4], [closed.name, 3], ...expected]));
				expect(parts).toHaveLength(6);
			});
		});

		describe('cancellations to Pico', () => {
			let pump: Product;
			const cancel = async (...orders: OdooOrder[]) => await at.odoo.call('mrp.production', 'action_cancel', { ids: orders.map(({ id }) => id) });
			const TOLD = 'Pico was told of the cancellation';

			beforeAll(async () => {
				pump = await at.buildable('PUMP');
				await at.workshop.bill(pump, [[await at.workshop.product('SEAL'), 1]]);
			});

			it('cancels in Pico what is not started, notes it once, and leaves other orders alone', async () => {
				const [cancelled, other] = [await at.order(pump, 2), await at.order(pump, 1)];
				await at.run('orders');
				await cancel(cancelled);
				await at.run('cancellations');
				expect(await statesInPico(cancelled.name)).toEqual(['cancelled', 'cancelled']);
				expect(await statesInPico(other.name)).toEqual(['released']);
				expect((await at.notes(cancelled.id, TOLD)).map(({ body }) => body)).toEqual(['<p>All units of this order that were in Pico are canceled there.</p>']);
				const calls = await at.run('cancellations');
				expect(calls).toHaveLength(2);
				expect(calls.filter((what) => !reading(what))).toEqual([]);
			});

			it('asks the person responsible once about an order that is started, and cancels the rest of its units', async () => {
				const order = await at.order(pump, 2);
				await at.run('orders');
				await at.pico.control('POST', 'orders/start', { externalOrderId: order.name, partNumber: pump.code, orderIndex: 0 });
				await cancel(order);
				await at.run('cancellations');
				await at.run('cancellations');
				expect(await statesInPico(order.name)).toEqual(['inProgress', 'cancelled']);
				const asked = await at.odoo.find<{ summary: string; user_id: [number, string] }>('mail.activity', [['res_model', '=', 'mrp.production'], ['res_id', '=', order.id]], ['summary', 'user_id']);
				expect(asked.map(({ summary, user_id }) => `${summary} ${user_id[0]}`)).toEqual([`Canceled in Odoo, started in Pico ${at.odoo.uid}`]);
				expect(await rowsOf('Pico cases for a person', pump)).toEqual([expect.objectContaining({ order: order.name, link: expect.stringContaining(`id=${order.id}&`) })]);
				expect(await at.subjects(order.id, TOLD)).toEqual([TOLD]);
			});

			it('asks a person about a part of an order that Pico has as a whole, and cancels nothing of it', async () => {
				const order = await at.order(pump, 3);
				await at.run('orders');
				await at.workshop.split(order.id, [1, 2]);
				const part = (await at.orders(pump)).find(({ name }) => name === `${order.name}-002`) as OdooOrder;
				await cancel(part);
				await at.run('cancellations');
				expect(await statesInPico(order.name)).toEqual(['released', 'released', 'released']);
				expect(await at.subjects(part.id, TOLD)).toEqual([TOLD]);
				const [row] = (await rowsOf<{ partNumber: string; order: string; reason: string }>('Pico cases for a person', pump)).filter((each) => each.order === part.name);
				expect(row.reason).toContain(`${order.name}-001 is still to be built`);
			});
		});

		describe('the reconciliation', () => {
			/** Only what the tests here complete is in Pico. */
			const reconcile = async () => {
				const run = await at.press('reconciliation');
				return summaryOf(run).replace(/^\d+ completions, \d+ booked, /, '');
			};
			const findings = async (product: Product) =>
				(await rowsOf<Difference>(RECONCILIATION, product)).map(({ orderId, orderIndex, finding }) => `${orderId} ${orderIndex}: ${finding}`).sort();

			beforeAll(async () => {
				await at.listen(false);
			});

			it('books what Odoo has never heard of, also on what was split off, and then nothing more', async () => {
				const pump = await at.buildable('PUMP', 'serial');
				const motor = await at.workshop.product('MOTOR', 'serial');
				await at.workshop.bill(pump, [[motor, 1]]);
				const [whole, split] = [await at.order(pump, 2), await at.order(pump, 2)];
				await at.run('orders');
				await at.workshop.split(split.id, [1, 1]);
				for (const { name } of [whole, split]) for (const index of [0, 1]) await complete(name, pump, index, `${name} ${index}`, [{ externalId: motor.code, value: `M ${name} ${index}` }]);
				expect(await reconcile()).toBe('4 posted now, 4 differences');
				expect(await findings(pump)).toEqual([whole, split].flatMap(({ name }) => [0, 1].map((index) => `${name} ${index}: missing in Odoo, posted now`)).sort());
				const orders = await at.orders(pump);
				expect(new Set(orders.map(({ state }) => state))).toEqual(new Set(['done']));
				expect(orders.reduce((sum, { product_qty }) => sum + product_qty, 0)).toBe(4);
				const before = at.front.calls.length;
				expect(await reconcile()).toBe('0 posted now, 0 differences');
				expect(at.front.calls.slice(before).filter(({ what }) => !reading(what))).toEqual([]);
			});

			it('lists a unit that is booked on an order that cannot be closed, and its parked row ends when the order is closed', async () => {
				const pump = await at.buildable('PUMP', 'serial');
				const motor = await at.workshop.product('MOTOR', 'serial');
				await at.workshop.bill(pump, [[motor, 1]]);
				const [first, second] = [await at.order(pump, 1), await at.order(pump, 1)];
				await at.run('orders');
				const session = await installed.session();
				await at.listen(true);
				for (const { name } of [first, second]) await complete(name, pump, 0, name, [{ externalId: motor.code, value: 'SAME' }]);
				await until('the parked unit', async () => (await rowsOf(FAILED_EVENTS, pump)).length > 0, { timeoutMs: 120_000 });
				await at.settle('completions');
				await at.listen(false);
				expect((await at.orders(pump)).map(({ state }) => state === 'done')).toEqual([true, false]);

				expect(await reconcile()).toBe('0 posted now, 1 differences');
				expect(await findings(pump)).toEqual([expect.stringMatching(new RegExp(`^${second.name} 0: booked, but the order is not closed: .*SAME`, 's'))]);
				const [row] = await rowsOf(FAILED_EVENTS, pump);
				expect(row).toMatchObject({ status: 'parked', orderId: second.name, reason: expect.stringContaining('SAME') });

				// The label was misread: a person enters in Odoo what was really built in.
				const [line] = await at.workshop.lines((await at.workshop.moveOf(second.id, motor)).id);
				await at.odoo.write('stock.move.line', line.id, { lot_id: await at.workshop.lot(motor, 'OTHER') });
				expect(await reconcile()).toBe('1 posted now, 1 differences');
				expect(await findings(pump)).toEqual([`${second.name} 0: booked, and the order is closed now`]);
				expect((await at.orders(pump)).map(({ state }) => state)).toEqual(['done', 'done']);
				expect((await tableRows(session, FAILED_EVENTS)).filter(({ partNumber }) => partNumber === pump.code).map(({ status }) => status)).toEqual(['posted']);
				expect(await reconcile()).toBe('0 posted now, 0 differences');
			});
		});
	});
});
