import type { Json } from './connection.mts';
import { onEachOdoo, type Bench } from './each-odoo.mts';

/** Facts about orders: backorders, splits, numbers of what is made, quantities, the ends of an order. */
onEachOdoo(({ version, fact }) => {
	const nameOf = async ({ odoo }: Bench, id: number) => (await odoo.read<{ name: string }>('mrp.production', id, ['name'])).name;
	const ordersLike = async ({ odoo }: Bench, name: string) =>
		await odoo.find<{ name: string; state: string; product_qty: number }>('mrp.production', [['name', '=like', `${name}%`]], ['name', 'state', 'product_qty']);
	const lotsOf = async ({ odoo }: Bench, order: number) => {
		const field = version < 19 ? 'lot_producing_id' : 'lot_producing_ids';
		const { [field]: value } = await odoo.read<Json>('mrp.production', order, [field]);
		return version < 19 ? (value ? [(value as [number, string])[1]] : []) : await Promise.all((value as number[]).map(async (id) => (await odoo.read<{ name: string }>('stock.lot', id, ['name'])).name));
	};

	fact('O8 less than ordered opens a dialog; closing with a backorder renames the order -001 and the rest is -002', async (bench) => {
		const { odoo, workshop } = bench;
		const pump = await workshop.product('PUMP');
		const seal = await workshop.product('SEAL');
		await workshop.bill(pump, [[seal, 2]]);
		const order = await workshop.order(pump, 5);
		const name = await nameOf(bench, order);
		await workshop.produce(order, 2);
		await odoo.call('mrp.production', 'set_qty_producing', { ids: [order] });
		expect(await workshop.close(order)).toMatchObject({ res_model: 'mrp.production.backorder' });
		const answer = await workshop.close(order, { skip_consumption: true, skip_backorder: true, mo_ids_to_backorder: [order] });
		const found = await ordersLike(bench, name);
		expect(found).toMatchObject([{ id: order, name: `${name}-001`, state: 'done', product_qty: 2 }, { name: `${name}-002`, state: 'confirmed', product_qty: 3 }]);
		expect(answer).toMatchObject({ res_model: 'mrp.production', res_id: found[1].id });
		const rest = await workshop.moveOf(found[1].id, seal);
		expect(rest).toMatchObject({ product_uom_qty: 6 });
	});

	fact('O8 a further backorder is -003, and the second keeps its name', async (bench) => {
		const { odoo, workshop } = bench;
		const pump = await workshop.product('PUMP');
		const order = await workshop.order(pump, 3);
		const name = await nameOf(bench, order);
		for (const id of [order, undefined]) {
			const open = id ?? (await ordersLike(bench, name)).find(({ state }) => state !== 'done')?.id ?? 0;
			await workshop.produce(open, 1);
			await odoo.call('mrp.production', 'set_qty_producing', { ids: [open] });
			await workshop.close(open, { skip_backorder: true, mo_ids_to_backorder: [open], skip_redirection: true });
		}
		expect((await ordersLike(bench, name)).map((each) => [each.name, each.product_qty])).toEqual([[`${name}-001`, 1], [`${name}-002`, 1], [`${name}-003`, 1]]);
	});

	fact('O8 without a backorder the order is done with what was made', async (bench) => {
		const { workshop, odoo } = bench;
		const pump = await workshop.product('PUMP');
		const order = await workshop.order(pump, 5);
		await workshop.produce(order, 2);
		await odoo.call('mrp.production', 'set_qty_producing', { ids: [order] });
		expect(await workshop.close(order, { skip_backorder: true })).toBe(true);
		const fields = ['state', 'qty_produced', 'product_qty'];
		expect(await odoo.read('mrp.production', order, fields)).toMatchObject({ state: 'done', qty_produced: 2, product_qty: 5 });
	});

	fact('O8 Split renames the order in the same way', async (bench) => {
		const { workshop } = bench;
		const pump = await workshop.product('PUMP');
		const seal = await workshop.product('SEAL');
		await workshop.bill(pump, [[seal, 1]]);
		const order = await workshop.order(pump, 4);
		const name = await nameOf(bench, order);
		await workshop.split(order, [1, 3]);
		expect(await ordersLike(bench, name)).toMatchObject([
			{ id: order, name: `${name}-001`, product_qty: 1, state: 'confirmed' },
			{ name: `${name}-002`, product_qty: 3, state: 'confirmed' },
		]);
	});

	fact('O8 an order that is begun, or has no bill, cannot be split', async ({ workshop }) => {
		const pump = await workshop.product('PUMP');
		const bare = await workshop.order(pump, 4);
		await expect(workshop.split(bare, [1, 3])).rejects.toThrow('Only manufacturing orders with a Bill of Materials can be split.');
		await workshop.bill(pump, [[await workshop.product('SEAL'), 1]]);
		const order = await workshop.order(pump, 4);
		await workshop.produce(order, 1);
		expect(await workshop.state(order)).toBe('progress');
		await expect(workshop.split(order, [1, 3])).rejects.toThrow('Only manufacturing orders in either a draft or confirmed state can be split.');
	});

	fact('O9 product_qty is in the unit of the order, product_uom_qty in the unit of the product', async ({ odoo, workshop }) => {
		const [dozen] = await odoo.find('uom.uom', [['name', 'in', ['Dozens', 'Dozen']]], ['name']);
		const pack = version < 19 ? dozen.id : ((await odoo.find('uom.uom', [['name', '=', 'Pack of 6']], ['name']))[0]?.id ?? 0);
		const pump = await workshop.product('PUMP');
		const seal = await workshop.product('SEAL');
		await workshop.bill(pump, [[seal, 2]]);
		const order = await workshop.order(pump, 2, { product_uom_id: pack });
		const fields = ['product_qty', 'product_uom_qty', 'product_uom_id'];
		const pieces = version < 19 ? 24 : 12;
		expect(await odoo.read('mrp.production', order, fields)).toMatchObject({ product_qty: 2, product_uom_qty: pieces });
		expect(await workshop.moveOf(order, seal)).toMatchObject({ product_uom_qty: 2 * pieces });
		await workshop.produce(order, 2);
		await odoo.call('mrp.production', 'set_qty_producing', { ids: [order] });
		expect(await workshop.close(order)).toBe(true);
		expect((await workshop.onHand(pump)).map(([, quantity]) => quantity)).toEqual([pieces]);
	});

	fact('O9 an order of a serial product is turned into the unit of the product when it is confirmed', async ({ odoo, workshop }) => {
		const names = version < 19 ? ['Dozens'] : ['Pack of 6'];
		const [pack] = await odoo.find('uom.uom', [['name', 'in', names]], ['name']);
		const pump = await workshop.product('PUMP', 'serial');
		const order = await workshop.order(pump, 1, { product_uom_id: pack.id });
		const pieces = version < 19 ? 12 : 6;
		expect(await odoo.read('mrp.production', order, ['product_qty', 'product_uom_qty'])).toMatchObject({ product_qty: pieces, product_uom_qty: pieces });
	});

	fact(`O9 the factor of a unit: ${version < 19 ? 'how many of it are in the reference unit' : 'how many pieces it is'}`, async ({ odoo }) => {
		const [unit] = await odoo.find<{ factor: number }>('uom.uom', [['name', '=', version < 19 ? 'Dozens' : 'Pack of 6']], ['factor']);
		expect(unit.factor).toBeCloseTo(version < 19 ? 1 / 12 : 6, 6);
	});

	fact('O12 lot product without a lot: Odoo makes one and is done', async (bench) => {
		const { workshop, odoo } = bench;
		const resin = await workshop.product('RESIN', 'lot');
		const order = await workshop.order(resin, 3);
		if (version < 19) {
			await workshop.produce(order, 3);
			await expect(workshop.close(order)).rejects.toThrow('You need to supply a Lot/Serial Number for product');
			await workshop.produce(order, 0);
		}
		expect(await workshop.close(order)).toBe(true);
		expect(await lotsOf(bench, order)).toEqual([expect.stringMatching(/^\d{7}$/)]);
		expect(await odoo.read('mrp.production', order, ['state', 'qty_produced'])).toMatchObject({ state: 'done', qty_produced: 3 });
	});

	fact('O12 serial product, one piece without a number: Odoo makes one and is done', async (bench) => {
		const { workshop } = bench;
		const pump = await workshop.product('PUMP', 'serial');
		const order = await workshop.order(pump, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await lotsOf(bench, order)).toEqual([expect.stringMatching(/^\d{7}$/)]);
	});

	fact('O12 serial product, several pieces without numbers: an action instead of an end', async (bench) => {
		const { workshop } = bench;
		const pump = await workshop.product('PUMP', 'serial');
		const order = await workshop.order(pump, 2);
		const dialog = { 17: 'mrp.production.backorder', 18: 'mrp.batch.produce' }[version] ?? 'mrp.production.serials';
		expect(await workshop.close(order)).toMatchObject({ type: 'ir.actions.act_window', res_model: dialog });
		expect(await workshop.state(order)).not.toBe('done');
	});

	fact(`O13 the numbers of what is made: ${version < 19 ? 'lot_producing_id alone' : 'lot_producing_ids alone'}`, async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP', 'serial');
		const order = await workshop.order(pump, 1);
		const [there, missing] = version < 19 ? ['lot_producing_id', 'lot_producing_ids'] : ['lot_producing_ids', 'lot_producing_id'];
		expect(await odoo.read<Json>('mrp.production', order, [there])).toHaveProperty(there);
		await expect(odoo.read('mrp.production', order, [missing])).rejects.toThrow(`Invalid field '${missing}' on`);
		await expect(odoo.write('mrp.production', order, { [missing]: false })).rejects.toThrow(`Invalid field '${missing}'`);
	});

	if (version >= 19) {
		fact('O13 several serial numbers on one order, and the quantity follows them', async ({ odoo, workshop }) => {
			const pump = await workshop.product('PUMP', 'serial');
			const order = await workshop.order(pump, 2);
			const lots = [await workshop.lot(pump, 'P1'), await workshop.lot(pump, 'P2')];
			await odoo.write('mrp.production', order, { lot_producing_ids: [[4, lots[0]]] });
			await odoo.write('mrp.production', order, { lot_producing_ids: [[4, lots[1]]], qty_producing: 2 });
			await odoo.call('mrp.production', 'set_qty_producing', { ids: [order] });
			expect(await workshop.close(order)).toBe(true);
			expect(await odoo.read('mrp.production', order, ['state', 'qty_produced'])).toMatchObject({ state: 'done', qty_produced: 2 });
			expect((await workshop.onHand(pump, lots[1])).map(([, quantity]) => quantity)).toEqual([1]);
		});

		fact('O13 one lot for an order of a lot product', async ({ odoo, workshop }) => {
			const resin = await workshop.product('RESIN', 'lot');
			const order = await workshop.order(resin, 2);
			const lots = [await workshop.lot(resin, 'R1'), await workshop.lot(resin, 'R2')];
			await expect(odoo.write('mrp.production', order, { lot_producing_ids: [[6, 0, lots]] })).rejects.toThrow('You cannot set more than 1 lot');
		});
	} else {
		fact('O13 an order of a serial product makes one piece at a time', async ({ odoo, workshop }) => {
			const pump = await workshop.product('PUMP', 'serial');
			const order = await workshop.order(pump, 2);
			await workshop.produce(order, 2, [await workshop.lot(pump, 'P1')]);
			await odoo.call('mrp.production', 'set_qty_producing', { ids: [order] });
			expect(await odoo.read('mrp.production', order, ['qty_producing'])).toMatchObject({ qty_producing: 1 });
		});
	}

	fact('O14 a written product_qty leaves the components alone, the wizard changes both', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const seal = await workshop.product('SEAL');
		await workshop.bill(pump, [[seal, 2]]);
		const order = await workshop.order(pump, 2);
		await odoo.write('mrp.production', order, { product_qty: 5 });
		expect(await workshop.moveOf(order, seal)).toMatchObject({ product_uom_qty: 4 });
		await odoo.write('mrp.production', order, { product_qty: 2 });
		const wizard = await odoo.create('change.production.qty', { mo_id: order, product_qty: 5 });
		await odoo.call('change.production.qty', 'change_prod_qty', { ids: [wizard] });
		expect(await workshop.moveOf(order, seal)).toMatchObject({ product_uom_qty: 10 });
		expect(await odoo.read('mrp.production', order, ['product_qty'])).toMatchObject({ product_qty: 5 });
	});

	fact('O20 a done order of a serial product cannot be marked as done again', async ({ workshop }) => {
		const pump = await workshop.product('PUMP', 'serial');
		const order = await workshop.order(pump, 1);
		await workshop.produce(order, 1, [await workshop.lot(pump, 'P1')]);
		expect(await workshop.close(order)).toBe(true);
		const message = version < 19 ? `This serial number for product ${pump.code} has already been produced` : `Serial number(s) for product ${pump.code} already produced`;
		await expect(workshop.close(order)).rejects.toThrow(message);
	});

	fact('O20 a serial number that another order has made is refused', async ({ workshop }) => {
		const pump = await workshop.product('PUMP', 'serial');
		const lot = await workshop.lot(pump, 'P1');
		const [first, second] = [await workshop.order(pump, 1), await workshop.order(pump, 1)];
		await workshop.produce(first, 1, [lot]);
		expect(await workshop.close(first)).toBe(true);
		await workshop.produce(second, 1, [lot]);
		const message = version < 19 ? `This serial number for product ${pump.code} has already been produced` : `Serial number(s) for product ${pump.code} already produced`;
		await expect(workshop.close(second)).rejects.toThrow(message);
	});

	fact('O20 a done order of an untracked product can be marked as done again and stays as it is', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const order = await workshop.order(pump, 2);
		await workshop.produce(order, 2);
		expect(await workshop.close(order)).toBe(true);
		await workshop.close(order);
		expect(await odoo.read('mrp.production', order, ['state', 'qty_produced'])).toMatchObject({ state: 'done', qty_produced: 2 });
		expect((await workshop.onHand(pump)).map(([, quantity]) => quantity)).toEqual([2]);
	});

	fact(`O20 cancelling a done order ${version < 19 ? 'leaves it done' : 'is refused'}`, async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const order = await workshop.order(pump, 1);
		await workshop.produce(order, 1);
		await workshop.close(order);
		const cancel = odoo.call('mrp.production', 'action_cancel', { ids: [order] });
		if (version < 19) await cancel;
		else await expect(cancel).rejects.toThrow('that is already done');
		expect(await workshop.state(order)).toBe('done');
	});

	fact('O20 marking a cancelled order as done is no error and changes nothing', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const order = await workshop.order(pump, 1);
		await odoo.call('mrp.production', 'action_cancel', { ids: [order] });
		expect(await workshop.state(order)).toBe('cancel');
		await workshop.close(order);
		expect(await workshop.state(order)).toBe('cancel');
		expect(await workshop.onHand(pump)).toEqual([]);
	});

	fact('O20 an open order can be deleted, a done one cannot', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const [open, done] = [await workshop.order(pump, 1), await workshop.order(pump, 1)];
		await workshop.produce(done, 1);
		await workshop.close(done);
		const remove = (id: number) => odoo.call('mrp.production', 'unlink', { ids: [id] });
		// Odoo 19 tries to cancel it first.
		await expect(remove(done)).rejects.toThrow(version < 19 ? 'Cannot delete a manufacturing order in done state.' : 'You cannot cancel a manufacturing order that is already done.');
		expect(await remove(open)).toBe(true);
		expect(await odoo.find('mrp.production', [['id', '=', open]], ['name'])).toEqual([]);
	});
});
