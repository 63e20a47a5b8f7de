import { billsOfMaterials, firstOrders, parts } from '../web/catalogue.mts';
import { random } from '../web/random.mts';
import { groups } from './access.mts';
import type { Row } from './database.mts';
import type { Orm } from './orm.mts';
import { confirm } from './production-buttons.mts';
import { addToStock } from './stock.mts';

/** Pieces of each serial component that lie on stock at the start, and so are set aside for the first orders. */
const serialsOnStock = 6;

/** The same seed makes the same records with the same ids; only time stamps differ. */
export function seed(orm: Orm, { seed: number, username }: { seed: number; username: string }): void {
	const next = random(number);
	seedBase(orm, username);
	const storable = orm.db.version < 18 ? { detailed_type: 'product', type: 'product' } : { is_storable: true };
	for (const part of parts) {
		orm.create('product.template', {
			name: part.name,
			default_code: part.partNumber,
			tracking: part.tracking,
			list_price: part.price,
			categ_id: part.kind === 'product' ? 2 : 3,
			...storable,
		});
		const pieces = 40 + Math.floor(next() * 60);
		if (part.kind === 'component') putOnStock(orm, part.partNumber, pieces);
	}
	for (const [partNumber, lines] of Object.entries(billsOfMaterials)) {
		orm.create('mrp.bom', {
			code: `BOM ${partNumber}`,
			product_tmpl_id: productByCode(orm, partNumber)?.values.product_tmpl_id,
			bom_line_ids: lines.map((line) => [
				0,
				0,
				{ product_id: productByCode(orm, line.partNumber)?.id, product_qty: line.quantity },
			]),
		});
	}
	firstOrders.forEach((order, index) => {
		makeOrders(orm, 1, order.partNumber, order.quantity, `SO${1001 + index}`);
	});
}

function putOnStock(orm: Orm, partNumber: string, pieces: number): void {
	const product = productByCode(orm, partNumber);
	const place = orm.db.related(orm.db.rows('stock.warehouse')[0], 'lot_stock_id');
	if (!product || !place) return;
	if (product.values.tracking !== 'serial') return addToStock(orm, product, place, undefined, pieces);
	for (let serial = 1; serial <= serialsOnStock; serial += 1) {
		const name = `${partNumber}-S${String(serial).padStart(3, '0')}`;
		addToStock(orm, product, place, orm.create('stock.lot', { name, product_id: product.id }), 1);
	}
}

function seedBase(orm: Orm, login: string): void {
	const { db } = orm;
	for (const name of db.modelNames()) orm.create('ir.model', { name: db.model(name).label, model: name });
	for (const { id, name } of groups) {
		const [module, xmlId] = id.split('.');
		orm.create('res.groups', { name, full_name: name });
		orm.create('ir.model.data', { module, name: xmlId, model: 'res.groups', res_id: db.count('res.groups') });
	}
	orm.create('res.company', { name: 'Sandbox Manufacturing' });
	for (const [name, code] of [
		['Germany', 'DE'],
		['United States', 'US'],
	])
		orm.create('res.country', { name, code });
	orm.create('res.country.state', { name: 'California', code: 'CA', country_id: 2 });
	orm.create('res.country.state', { name: 'Texas', code: 'TX', country_id: 2 });
	orm.create('res.partner', { name: 'Sandbox Manufacturing', is_company: true, email: 'info@example.com' });
	orm.create('res.partner', { name: 'Mitchell Admin', parent_id: 1, email: 'admin@example.com' });
	orm.create('res.partner', { name: 'Example Customer Ltd', is_company: true, email: 'orders@example.com' });
	orm.create('res.users', { name: 'OdooBot', login: '__system__', active: false, partner_id: 1 });
	orm.create('res.users', { name: 'Mitchell Admin', login, partner_id: 2 });
	orm.create('uom.uom', { name: 'Units' });
	orm.create('uom.uom', db.version < 19 ? { name: 'Dozens', factor: 1 / 12 } : { name: 'Pack of 6', factor: 6 });
	orm.create('product.category', { name: 'All' });
	orm.create('product.category', { name: 'Finished products', parent_id: 1 });
	orm.create('product.category', { name: 'Components', parent_id: 1 });
	orm.create('stock.warehouse', { name: 'Sandbox Manufacturing', code: 'WH' });
	orm.create('mail.activity.type', { name: 'To-Do' });
	orm.create('mail.activity.type', { name: 'Email' });
}

export const productByCode = (orm: Orm, partNumber: string): Row | undefined =>
	orm.db.rows('product.product').find((row) => row.values.default_code === partNumber);

/** Makes confirmed manufacturing orders. Throws an Error with a plain message for an unknown part number. */
export function makeOrders(orm: Orm, count: number, partNumber: string, quantity: number, origin?: string): Row[] {
	const product = productByCode(orm, partNumber);
	if (!product) throw new Error(`No product has the internal reference ${JSON.stringify(partNumber)}`);
	const orders: Row[] = [];
	for (let index = 0; index < count; index += 1) {
		const order = orm.create('mrp.production', {
			product_id: product.id,
			product_qty: quantity,
			origin: origin ?? false,
		});
		confirm(orm, [order]);
		orders.push(order);
	}
	return orders;
}
