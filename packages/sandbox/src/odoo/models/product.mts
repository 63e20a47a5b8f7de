import type { Database, Model, Row } from '../database.mts';
import { boolean, char, float, many2one, one2many, selection, type Fields } from '../fields.mts';

const withCode = (row: Row): string => {
	const { default_code: code, name } = row.values;
	return code ? `[${String(code)}] ${String(name)}` : String(name ?? '');
};

const tracking = selection(
	'Tracking',
	[
		['serial', 'By Unique Serial Number'],
		['lot', 'By Lots'],
		['none', 'By Quantity'],
	],
	{ initial: 'none' },
);

const shared: Fields = {
	name: char('Name', { required: true }),
	default_code: char('Internal Reference'),
	active: boolean('Active', { initial: true }),
	barcode: char('Barcode'),
	type: selection(
		'Product Type',
		[
			['consu', 'Goods'],
			['service', 'Service'],
		],
		{ initial: 'consu' },
	),
	tracking,
	list_price: float('Sales Price'),
	standard_price: float('Cost'),
	uom_id: many2one('Unit of Measure', 'uom.uom', { initial: 1 }),
	categ_id: many2one('Product Category', 'product.category', { initial: 1 }),
	description: char('Description'),
	x_revision: char('Revision', { help: 'Custom field: the revision of the part' }),
};

/** Stock on hand: what was there at the start plus finished moves in, minus consumed moves out. */
function onHand(row: Row, db: Database): number {
	let quantity = Number(row.values.x_start_quantity ?? 0);
	for (const move of db.rows('stock.move')) {
		if (move.values.product_id !== row.id || move.values.state !== 'done') continue;
		const done = Number(db.value(move, 'quantity'));
		quantity += move.values.production_id ? done : -done;
	}
	return quantity;
}

export const productModels: readonly Model[] = [
	{ name: 'uom.uom', label: 'Product Unit of Measure', fields: { name: char('Unit', { required: true }) } },
	{
		name: 'product.category',
		label: 'Product Category',
		fields: {
			name: char('Name', { required: true }),
			parent_id: many2one('Parent Category', 'product.category'),
			child_id: one2many('Child Categories', 'product.category', 'parent_id'),
		},
	},
	{
		name: 'product.template',
		label: 'Product',
		displayName: withCode,
		fields: {
			...shared,
			product_variant_ids: one2many('Products', 'product.product', 'product_tmpl_id'),
			product_variant_id: many2one('Product', 'product.product', {
				readonly: true,
				compute: (row, db) => db.relatedMany(row, 'product_variant_ids')[0]?.id ?? false,
			}),
			bom_ids: one2many('Bill of Materials', 'mrp.bom', 'product_tmpl_id'),
		},
	},
	{
		name: 'product.product',
		label: 'Product Variant',
		displayName: withCode,
		fields: {
			...shared,
			product_tmpl_id: many2one('Product Template', 'product.template'),
			qty_available: float('Quantity On Hand', { readonly: true, compute: onHand }),
		},
	},
];
