import { billsOfMaterials, firstOrders, parts } from '../web/catalogue.mts';
import { random } from '../web/random.mts';
import type { Row } from './database.mts';
import type { Orm } from './orm.mts';
import { confirm } from './production-buttons.mts';

/** The same seed makes the same records with the same ids; only time stamps differ. */
export function seed(orm: Orm, number: number): void {
	const next = random(number);
	seedBase(orm);
	for (const part of parts) {
		const template = orm.create('product.template', {
			name: part.name,
			default_code: part.partNumber,
			tracking: part.tracking,
			list_price: part.price,
			categ_id: part.kind === 'product' ? 2 : 3,
			x_revision: part.revision,
		});
		const [variant] = orm.db.relatedMany(template, 'product_variant_ids');
		if (variant) {
			orm.db.update(variant, {
				categ_id: template.values.categ_id,
				x_revision: part.revision,
				x_start_quantity: part.kind === 'component' ? 40 + Math.floor(next() * 60) : 0,
			});
		}
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

function seedBase(orm: Orm): void {
	const { db } = orm;
	for (const name of db.modelNames()) orm.create('ir.model', { name: db.model(name).label, model: name });
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
	orm.create('res.users', { name: 'Mitchell Admin', login: 'admin', partner_id: 2 });
	orm.create('uom.uom', { name: 'Units' });
	orm.create('product.category', { name: 'All' });
	orm.create('product.category', { name: 'Finished products', parent_id: 1 });
	orm.create('product.category', { name: 'Components', parent_id: 1 });
	orm.create('stock.location', { name: 'Stock', complete_name: 'WH/Stock' });
	orm.create('stock.location', {
		name: 'Production',
		complete_name: 'Virtual Locations/Production',
		usage: 'production',
	});
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
