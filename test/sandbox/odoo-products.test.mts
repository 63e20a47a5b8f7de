import { startOdooDouble, type OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';

interface Product {
	id: number;
	name: string;
	active: boolean;
	x_revision: string | false;
	product_tmpl_id: [number, string];
}

describe('products in the Odoo double', () => {
	let odoo: OdooDouble;

	beforeAll(async () => {
		odoo = await startOdooDouble({ port: 0, host: '127.0.0.1' });
	});
	afterAll(() => odoo.close());
	// A field of the customer's own, as somebody with the rights for it would add it.
	beforeAll(async () => {
		const [model_id] = await call<number[]>('ir.model', 'search', { domain: [['model', '=', 'product.template']] });
		await call('ir.model.fields', 'create', { vals_list: [{ name: 'x_revision', model_id, ttype: 'char' }] });
	});

	async function call<Answer>(model: string, method: string, body: unknown): Promise<Answer> {
		const response = await fetch(`${odoo.url}/json/2/${model}/${method}`, {
			method: 'POST',
			body: JSON.stringify(body),
			headers: { authorization: 'bearer sandbox-odoo-key' },
		});
		expect(response.status).toBe(200);
		return (await response.json()) as Answer;
	}

	const find = async (partNumber: string, context: Record<string, unknown> = {}) =>
		await call<Product[]>('product.product', 'search_read', {
			domain: [['default_code', '=', partNumber]],
			fields: ['name', 'active', 'x_revision', 'product_tmpl_id'],
			context,
		});

	it('share name and custom fields with their template, whichever of the two is written', async () => {
		const vals_list = [{ name: 'Lever', default_code: 'LEVER-1', x_revision: 'A' }];
		const [id] = await call<number[]>('product.product', 'create', { vals_list });
		const [{ product_tmpl_id }] = await find('LEVER-1');
		const template = { ids: [product_tmpl_id[0]] };
		expect(await call('product.template', 'read', { ...template, fields: ['name', 'x_revision'] })).toEqual([
			{ id: product_tmpl_id[0], name: 'Lever', x_revision: 'A' },
		]);
		await call('product.template', 'write', { ...template, vals: { x_revision: 'B' } });
		await call('product.product', 'write', { ids: [id], vals: { name: 'Long lever' } });
		expect(await find('LEVER-1')).toEqual([expect.objectContaining({ name: 'Long lever', x_revision: 'B' })]);
		expect(await call('product.template', 'read', { ...template, fields: ['name'] })).toMatchObject([{ name: 'Long lever' }]);
	});

	it('are archived and brought back with their template, and found archived only when asked for', async () => {
		await call('product.product', 'create', { vals_list: [{ name: 'Old', default_code: 'OLD-1' }] });
		const [{ product_tmpl_id }] = await find('OLD-1');
		await call('product.template', 'write', { ids: [product_tmpl_id[0]], vals: { active: false } });
		expect(await find('OLD-1')).toEqual([]);
		expect(await find('OLD-1', { active_test: false })).toEqual([expect.objectContaining({ active: false })]);
		await call('product.template', 'write', { ids: [product_tmpl_id[0]], vals: { active: true } });
		expect(await find('OLD-1')).toEqual([expect.objectContaining({ active: true })]);
	});
});
