import type { Database, Model, Row } from '../database.mts';
import { boolean, char, float, html, many2one, one2many, selection, type Fields } from '../fields.mts';

const withCode = (row: Row): string => {
	const { default_code: code, name } = row.values;
	return code ? `[${String(code)}] ${String(name)}` : String(name ?? '');
};

export const trackings = [
	['serial', 'By Unique Serial Number'],
	['lot', 'By Lots'],
	['none', 'By Quantity'],
] as const;

const tracking = selection('Tracking', trackings, { initial: 'none' });

const kinds = [
	['consu', 'Goods'],
	['service', 'Service'],
] as const;

const shared: Fields = {
	name: char('Name', { required: true }),
	default_code: char('Internal Reference'),
	active: boolean('Active', { initial: true }),
	barcode: char('Barcode'),
	type: selection('Product Type', [...kinds, ['product', 'Storable Product'], ['combo', 'Combo']], { initial: 'consu' }),
	detailed_type: selection('Product Type', [...kinds, ['product', 'Storable Product']], { initial: 'consu', until: 17 }),
	is_storable: boolean('Track Inventory', { initial: false, since: 18 }),
	tracking,
	list_price: float('Sales Price'),
	standard_price: float('Cost'),
	uom_id: many2one('Unit of Measure', 'uom.uom', { initial: 1 }),
	categ_id: many2one('Product Category', 'product.category', { initial: 1 }),
	description: html('Description'),
	company_id: many2one('Company', 'res.company'),
};

/** Stock on hand: what lies inside the company. */
const onHand = (row: Row, db: Database): number =>
	db
		.relatedMany(row, 'stock_quant_ids')
		.filter((quant) => db.related(quant, 'location_id')?.values.usage === 'internal')
		.reduce((sum, quant) => sum + Number(db.value(quant, 'quantity')), 0);

export const productModels: readonly Model[] = [
	{
		name: 'uom.uom',
		label: 'Product Unit of Measure',
		fields: {
			name: char('Unit', { required: true }),
			active: boolean('Active', { initial: true }),
			factor: float('Ratio', { initial: 1, help: 'Up to 18: how many of it are in the reference unit. From 19: how many pieces it is' }),
			factor_inv: float('Bigger Ratio', { readonly: true, until: 18, compute: (row) => 1 / Number(row.values.factor) }),
			relative_factor: float('Contains', { readonly: true, since: 19, compute: (row) => Number(row.values.factor) }),
			rounding: float('Rounding Precision', { initial: 0.01 }),
		},
	},
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
			stock_quant_ids: one2many('Stock Quants', 'stock.quant', 'product_id'),
			qty_available: float('Quantity On Hand', { readonly: true, compute: onHand }),
		},
	},
];
