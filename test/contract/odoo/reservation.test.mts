import { onEachOdoo, type Bench } from './each-odoo.mts';

/** Facts about components: what Odoo sets aside, what it consumes, and what it refuses. */
onEachOdoo(({ version, fact, factWith }) => {
	/** An order for one piece with one serial component, of which H1 is on stock and set aside; H2 is on stock too. */
	async function housed({ workshop }: Bench, { operation = false, consumption = 'warning', quantity = 1 } = {}) {
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP');
		const bill = await workshop.bill(pump, [[housing, 1]], { consumption });
		if (operation) await workshop.operation(bill);
		const first = (await workshop.stock(housing, 1, 'H1')) as number;
		const order = await workshop.order(pump, quantity);
		const second = (await workshop.stock(housing, 1, 'H2')) as number;
		const move = await workshop.moveOf(order, housing);
		return { housing, pump, order, first, second, move, consumed: () => workshop.consumed(order, housing) };
	}

	fact('O1 confirming an order sets aside what is on stock: a line with number and quantity that nobody picked', async (bench) => {
		const { move } = await housed(bench);
		expect(move).toMatchObject({ state: 'assigned', quantity: 1, picked: false });
		expect(await bench.workshop.lines(move.id)).toEqual([expect.objectContaining({ lot: 'H1', quantity: 1, picked: false })]);
	});

	fact('O1 what is not on stock is not set aside, and lots are set aside with the quantity that there is', async ({ workshop }) => {
		const glue = await workshop.product('GLUE', 'lot');
		const seal = await workshop.product('SEAL');
		const kit = await workshop.product('KIT');
		await workshop.bill(kit, [[glue, 3], [seal, 2]]);
		await workshop.stock(glue, 2, 'G1');
		const order = await workshop.order(kit, 1);
		expect(await workshop.moveOf(order, seal)).toMatchObject({ state: 'confirmed', quantity: 0 });
		const move = await workshop.moveOf(order, glue);
		expect(move).toMatchObject({ state: 'partially_available', quantity: 2, product_uom_qty: 3 });
		expect(await workshop.lines(move.id)).toEqual([expect.objectContaining({ lot: 'G1', quantity: 2, picked: false })]);
	});

	fact('O1 what one order has set aside is not there for the next, and comes free with its cancellation', async ({ odoo, workshop }) => {
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP');
		await workshop.bill(pump, [[housing, 1]]);
		await workshop.stock(housing, 1, 'H1');
		const first = await workshop.order(pump, 1);
		const second = await workshop.order(pump, 1);
		expect(await workshop.moveOf(second, housing)).toMatchObject({ quantity: 0 });
		await odoo.call('mrp.production', 'action_cancel', { ids: [first] });
		await odoo.call('mrp.production', 'action_assign', { ids: [second] });
		expect(await workshop.lines((await workshop.moveOf(second, housing)).id)).toEqual([expect.objectContaining({ lot: 'H1' })]);
	});

	fact('O2 a second line with the number that Odoo has set aside is refused', async (bench) => {
		const { order, move, housing, first } = await housed(bench);
		await bench.workshop.addLine(move.id, housing, first);
		await bench.workshop.produce(order, 1);
		const message = `The serial number H1 used for component ${housing.code} has already been consumed`;
		await expect(bench.workshop.close(order)).rejects.toThrow(message);
		expect(await bench.workshop.state(order)).not.toBe('done');
	});

	fact('O2 a number that another order has consumed is refused in the same words', async (bench) => {
		const { workshop, odoo } = bench;
		const { order, move, housing, first, pump, second } = await housed(bench);
		await odoo.write('stock.move', move.id, { move_line_ids: [[1, (await workshop.lines(move.id))[0].id, { picked: true }]] });
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		const next = await workshop.order(pump, 1);
		const nextMove = await workshop.moveOf(next, housing);
		const [line] = await workshop.lines(nextMove.id);
		expect(line).toMatchObject({ lot: 'H2' });
		await odoo.write('stock.move', nextMove.id, { move_line_ids: [[1, line.id, { lot_id: first, quantity: 1, picked: true }]] });
		await workshop.produce(next, 1);
		await expect(workshop.close(next)).rejects.toThrow(`The serial number H1 used for component ${housing.code} has already been consumed`);
		expect(second).toBeGreaterThan(0);
	});

	fact('O3 without work orders: what was set aside and not picked is not consumed beside what was picked', async (bench) => {
		const { order, move, housing, second, consumed } = await housed(bench);
		await bench.workshop.addLine(move.id, housing, second);
		await bench.workshop.produce(order, 1);
		expect(await bench.workshop.close(order)).toBe(true);
		expect(await consumed()).toEqual([['H2', 1]]);
	});

	fact(`O3 with work orders: what was set aside is ${version === 18 ? 'consumed as well' : 'not consumed'}`, async (bench) => {
		const { order, move, housing, second, consumed } = await housed(bench, { operation: true });
		await bench.workshop.addLine(move.id, housing, second);
		await bench.workshop.produce(order, 1);
		expect(await bench.workshop.close(order)).toBe(true);
		expect(await consumed()).toEqual(version === 18 ? [['H1', 1], ['H2', 1]] : [['H2', 1]]);
	});

	for (const operation of [false, true]) {
		fact(`O4 the line set aside can be changed in place, ${operation ? 'with' : 'without'} work orders: only what was built in is consumed`, async (bench) => {
			const { workshop, odoo } = bench;
			const { order, move, second, consumed } = await housed(bench, { operation });
			const [line] = await workshop.lines(move.id);
			const change = { lot_id: second, quantity: 1, picked: true };
			await odoo.write('stock.move', move.id, { manual_consumption: true, move_line_ids: [[1, line.id, change]] });
			await workshop.produce(order, 1);
			expect(await workshop.close(order)).toBe(true);
			expect(await consumed()).toEqual([['H2', 1]]);
		});
	}

	fact('O4 the number that was set aside is picked in place and consumed once', async (bench) => {
		const { workshop, odoo } = bench;
		const { order, move, first, consumed } = await housed(bench);
		const [line] = await workshop.lines(move.id);
		const change = { lot_id: first, quantity: 1, picked: true };
		await odoo.write('stock.move', move.id, { manual_consumption: true, move_line_ids: [[1, line.id, change]] });
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await consumed()).toEqual([['H1', 1]]);
	});

	fact('O4 a line set to 0 is gone once the order is closed, and its number is free for the next order', async (bench) => {
		const { workshop, odoo } = bench;
		const { order, move, housing, pump, first, second, consumed } = await housed(bench);
		const [line] = await workshop.lines(move.id);
		const added = { product_id: housing.id, lot_id: second, quantity: 1, picked: true };
		await odoo.write('stock.move', move.id, { manual_consumption: true, move_line_ids: [[1, line.id, { quantity: 0, picked: true }], [0, 0, added]] });
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await consumed()).toEqual([['H2', 1]]);
		expect(await workshop.lines(move.id)).toEqual([expect.objectContaining({ lot: 'H2' })]);
		expect((await workshop.onHand(housing, first)).map(([, quantity]) => quantity)).toEqual([1]);
		const next = await workshop.order(pump, 1);
		expect(await workshop.lines((await workshop.moveOf(next, housing)).id)).toEqual([expect.objectContaining({ lot: 'H1', quantity: 1, picked: false })]);
	});

	fact('O5 deleting the line set aside and adding one in one write consumes what was added', async (bench) => {
		const { workshop, odoo } = bench;
		const { order, move, housing, second, consumed } = await housed(bench);
		const [line] = await workshop.lines(move.id);
		const added = { product_id: housing.id, lot_id: second, quantity: 1, picked: true };
		await odoo.write('stock.move', move.id, { manual_consumption: true, move_line_ids: [[2, line.id, 0], [0, 0, added]] });
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await consumed()).toEqual([['H2', 1]]);
	});

	for (const consumption of ['warning', 'strict']) {
		fact(`O6 a bill that says ${consumption}: too few parts open a dialog that names the policy, and skip_consumption closes without a word`, async (bench) => {
			const { workshop } = bench;
			const { order, move, housing, second, consumed } = await housed(bench, { consumption, quantity: 2 });
			await workshop.addLine(move.id, housing, second);
			for (const line of (await workshop.lines(move.id)).filter(({ picked }) => !picked)) {
				await bench.odoo.write('stock.move', move.id, { move_line_ids: [[2, line.id, 0]] });
			}
			await workshop.produce(order, 2);
			expect(await workshop.close(order, {})).toMatchObject({
				res_model: 'mrp.consumption.warning',
				context: { default_mrp_consumption_warning_line_ids: [[0, 0, expect.objectContaining({ consumption, product_consumed_qty_uom: 1, product_expected_qty_uom: 2 })]] },
			});
			expect(await workshop.state(order)).not.toBe('done');
			expect(await workshop.close(order)).toBe(true);
			expect(await consumed()).toEqual([['H2', 1]]);
		});
	}

	fact('O6 a flexible bill asks nothing', async (bench) => {
		const { workshop } = bench;
		const { order, consumed } = await housed(bench, { consumption: 'flexible' });
		await workshop.produce(order, 1);
		expect(await workshop.close(order, {})).toBe(true);
		expect(await consumed()).toEqual([]);
	});

	fact(`O6 with nothing scanned, set_qty_producing ${version < 18 ? 'picks no tracked component' : 'picks what Odoo had set aside, and that is consumed'}`, async (bench) => {
		const { workshop, odoo } = bench;
		const { order, consumed } = await housed(bench);
		await workshop.produce(order, 1);
		await odoo.call('mrp.production', 'set_qty_producing', { ids: [order] });
		expect(await workshop.close(order)).toBe(true);
		expect(await consumed()).toEqual(version < 18 ? [] : [['H1', 1]]);
	});

	fact('O6 with nothing scanned and only the quantity written, nothing is consumed', async (bench) => {
		const { workshop } = bench;
		const { order, consumed } = await housed(bench);
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await consumed()).toEqual([]);
	});

	fact('O6 a picked serial component without a number is refused when the order is closed', async (bench) => {
		const { workshop } = bench;
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP');
		await workshop.bill(pump, [[housing, 1]]);
		const order = await workshop.order(pump, 1);
		await workshop.produce(order, 1);
		await workshop.addLine((await workshop.moveOf(order, housing)).id, housing, undefined);
		await expect(workshop.close(order)).rejects.toThrow(/You need to supply (a )?Lot\/Serial Number for product/);
	});

	fact('O6 components follow the quantity when set_qty_producing is called, however often, and what was picked by hand stays', async (bench) => {
		const { workshop, odoo } = bench;
		const seal = await workshop.product('SEAL');
		const ring = await workshop.product('RING');
		const pump = await workshop.product('PUMP');
		await workshop.bill(pump, [[seal, 2], [ring, 1]]);
		const order = await workshop.order(pump, 3);
		await workshop.addLine((await workshop.moveOf(order, ring)).id, ring, undefined, { quantity: 5 });
		await workshop.produce(order, 2);
		for (let again = 0; again < 2; again += 1) await odoo.call('mrp.production', 'set_qty_producing', { ids: [order] });
		expect(await workshop.moveOf(order, seal)).toMatchObject({ quantity: 4, picked: true });
		expect(await workshop.moveOf(order, ring)).toMatchObject({ quantity: 5, picked: true });
	});

	factWith('workOrders', 'O3 the work orders of an order are done with it', async (bench) => {
		const { workshop, odoo } = bench;
		const { order } = await housed(bench, { operation: true });
		const works = await odoo.find<{ state: string }>('mrp.workorder', [['production_id', '=', order]], ['state']);
		expect(works).toHaveLength(1);
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await odoo.find('mrp.workorder', [['production_id', '=', order]], ['state'])).toMatchObject([{ state: 'done' }]);
	});
});
