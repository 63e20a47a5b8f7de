import { startOdooDouble, type OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';

type Json = Record<string, unknown>;

/** What tests and the page do with the double beside its API; the API itself is held by test/contract/odoo. */
describe('around the Odoo double', () => {
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
	/** The component's move of an order, by product id. */
	const move = async (orderId: number, product: number) => {
		const domain = [['raw_material_production_id', '=', orderId], ['product_id', '=', product]];
		return ((await call('stock.move', 'search_read', { domain })).body as Json[])[0];
	};
	it('refuses a lot of another product on a line', async () => {
		const line = { move_id: (await move(PUMP.order, PUMP.motor)).id, lot_id: await lot('H-1', PUMP.housing), quantity: 1 };
		const answer = await call('stock.move.line', 'create', { vals_list: [line] });
		expect(answer).toMatchObject({ status: 422, body: { message: expect.stringContaining('incompatible') } });
		// Only what Odoo has set aside.
		expect((await move(PUMP.order, PUMP.motor)).move_line_ids).toHaveLength(1);
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
		expect((await call('stock.lot', 'search_count', { domain: [['name', '=', 'L-1']] })).status).toBe(200);
		expect((await call('stock.lot', 'create', { vals_list: [{ name: 'L-1', product_id: 1 }] })).status).toBe(504);
		expect((await call('stock.lot', 'search_count', { domain: [['name', '=', 'L-1']] })).body).toBe(1);
	});
});
