import { onEachOdoo, type Bench } from './each-odoo.mts';

/** Facts about where things lie, companies and rights. */
onEachOdoo(({ version, fact, factWith }) => {
	async function shelved({ workshop }: Bench) {
		const shelf = await workshop.create('stock.location', { name: workshop.name('SHELF'), usage: 'internal', location_id: await workshop.stockLocation() });
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP');
		await workshop.bill(pump, [[housing, 1]]);
		const order = await workshop.order(pump, 1);
		const lot = (await workshop.stock(housing, 1, 'H1', shelf)) as number;
		const move = await workshop.moveOf(order, housing);
		return { shelf, housing, pump, order, lot, move };
	}

	fact('O10 a line without a place takes the part from WH/Stock: minus one there, and the shelf keeps it', async (bench) => {
		const { workshop } = bench;
		const { housing, order, lot, move } = await shelved(bench);
		await workshop.addLine(move.id, housing, lot);
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		const places = await workshop.onHand(housing, lot);
		expect(places.map(([, quantity]) => quantity)).toEqual([-1, 1]);
		expect(places[1][0]).toContain('SHELF');
	});

	fact('O10 with location_id of the lot\'s own stock nothing is left over', async (bench) => {
		const { workshop, odoo } = bench;
		const { housing, order, lot, move, shelf } = await shelved(bench);
		const quants = await odoo.find<{ location_id: [number, string] }>('stock.quant', [['lot_id', '=', lot], ['location_id.usage', '=', 'internal'], ['quantity', '>', 0]], ['location_id']);
		expect(quants.map(({ location_id }) => location_id[0])).toEqual([shelf]);
		await workshop.addLine(move.id, housing, lot, { location_id: quants[0].location_id[0] });
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await workshop.onHand(housing, lot)).toEqual([]);
	});

	fact('O10 what lies on a shelf under WH/Stock is set aside there', async (bench) => {
		const { workshop } = bench;
		const { housing, pump } = await shelved(bench);
		const next = await workshop.order(pump, 1);
		expect(await workshop.lines((await workshop.moveOf(next, housing)).id)).toEqual([
			expect.objectContaining({ lot: 'H1', location: expect.stringContaining('SHELF') }),
		]);
	});

	fact('O10 an unknown number can be consumed: its stock is minus one', async (bench) => {
		const { workshop } = bench;
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP');
		await workshop.bill(pump, [[housing, 1]]);
		const order = await workshop.order(pump, 1);
		const lot = await workshop.lot(housing, 'NEW');
		await workshop.addLine((await workshop.moveOf(order, housing)).id, housing, lot);
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect((await workshop.onHand(housing, lot)).map(([, quantity]) => quantity)).toEqual([-1]);
	});

	factWith('warehouses', 'O10 in two steps components come from Pre-Production: a transfer brings them, and a line without a place takes them there', async (bench) => {
		const { workshop, odoo } = bench;
		const { stock, preProduction, manufacture } = await workshop.twoSteps();
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP');
		await workshop.bill(pump, [[housing, 1]]);
		const lot = (await workshop.stock(housing, 1, 'H1', stock)) as number;
		const order = await workshop.order(pump, 1, { picking_type_id: manufacture });
		const move = await workshop.moveOf(order, housing);
		expect(move.location_id).toEqual(preProduction);
		const { picking_ids } = await odoo.read<{ picking_ids: number[] }>('mrp.production', order, ['picking_ids']);
		expect(picking_ids).toHaveLength(1);
		expect(await odoo.read('stock.picking', picking_ids[0], ['state'])).toMatchObject({ state: 'assigned' });
		await workshop.addLine(move.id, housing, lot);
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await workshop.onHand(housing, lot)).toEqual([[preProduction[1], -1], [expect.stringMatching(/\/Stock$/), 1]]);
	});

	factWith('warehouses', 'O10 in two steps, with the transfer done, the part is set aside in Pre-Production and consumed there', async (bench) => {
		const { workshop, odoo } = bench;
		const { stock, preProduction, manufacture } = await workshop.twoSteps();
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP');
		await workshop.bill(pump, [[housing, 1]]);
		const lot = (await workshop.stock(housing, 1, 'H1', stock)) as number;
		const order = await workshop.order(pump, 1, { picking_type_id: manufacture });
		await workshop.bring(order);
		const { picking_ids } = await odoo.read<{ picking_ids: number[] }>('mrp.production', order, ['picking_ids']);
		expect(await odoo.read('stock.picking', picking_ids[0], ['state'])).toMatchObject({ state: 'done' });
		expect(await workshop.onHand(housing, lot)).toEqual([[preProduction[1], 1]]);
		const move = await workshop.moveOf(order, housing);
		const [line] = await workshop.lines(move.id);
		expect(line).toMatchObject({ lot: 'H1', picked: false, location: preProduction[1] });
		await odoo.write('stock.move', move.id, { manual_consumption: true, move_line_ids: [[1, line.id, { lot_id: lot, quantity: 1, picked: true }]] });
		await workshop.produce(order, 1);
		expect(await workshop.close(order)).toBe(true);
		expect(await workshop.onHand(housing, lot)).toEqual([]);
	});

	factWith('companies', 'O11 one database holds the same order name once in each company', async (bench) => {
		const { workshop, odoo } = bench;
		const company = await workshop.otherCompany();
		const pump = await workshop.product('PUMP');
		const mine = await workshop.order(pump, 1);
		const name = workshop.name('MO');
		await odoo.write('mrp.production', mine, { name });
		const context = { allowed_company_ids: [company] };
		const theirs = await workshop.create('mrp.production', { product_id: pump.id, product_qty: 1 }, context);
		await odoo.write('mrp.production', theirs, { name });
		const found = await odoo.find<{ company_id: [number, string] }>('mrp.production', [['name', '=', name]], ['company_id']);
		expect(new Set(found.map(({ company_id }) => company_id[0])).size).toBe(2);
		const only = await odoo.find('mrp.production', [['name', '=', name]], ['name'], { context });
		expect(only.map(({ id }) => id)).toEqual([theirs]);
		const twin = await workshop.order(pump, 1);
		await expect(odoo.write('mrp.production', twin, { name })).rejects.toThrow('Reference must be unique per Company!');
	});

	factWith('users', 'O15 work orders and accounting: who may close an order', async (bench) => {
		const { workshop } = bench;
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP');
		const bill = await workshop.bill(pump, [[housing, 1]]);
		await workshop.operation(bill);
		await workshop.stock(housing, 1, 'H1');
		const order = await workshop.order(pump, 1);
		await workshop.produce(order, 1);
		const worker = await workshop.user(['mrp.group_mrp_user', 'stock.group_stock_user']);
		const close = () => worker.call('mrp.production', 'button_mark_done', { ids: [order], context: { skip_consumption: true } });
		if (version < 19) expect(await close()).toBe(true);
		else {
			await expect(close()).rejects.toThrow('wc_analytic_account_line_ids');
			const accountant = await workshop.user(['mrp.group_mrp_user', 'stock.group_stock_user', 'analytic.group_analytic_accounting']);
			expect(await accountant.call('mrp.production', 'button_mark_done', { ids: [order], context: { skip_consumption: true } })).toBe(true);
		}
	});

	factWith('users', 'O16 a Manufacturing and Inventory user may not create products, and Odoo says what is missing', async ({ workshop }) => {
		const worker = await workshop.user(['mrp.group_mrp_user', 'stock.group_stock_user']);
		await expect(worker.create('product.product', { name: 'P' })).rejects.toThrow(/^You are not allowed to create 'Product( Variant)?' \(product\.(product|template)\) records\./);
		const maker = await workshop.user(['mrp.group_mrp_user', 'stock.group_stock_user', version < 19 ? 'mrp.group_mrp_manager' : 'product.group_product_manager']);
		workshop.adopt('product.product', await maker.create('product.product', { name: workshop.name('MADE') }));
	});

	factWith('users', 'O16 the rights that the guide names suffice for orders, lots, lines, messages and stock', async ({ workshop }) => {
		const worker = await workshop.user(['mrp.group_mrp_user', 'stock.group_stock_user']);
		const housing = await workshop.product('HOUSING', 'serial');
		const pump = await workshop.product('PUMP', 'serial');
		await workshop.bill(pump, [[housing, 1]]);
		const order = await workshop.order(pump, 1);
		const [part, made] = [await worker.create('stock.lot', { name: 'H1', product_id: housing.id }), await worker.create('stock.lot', { name: 'P1', product_id: pump.id })];
		expect(await worker.find('stock.quant', [['lot_id', '=', part]], ['quantity'])).toEqual([]);
		const move = await workshop.moveOf(order, housing);
		const line = { product_id: housing.id, lot_id: part, quantity: 1, picked: true };
		await worker.write('stock.move', move.id, { manual_consumption: true, move_line_ids: [[0, 0, line]] });
		await worker.write('mrp.production', order, { ...(version < 19 ? { lot_producing_id: made } : { lot_producing_ids: [[4, made]] }), qty_producing: 1 });
		await worker.create('mail.message', { model: 'mrp.production', res_id: order, subject: 'Note', body: 'Note' });
		expect(await worker.call('mrp.production', 'button_mark_done', { ids: [order], context: { skip_consumption: true } })).toBe(true);
	});

	factWith('users', 'O16 a user without any of these rights may not even read orders', async ({ workshop }) => {
		const nobody = await workshop.user([]);
		await expect(nobody.find('mrp.production', [], ['name'])).rejects.toThrow(`You are not allowed to access '${version < 18 ? 'Production Order' : 'Manufacturing Order'}' (mrp.production) records.`);
	});

	fact('O16 new products are not storable and not tracked', async ({ odoo, workshop }) => {
		const id = await workshop.create('product.product', { name: workshop.name('BARE') });
		const field = version < 18 ? 'detailed_type' : 'is_storable';
		expect(await odoo.read('product.product', id, [field, 'tracking'])).toMatchObject({ [field]: version < 18 ? 'consu' : false, tracking: 'none' });
	});

	fact('O16 two products cannot have one barcode, made or written, and Odoo names both', async ({ odoo, workshop }) => {
		const [first, second] = [await workshop.product('FIRST'), await workshop.product('SECOND')];
		const barcode = workshop.name('BARCODE');
		await odoo.write('product.template', first.template, { barcode });
		const message = `Barcode(s) already assigned:\n\n- Barcode "${barcode}" already assigned to product(s): `;
		await expect(odoo.write('product.template', second.template, { barcode })).rejects.toThrow(message);
		await expect(workshop.create('product.product', { name: 'THIRD', barcode })).rejects.toThrow(message);
		expect(await odoo.read('product.product', second.id, ['barcode'])).toMatchObject({ barcode: false });
	});

	fact('O16 what is not storable has no stock, and nothing of it is set aside from there', async ({ odoo, workshop }) => {
		const screw = await workshop.product('SCREW', 'none', version < 18 ? { detailed_type: 'consu' } : { is_storable: false });
		const pump = await workshop.product('PUMP');
		await workshop.bill(pump, [[screw, 2]]);
		const order = await workshop.order(pump, 1);
		expect(await workshop.moveOf(order, screw)).toMatchObject({ state: 'assigned', quantity: 2 });
		expect(await odoo.find('stock.quant', [['product_id', '=', screw.id]], ['quantity'])).toEqual([]);
	});
});
