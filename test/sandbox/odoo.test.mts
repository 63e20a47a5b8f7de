import { startOdooDouble, type OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';

type Json = Record<string, unknown>;

describe('the Odoo double', () => {
	let odoo: OdooDouble;

	beforeAll(async () => {
		odoo = await startOdooDouble({ port: 0, host: '127.0.0.1' });
	});
	afterAll(() => odoo.close());
	beforeEach(() => control('POST', 'reset', {}));

	const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
		fetch(odoo.url + path, { method: 'POST', body: JSON.stringify(body), headers });

	async function control<Answer = Json>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
		const response = await fetch(`${odoo.url}/control/${path}`, {
			method,
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const answer = (await response.json()) as Answer & { message?: string };
		if (!response.ok) throw new Error(answer.message);
		return answer;
	}

	async function rpc(
		service: string,
		method: string,
		args: unknown[],
	): Promise<{ result?: unknown; error?: { data: Json } }> {
		const response = await post('/jsonrpc', {
			jsonrpc: '2.0',
			method: 'call',
			id: 7,
			params: { service, method, args },
		});
		expect(response.status).toBe(200);
		return (await response.json()) as { result?: unknown; error?: { data: Json } };
	}

	const execute = (...args: unknown[]) => rpc('object', 'execute', ['sandbox', 2, 'admin', ...args]);

	async function json2(model: string, method: string, body: unknown, key = 'sandbox-odoo-key') {
		const response = await post(`/json/2/${model}/${method}`, body, { authorization: `bearer ${key}` });
		return { status: response.status, body: (await response.json()) as never };
	}

	const read = async (id: number) => (await json2('mrp.production', 'read', { ids: [id] })).body[0] as Json;

	describe('access', () => {
		it('tells the user id for the right login and false for a wrong one, as both node versions expect', async () => {
			expect((await rpc('common', 'login', ['sandbox', 'admin', 'admin'])).result).toBe(2);
			expect((await rpc('common', 'login', ['sandbox', 'admin', 'sandbox-odoo-key'])).result).toBe(2);
			expect((await rpc('common', 'authenticate', ['sandbox', 'admin', 'wrong', {}])).result).toBe(false);
		});

		it('denies calls with a wrong password or an unknown database with named errors inside HTTP 200', async () => {
			const denied = await rpc('object', 'execute', ['sandbox', 2, 'wrong', 'res.partner', 'search', []]);
			expect(denied.error?.data).toMatchObject({ name: 'odoo.exceptions.AccessDenied', message: 'Access Denied' });
			const elsewhere = await rpc('common', 'login', ['other', 'admin', 'admin']);
			expect(elsewhere.error?.data.message).toContain('database "other" does not exist');
		});

		it('answers the request of the API key credential test, and 401 with {name, message} for a wrong key', async () => {
			const body = { domain: [], fields: ['id'], limit: 1 };
			expect(await json2('res.partner', 'search_read', body)).toEqual({ status: 200, body: [{ id: 1 }] });
			expect(await json2('res.partner', 'search_read', body, 'nonsense')).toMatchObject({
				status: 401,
				body: { name: 'werkzeug.exceptions.Unauthorized', message: 'Invalid apikey' },
			});
		});

		it('refuses a database header that names another database', async () => {
			const headers = { authorization: 'bearer sandbox-odoo-key', 'x-odoo-database': 'other' };
			expect((await post('/json/2/res.partner/search_read', {}, headers)).status).toBe(404);
		});

		it('answers 400 for a body that is not JSON and 404 with a page elsewhere', async () => {
			const response = await fetch(`${odoo.url}/jsonrpc`, { method: 'POST', body: '{' });
			expect(response.status).toBe(400);
			const lost = await fetch(`${odoo.url}/json/3/res.partner/read`, { method: 'POST', body: '{}' });
			expect([lost.status, lost.headers.get('content-type')]).toEqual([404, 'text/html']);
		});
	});

	describe('records', () => {
		it('answers the calls behind the pickers of the node: models, records, fields, users', async () => {
			const models = (await execute('ir.model', 'search_read', [], ['name', 'model'])).result as Json[];
			expect(models).toContainEqual({ id: expect.any(Number), name: 'Manufacturing Order', model: 'mrp.production' });
			const fields = (
				await execute('mrp.production', 'fields_get', [], ['string', 'type', 'required', 'readonly', 'selection'])
			).result as Record<string, Json>;
			expect(fields.product_id).toEqual({ string: 'Product', type: 'many2one', required: true, readonly: false });
			expect(fields.state?.selection).toContainEqual(['to_close', 'To Close']);
			const named = {
				domain: [['display_name', 'ilike', 'gear']],
				fields: ['id', 'display_name'],
				limit: 60,
				offset: 0,
			};
			expect((await json2('product.product', 'search_read', named)).body).toEqual([
				{ id: 2, display_name: '[GEAR-200] Gearbox' },
			]);
			const users = { domain: [['active', '=', true]], fields: ['id', 'name'], limit: 60, offset: 0 };
			expect((await json2('res.users', 'search_read', users)).body).toEqual([{ id: 2, name: 'Mitchell Admin' }]);
		});

		it('gives one id for one record over JSON-RPC and a list over JSON-2', async () => {
			expect((await execute('res.partner', 'create', { name: 'A' })).result).toBe(4);
			expect((await execute('res.partner', 'create', [{ name: 'B' }, { name: 'C' }])).result).toEqual([5, 6]);
			expect((await json2('res.partner', 'create', { vals_list: [{ name: 'D' }] })).body).toEqual([7]);
		});

		it('takes named parameters through execute_kw, with order, offset and limit', async () => {
			const { result } = await rpc('object', 'execute_kw', [
				'sandbox',
				2,
				'admin',
				'mrp.production',
				'search_read',
				[[['state', '=', 'confirmed']]],
				{ fields: ['name'], order: 'product_qty desc, id', limit: 2, offset: 1 },
			]);
			expect(result).toEqual([
				{ id: 2, name: 'WH/MO/00002' },
				{ id: 1, name: 'WH/MO/00001' },
			]);
		});

		it('reads a limit of 0 as no limit, which is what node version 1 sends for Return All', async () => {
			expect((await execute('mrp.production', 'search_read', [], ['name'], 0, 0)).result).toHaveLength(4);
		});

		it('has the fields that somebody adds, on a template also for its variants', async () => {
			const [model] = (await json2('ir.model', 'search', { domain: [['model', '=', 'product.template']] })).body as number[];
			const field = { name: 'x_anything', field_description: 'Anything', model_id: model, ttype: 'char' };
			expect((await json2('ir.model.fields', 'create', { vals_list: [{ ...field, name: 'anything' }] })).status).toBe(422);
			expect((await json2('ir.model.fields', 'create', { vals_list: [field] })).status).toBe(200);
			await json2('product.product', 'write', { ids: [1], vals: { x_anything: 'kept' } });
			expect((await json2('product.product', 'read', { ids: [1], fields: ['x_anything'] })).body).toEqual([
				{ id: 1, x_anything: 'kept' },
			]);
			expect(Object.keys((await json2('product.template', 'fields_get', {})).body)).toContain('x_anything');
			await control('POST', 'reset', {});
			expect((await json2('product.product', 'read', { ids: [1], fields: ['x_anything'] })).status).toBe(500);
		});

		it.each([
			['a private method', '_write', {}, 403, 'cannot be called remotely'],
			['a mandatory field left out', 'create', { vals_list: [{ name: 'X' }] }, 422, 'mandatory field is not set'],
			['a reference to nothing', 'create', { vals_list: [{ name: 'X', product_id: 99 }] }, 422, 'product.product(99)'],
			['a list operator with a text', 'search', { domain: [['id', 'in', '1,2']] }, 500, 'Invalid domain term'],
		])('names %s', async (_name, method, body, status, message) => {
			const answer = await json2('stock.lot', method, body);
			expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
		});
	});

	describe('a manufacturing order', () => {
		const lot = async (name: string, product_id: number) =>
			(await json2('stock.lot', 'create', { vals_list: [{ name, product_id }] })).body[0] as number;
		const write = (id: number, vals: Json) => json2('mrp.production', 'write', { ids: [id], vals });
		const done = (id: number, context: Json = {}) =>
			json2('mrp.production', 'button_mark_done', { ids: [id], context });
		/** Components follow the quantity, as they do on Odoo's own screen. */
		const setQuantity = (id: number) => json2('mrp.production', 'set_qty_producing', { ids: [id] });

		it('is created as draft with its bill of material and confirmed by its button', async () => {
			const [id] = (
				await json2('mrp.production', 'create', { vals_list: [{ product_id: 1, product_qty: 2, origin: 'SO9' }] })
			).body as [number];
			expect(await read(id)).toMatchObject({ state: 'draft', name: 'WH/MO/00005', bom_id: [1, expect.any(String)] });
			await execute('mrp.production', 'action_confirm', [id]);
			const order = await read(id);
			expect(order.state).toBe('confirmed');
			const moves = await json2('stock.move', 'read', {
				ids: order.move_raw_ids,
				fields: ['product_id', 'product_uom_qty'],
			});
			expect(moves.body).toEqual([
				expect.objectContaining({ product_uom_qty: 2 }),
				expect.objectContaining({ product_uom_qty: 2 }),
				expect.objectContaining({ product_id: [6, '[SEAL-30] Shaft seal'], product_uom_qty: 4 }),
			]);
		});

		it('goes from confirmed over progress and to_close to done as quantities are written', async () => {
			const serials = [await lot('P-1', 1), await lot('P-2', 1), await lot('P-3', 1)];
			expect((await read(2)).state).toBe('confirmed');
			await write(2, { qty_producing: 1, lot_producing_ids: [[4, serials[0]]] });
			expect((await read(2)).state).toBe('progress');
			await write(2, { qty_producing: 3, lot_producing_ids: [[6, 0, serials]] });
			expect((await read(2)).state).toBe('to_close');
			await setQuantity(2);
			expect((await done(2)).body).toBe(true);
			expect(await read(2)).toMatchObject({ state: 'done', qty_produced: 3, date_finished: expect.any(String) });
			const stock = await json2('product.product', 'read', { ids: [1], fields: ['qty_available'] });
			expect(stock.body).toEqual([{ id: 1, qty_available: 3 }]);
		});
	});

	describe('the control API', () => {
		it('makes the same records for the same seed', async () => {
			const products = async (seed: number) =>
				(await control<{ products: unknown }>('POST', 'reset', { seed })).products;
			const first = await products(5);
			expect(await products(6)).not.toEqual(first);
			expect(await products(5)).toEqual(first);
		});

		it('makes confirmed orders and records, and shows only outside changes as such', async () => {
			await control('POST', 'orders', { count: 3, partNumber: 'GEAR-200', quantity: 2 });
			await control('POST', 'records', { model: 'stock.lot', values: { name: 'L', product_id: 1 } });
			await json2('mrp.production', 'write', { ids: [6], vals: { origin: 'n8n' } });
			const { orders } = await control<{ orders: Json[] }>('GET', 'state');
			expect(orders.slice(0, 3)).toEqual([
				expect.objectContaining({ id: 7, state: 'confirmed', quantity: 2 }),
				expect.objectContaining({ id: 6, outside: { at: expect.any(String), via: 'json2', what: 'write' } }),
				expect.not.objectContaining({ outside: expect.anything() }),
			]);
		});

		it('fails as many API calls as told, then works again', async () => {
			await control('POST', 'faults', { status: 503, count: 2 });
			const statuses = [];
			for (let call = 0; call < 3; call += 1) {
				const headers = { authorization: 'bearer sandbox-odoo-key' };
				statuses.push((await post('/json/2/res.partner/search', { domain: [] }, headers)).status);
			}
			expect(statuses).toEqual([503, 503, 200]);
		});

		it('answers slowly when told', async () => {
			await control('POST', 'faults', { latencyMs: 80 });
			const started = performance.now();
			await execute('res.partner', 'search', []);
			expect(performance.now() - started).toBeGreaterThanOrEqual(75);
		});

		it('lists calls without secrets', async () => {
			await execute('res.partner', 'search', []);
			const calls = await control<Json[]>('GET', 'calls?since=0');
			expect(calls).toEqual([
				expect.objectContaining({ what: 'res.partner.search', protocol: 'jsonrpc', status: 200 }),
			]);
			expect(JSON.stringify(calls)).not.toContain('admin');
		});

		it.each([
			['orders', { partNumber: 'NONE' }, 'No product has the internal reference "NONE"'],
			['orders', { partNumber: 'PUMP-100', quantity: 0 }, 'quantity must be a positive number'],
			['orders', { partNumber: 'PUMP-100', count: 1.5 }, 'count must be an integer'],
			['records', { model: 'stock.lot' }, 'Expected {model, values}'],
			['faults', { status: 200 }, 'status must be'],
			['nothing', {}, 'No such control call'],
		])('says what is wrong with a bad %s call', async (path, body, message) => {
			await expect(control('POST', path, body)).rejects.toThrow(message);
		});

		it('answers in one line while nothing changed', async () => {
			const { revision } = await control<{ revision: number }>('GET', 'state');
			expect(await control('GET', `state?revision=${revision}`)).toEqual({ revision });
			await execute('res.partner', 'search', []);
			expect(await control('GET', `state?revision=${revision}`)).toHaveProperty('orders');
		});
	});

	it('serves a page that needs nothing from elsewhere', async () => {
		const response = await fetch(odoo.url);
		expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(await response.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
	});

	it('runs twice side by side, and a port in use is a rejected start', async () => {
		const second = await startOdooDouble({ port: 0, host: '127.0.0.1' });
		const port = Number(new URL(second.url).port);
		await expect(startOdooDouble({ port, host: '127.0.0.1' })).rejects.toThrow('EADDRINUSE');
		await second.close();
		await second.close();
	});
});
