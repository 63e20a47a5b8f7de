import { startOdooDouble, type OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';

type Json = Record<string, unknown>;

/** What Odoo 17 to 19 do with components, lots and dialogs when an order is closed through the API. */
describe('posting a manufacturing order in the Odoo double', () => {
	const PUMP = { order: 1, product: 1, motor: 4, housing: 5 };
	let odoo: OdooDouble;

	beforeAll(async () => {
		odoo = await startOdooDouble({ port: 0, host: '127.0.0.1' });
	});
	afterAll(() => odoo.close());
	beforeEach(() => control('reset', {}));

	async function control<Answer = Json>(path: string, body?: unknown): Promise<Answer> {
		const post = { method: 'POST', body: JSON.stringify(body) };
		const response = await fetch(`${odoo.url}/control/${path}`, body === undefined ? {} : post);
		const answer = (await response.json()) as Answer & { message?: string };
		if (!response.ok) throw new Error(answer.message);
		return answer;
	}

	async function call(model: string, method: string, body: Json) {
		const response = await fetch(`${odoo.url}/json/2/${model}/${method}`, {
			method: 'POST',
			headers: { authorization: 'bearer sandbox-odoo-key' },
			body: JSON.stringify(body),
		});
		const text = await response.text();
		return { status: response.status, body: (text.startsWith('<') ? text : JSON.parse(text)) as never };
	}

	const create = async (model: string, values: Json) =>
		((await call(model, 'create', { vals_list: [values] })).body as number[])[0];
	const lot = (name: string, product_id: number) => create('stock.lot', { name, product_id });
	const write = (id: number, vals: Json) => call('mrp.production', 'write', { ids: [id], vals });
	const done = (id: number, context: Json = { skip_consumption: true }) =>
		call('mrp.production', 'button_mark_done', { ids: [id], context });
	const setQuantity = (id: number) => call('mrp.production', 'set_qty_producing', { ids: [id] });
	const order = async (id: number) => {
		const { orders } = await control<{ orders: Json[] }>('state');
		return orders.find((each) => each.id === id) as Json;
	};
	/** The component's move of an order, by product id. */
	const move = async (orderId: number, product: number) => {
		const domain = [['raw_material_production_id', '=', orderId], ['product_id', '=', product]];
		return ((await call('stock.move', 'search_read', { domain })).body as Json[])[0];
	};
	const consumed = async (id: number) =>
		((await order(id)).consumed as Json[]).map(({ partNumber, serial, quantity }) => [partNumber, serial, quantity]);
	/** A pump with serial number and quantity, ready to be closed. */
	const produce = async (id: number, serial: string) => {
		await write(id, { qty_producing: 1, lot_producing_ids: [[4, await lot(serial, PUMP.product)]] });
	};

	it('consumes nothing of components that nobody picked: a written quantity does not move them', async () => {
		await produce(PUMP.order, 'P-1');
		expect((await done(PUMP.order)).body).toBe(true);
		expect(await order(PUMP.order)).toMatchObject({ state: 'done', produced: 1, consumed: [] });
	});

	it('lets components follow the quantity when set_qty_producing is called, however often', async () => {
		await produce(PUMP.order, 'P-1');
		await setQuantity(PUMP.order);
		await setQuantity(PUMP.order);
		await done(PUMP.order);
		expect(await consumed(PUMP.order)).toEqual([['MOTOR-20', '', 1], ['HOUSING-10', '', 1], ['SEAL-30', '', 2]]);
	});

	it('leaves lines alone that were picked by hand, and drops what was only reserved', async () => {
		const motor = await move(PUMP.order, PUMP.motor);
		await create('stock.move.line', { move_id: motor.id, lot_id: await lot('RESERVED', PUMP.motor), quantity: 1 });
		const built = { product_id: PUMP.motor, lot_id: await lot('M-1', PUMP.motor), quantity: 1, picked: true };
		const vals = { manual_consumption: true, move_line_ids: [[0, 0, built]] };
		await call('stock.move', 'write', { ids: [motor.id], vals });
		await produce(PUMP.order, 'P-1');
		await setQuantity(PUMP.order);
		expect((await done(PUMP.order)).body).toBe(true);
		expect(await consumed(PUMP.order)).toContainEqual(['MOTOR-20', 'M-1', 1]);
		expect(JSON.stringify(await consumed(PUMP.order))).not.toContain('RESERVED');
	});

	it('asks when other quantities were consumed than the bill of material says, unless told to skip that', async () => {
		await produce(PUMP.order, 'P-1');
		expect((await done(PUMP.order, {})).body).toMatchObject({ res_model: 'mrp.consumption.warning' });
		expect((await order(PUMP.order)).state).toBe('to_close');
		await setQuantity(PUMP.order);
		expect((await done(PUMP.order, {})).body).toBe(true);
	});

	it('takes several serial numbers for an order and one lot for a product tracked by lots', async () => {
		await call('product.product', 'write', { ids: [PUMP.product], vals: { tracking: 'lot' } });
		const lots = [await lot('L-1', PUMP.product), await lot('L-2', PUMP.product)];
		expect(await write(2, { lot_producing_ids: [[6, 0, lots]] })).toMatchObject({
			status: 422,
			body: { message: 'You cannot set more than 1 lot' },
		});
		await call('product.product', 'write', { ids: [PUMP.product], vals: { tracking: 'serial' } });
		await write(2, { lot_producing_ids: [[6, 0, lots]], qty_producing: 1 });
		await setQuantity(2);
		expect((await order(2)).producing).toBe(2);
	});

	it('refuses a serial number that was produced or used up before', async () => {
		const motor = await lot('M-1', PUMP.motor);
		const pick = async (id: number) => {
			const line = { lot_id: motor, quantity: 1, picked: true, move_id: (await move(id, PUMP.motor)).id };
			await create('stock.move.line', line);
		};
		const [{ id: second }, { id: third }] = (
			await control<{ orders: Array<{ id: number }> }>('orders', { partNumber: 'PUMP-100', count: 2 })
		).orders;
		await produce(PUMP.order, 'P-1');
		await pick(PUMP.order);
		await done(PUMP.order);
		const used = ((await call('stock.lot', 'search', { domain: [['name', '=', 'P-1']] })).body as number[])[0];
		await write(second, { qty_producing: 1, lot_producing_ids: [[4, used]] });
		expect(await done(second)).toMatchObject({ status: 422, body: { message: expect.stringContaining('already produced') } });
		await produce(third, 'P-3');
		await pick(third);
		const message = 'The serial number M-1 used for component Electric motor has already been consumed';
		expect(await done(third)).toMatchObject({ status: 422, body: { message } });
	});

	it('refuses a lot of another product on a line', async () => {
		const line = { move_id: (await move(PUMP.order, PUMP.motor)).id, lot_id: await lot('H-1', PUMP.housing), quantity: 1 };
		const answer = await call('stock.move.line', 'create', { vals_list: [line] });
		expect(answer).toMatchObject({ status: 422, body: { message: expect.stringContaining('incompatible') } });
		expect((await move(PUMP.order, PUMP.motor)).move_line_ids).toEqual([]);
	});

	it('puts a task for a person on an order by the name that the type has in every language', async () => {
		const task = { act_type_xmlid: 'mail.mail_activity_data_todo', summary: 'Look', note: 'It was started', user_id: 2 };
		const { body } = await call('mrp.production', 'activity_schedule', { ids: [PUMP.order], ...task });
		expect(body).toEqual([expect.any(Number)]);
		const { activities } = await control<{ activities: Json[] }>('state');
		expect(activities).toEqual([
			expect.objectContaining({ model: 'mrp.production', recordId: 1, summary: 'Look', user: 'Mitchell Admin' }),
		]);
		expect((await call('mrp.production', 'activity_schedule', { ids: [1], act_type_xmlid: 'no.such' })).status).toBe(500);
	});

	it('refuses writes to a record for as long as a test wants, and reads go on', async () => {
		await control('refuse', { model: 'mrp.production', id: 1, message: 'The period is closed' });
		expect(await write(1, { origin: 'x' })).toMatchObject({ status: 422, body: { message: 'The period is closed' } });
		expect((await call('mrp.production', 'read', { ids: [1] })).status).toBe(200);
		expect((await write(2, { origin: 'x' })).status).toBe(200);
		await control('refuse', { model: 'mrp.production', id: 1 });
		expect((await write(1, { origin: 'x' })).status).toBe(200);
	});

	it('carries a call out although its answer is lost, when told', async () => {
		await control('faults', { status: 504, count: 1, after: true, path: '/stock.lot/create' });
		expect((await call('stock.lot', 'search_count', {})).status).toBe(200);
		expect((await call('stock.lot', 'create', { vals_list: [{ name: 'L-1', product_id: 1 }] })).status).toBe(504);
		expect((await call('stock.lot', 'search_count', {})).body).toBe(1);
	});
});
