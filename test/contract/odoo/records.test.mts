import { onEachOdoo } from './each-odoo.mts';

/** Facts about records and protocols: texts, fields, errors. */
onEachOdoo(({ version, fact }) => {
	fact('O7 the body of a message is HTML: text comes back escaped and in a paragraph', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const body = async (text: string) => {
			const id = await odoo.create('mail.message', { model: 'product.product', res_id: pump.id, subject: 'R&D <7>', body: text });
			return await odoo.read<{ body: string; subject: string }>('mail.message', id, ['body', 'subject']);
		};
		expect(await body('Lot R&D-7 built in')).toMatchObject({ body: '<p>Lot R&amp;D-7 built in</p>', subject: 'R&D <7>' });
		expect(await body('5 > 3')).toMatchObject({ body: '<p>5 &gt; 3</p>' });
		expect(await body('lot <A1> end')).toMatchObject({ body: '<p>lot  end</p>' });
		expect(await body('3 < 5')).toMatchObject({ body: '<p>3 &lt; 5</p>' });
		expect(await body('<p>Already <b>HTML</b></p>')).toMatchObject({ body: '<p>Already <b>HTML</b></p>' });
		expect(await body('it\'s "so"')).toMatchObject({ body: '<p>it\'s "so"</p>' });
	});

	fact('O7 a text posted with message_post is escaped as a whole', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		await odoo.call('product.product', 'message_post', { ids: [pump.id], body: 'lot <A1> & more', subject: 'Posted' });
		const [message] = await odoo.find<{ body: string }>('mail.message', [['model', '=', 'product.product'], ['res_id', '=', pump.id], ['subject', '=', 'Posted']], ['body']);
		expect(message.body).toBe('<p>lot &lt;A1&gt; &amp; more</p>');
	});

	fact('O7 a filter on the body looks at the HTML', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const id = await odoo.create('mail.message', { model: 'product.product', res_id: pump.id, body: 'Lot R&D-7' });
		const count = async (text: string) => await odoo.call<number>('mail.message', 'search_count', { domain: [['id', '=', id], ['body', 'like', text]] });
		expect(await count('R&D-7')).toBe(0);
		expect(await count('R&amp;D-7')).toBe(1);
	});

	/** How Odoo names a field that does not exist, in a read and in a write. */
	const unknownField = (field: string, model: string) =>
		version < 19
			? { read: `Invalid field '${field}' on model '${model}'`, written: `Invalid field '${field}' on model '${model}'` }
			: { read: `Invalid field '${field}' on '${model}'`, written: `Invalid field '${field}' in '${model}'` };

	fact('O17 a field that does not exist is an error in read, write and create; no x_ field springs into being', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const { read, written } = unknownField('x_nothing', 'product.product');
		await expect(odoo.read('product.product', pump.id, ['x_nothing'])).rejects.toThrow(read);
		await expect(odoo.find('product.product', [['id', '=', pump.id]], ['x_nothing'])).rejects.toThrow(read);
		await expect(odoo.write('product.product', pump.id, { x_nothing: 'A' })).rejects.toThrow(written);
		await expect(odoo.create('product.product', { name: 'X', x_nothing: 'A' })).rejects.toThrow(written);
	});

	fact('O17 a field that does not exist is an error in a filter, in the words of the version', async ({ odoo }) => {
		const find = () => odoo.find('product.product', [['x_nothing', '=', 1]], ['name']);
		const place = version < 19 ? "in leaf ('x_nothing', '=', 1)" : "in condition ('x_nothing', '=', 1)";
		await expect(find()).rejects.toThrow(`Invalid field product.product.x_nothing ${place}`);
	});

	fact('O18 JSON-RPC answers errors in 200 with the reason in error.data.message', async ({ odoo }) => {
		const { error, result } = await odoo.rpc('mrp.production', 'read', [[1], ['nonsense']]);
		expect(result).toBeUndefined();
		expect(error).toMatchObject({ code: version < 19 ? 200 : 0, message: 'Odoo Server Error', data: { name: 'builtins.ValueError', message: unknownField('nonsense', 'mrp.production').read } });
	});

	fact('O18 JSON-RPC denies a wrong secret and an unknown method in 200', async ({ odoo }) => {
		const call = async (secret: string, method: string) => {
			const { url, db } = odoo.access;
			const response = await fetch(`${url}/jsonrpc`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params: { service: 'object', method: 'execute_kw', args: [db, odoo.uid, secret, 'res.partner', method, [[]]] } }),
			});
			return { status: response.status, data: ((await response.json()) as { error: { data: { name: string; message: string } } }).error.data };
		};
		expect(await call('wrong', 'search')).toMatchObject({ status: 200, data: { name: 'odoo.exceptions.AccessDenied', message: 'Access Denied' } });
		const secret = odoo.access.password ?? odoo.access.apiKey ?? '';
		expect(await call(secret, 'explode')).toMatchObject({ status: 200, data: { name: 'builtins.AttributeError' } });
		expect(await call(secret, '_search')).toMatchObject({ status: 200, data: { name: 'odoo.exceptions.AccessError', message: expect.stringContaining('Private methods') } });
	});

	fact('O18 over JSON-RPC create takes its values by position: one answers an id, a list answers ids', async ({ odoo, workshop }) => {
		const values = () => ({ name: workshop.name('PARTNER') });
		const one = await odoo.rpc('res.partner', 'create', [values()]);
		const list = await odoo.rpc('res.partner', 'create', [[values(), values()]]);
		expect(one.result).toEqual(expect.any(Number));
		expect(list.result).toEqual([expect.any(Number), expect.any(Number)]);
		await odoo.call('res.partner', 'unlink', { ids: [one.result as number, ...(list.result as number[])] });
		if (version < 19) expect((await odoo.rpc('res.partner', 'create', [], { vals_list: [values()] })).error).toBeDefined();
	});

	fact('O19 reading a missing id answers nothing, writing it is an error', async ({ odoo }) => {
		expect(await odoo.call('mrp.production', 'read', { ids: [999_999_999], fields: ['name'] })).toEqual([]);
		await expect(odoo.write('mrp.production', 999_999_999, { origin: 'x' })).rejects.toThrow('Record does not exist or has been deleted.');
	});

	if (version >= 19) {
		fact('O19 JSON-2: unknown method and model are 404, an unknown or missing parameter 422', async ({ odoo }) => {
			const ask = async (path: string, body: unknown) => {
				const { status, body: answer } = await odoo.json2(path, body);
				return { status, ...(answer as { name: string; message: string }) };
			};
			expect(await ask('mrp.production/explode', { ids: [1] })).toMatchObject({ status: 404, name: 'werkzeug.exceptions.NotFound', message: "The method 'mrp.production.explode' does not exist" });
			expect(await ask('no.such/read', { ids: [1] })).toMatchObject({ status: 404, message: "the model 'no.such' does not exist" });
			expect(await ask('mrp.production/search', { filter: [] })).toMatchObject({ status: 422, message: expect.stringContaining('missing a required argument') });
			expect(await ask('mrp.production/search', { domain: [], filter: [] })).toMatchObject({ status: 422, message: expect.stringContaining("got an unexpected keyword argument 'filter'") });
			expect(await ask('mrp.production/_write', { ids: [1] })).toMatchObject({ status: 403 });
		});

		fact('O19 JSON-2: errors have the status of their kind', async ({ odoo }) => {
			const status = async (path: string, body: unknown) => (await odoo.json2(path, body)).status;
			expect(await status('mrp.production/read', { ids: [999_999_999], fields: ['name'] })).toBe(200);
			expect(await status('mrp.production/write', { ids: [999_999_999], vals: { origin: 'x' } })).toBe(404);
			expect(await status('mrp.production/read', { ids: [1], fields: ['nonsense'] })).toBe(500);
			expect(await status('mrp.production/search', { domain: [['nonsense', '=', 1]] })).toBe(500);
		});

		fact('O19 JSON-2: a wrong key is 401, a wrong database an HTML page with 404', async ({ odoo }) => {
			expect(await odoo.json2('res.partner/search', { domain: [] }, { authorization: 'bearer wrong' })).toMatchObject({ status: 401, body: { name: 'werkzeug.exceptions.Unauthorized', message: 'Invalid apikey' } });
			const elsewhere = await odoo.json2('res.partner/search', { domain: [] }, { 'x-odoo-database': 'no-such-database' });
			expect(elsewhere.status).toBe(404);
			expect(elsewhere.body).toEqual(expect.stringMatching(/^<!doctype html>/i));
		});
	} else {
		fact('O19 there is no JSON-2 before 19: a page answers', async ({ odoo }) => {
			expect((await odoo.json2('res.partner/search', { domain: [] })).body).toEqual(expect.stringContaining('<'));
		});
	}

	fact('O21 an internal reference keeps the blanks at its ends, and may be changed while an order is open', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const code = ` ${pump.code} `;
		await odoo.write('product.product', pump.id, { default_code: code });
		const order = await workshop.order(pump, 1);
		expect(await odoo.read('product.product', pump.id, ['default_code'])).toMatchObject({ default_code: code });
		expect(await odoo.find('product.product', [['default_code', '=', pump.code]], ['name'])).toEqual([]);
		await odoo.write('product.product', pump.id, { default_code: 'ELSE' });
		expect(await workshop.state(order)).toBe('confirmed');
	});

	fact('O21 two products may have the same internal reference', async ({ odoo, workshop }) => {
		const pump = await workshop.product('PUMP');
		const twin = await workshop.product('TWIN', 'none', { default_code: pump.code });
		expect(await odoo.call('product.product', 'search_count', { domain: [['default_code', '=', pump.code]] })).toBe(2);
		expect(twin.id).not.toBe(pump.id);
	});

	fact('a serial number is unique for its product', async ({ workshop }) => {
		const pump = await workshop.product('PUMP', 'serial');
		await workshop.lot(pump, 'P1');
		await expect(workshop.lot(pump, 'P1')).rejects.toThrow(version < 18 ? 'The combination of serial number and product must be unique across a company.' : 'The combination of lot/serial number and product must be unique');
		await workshop.lot(await workshop.product('PUMP', 'serial'), 'P1');
	});

	fact('dates in ISO form with T and Z are refused', async ({ odoo, workshop }) => {
		const order = await workshop.order(await workshop.product('PUMP'), 1);
		await expect(odoo.write('mrp.production', order, { date_start: '2026-01-31T08:00:00Z' })).rejects.toThrow('does not match format');
		await odoo.write('mrp.production', order, { date_start: '2026-01-31 08:00:00' });
	});
});
