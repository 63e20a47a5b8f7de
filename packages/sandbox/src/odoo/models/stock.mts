import type { Model } from '../database.mts';
import { boolean, char, datetime, float, html, many2many, many2one, one2many, selection } from '../fields.mts';

const moveStates = [
	['draft', 'New'],
	['waiting', 'Waiting Another Move'],
	['confirmed', 'Waiting Availability'],
	['partially_available', 'Partially Available'],
	['assigned', 'Available'],
	['done', 'Done'],
	['cancel', 'Cancelled'],
] as const;

export const stockModels: readonly Model[] = [
	{
		name: 'stock.location',
		label: 'Inventory Locations',
		displayName: (row) => String(row.values.complete_name ?? row.values.name ?? ''),
		fields: {
			name: char('Location Name', { required: true }),
			complete_name: char('Full Location Name'),
			usage: selection(
				'Location Type',
				[
					['internal', 'Internal Location'],
					['production', 'Production'],
					['customer', 'Customer Location'],
					['supplier', 'Vendor Location'],
				],
				{ initial: 'internal' },
			),
		},
	},
	{
		name: 'stock.lot',
		label: 'Lot/Serial',
		fields: {
			name: char('Lot/Serial Number', { required: true }),
			ref: char('Internal Reference'),
			product_id: many2one('Product', 'product.product', { required: true }),
			company_id: many2one('Company', 'res.company', { initial: 1 }),
			note: html('Description'),
			product_qty: float('On Hand Quantity', {
				readonly: true,
				compute: (row, db) =>
					db
						.relatedMany(row, 'move_line_ids')
						.filter((line) => db.value(line, 'state') === 'done')
						.reduce((sum, line) => {
							const move = db.related(line, 'move_id');
							const quantity = Number(db.value(line, 'quantity'));
							return sum + (move?.values.production_id ? quantity : -quantity);
						}, 0),
			}),
			move_line_ids: one2many('Stock Move Lines', 'stock.move.line', 'lot_id', { readonly: true }),
			x_pico_event: char('Pico event', { help: 'Custom field: the event that created this serial number' }),
		},
	},
	{
		name: 'stock.move',
		label: 'Stock Move',
		displayName: (row, db) => {
			const product = db.related(row, 'product_id');
			return `${String(row.values.reference ?? '')}: ${product ? db.displayName(product) : ''}`;
		},
		fields: {
			name: char('Description'),
			reference: char('Reference'),
			product_id: many2one('Product', 'product.product', { required: true }),
			product_uom_qty: float('Demand', { initial: 0 }),
			product_uom: many2one('UoM', 'uom.uom', { initial: 1 }),
			quantity: float('Quantity'),
			picked: boolean('Picked', { initial: false }),
			manual_consumption: boolean('Manual Consumption', {
				initial: false,
				help: 'What was picked stays as it is when the quantity of the order changes',
			}),
			state: selection('Status', moveStates, { readonly: true, initial: 'draft' }),
			date: datetime('Date Scheduled'),
			raw_material_production_id: many2one('Production Order for components', 'mrp.production'),
			production_id: many2one('Production Order for finished products', 'mrp.production'),
			location_id: many2one('Source Location', 'stock.location', { initial: 1 }),
			location_dest_id: many2one('Destination Location', 'stock.location', { initial: 2 }),
			bom_line_id: many2one('BoM Line', 'mrp.bom.line'),
			has_tracking: selection(
				'Product with Tracking',
				[
					['serial', 'By Unique Serial Number'],
					['lot', 'By Lots'],
					['none', 'By Quantity'],
				],
				{
					readonly: true,
					compute: (row, db) => db.related(row, 'product_id')?.values.tracking ?? 'none',
				},
			),
			move_line_ids: one2many('Move lines', 'stock.move.line', 'move_id'),
			lot_ids: many2many('Serial Numbers', 'stock.lot', {
				readonly: true,
				compute: (row, db) =>
					db
						.relatedMany(row, 'move_line_ids')
						.map((line) => line.values.lot_id)
						.filter((id) => typeof id === 'number'),
			}),
		},
	},
	{
		name: 'stock.move.line',
		label: 'Product Moves (Stock Move Line)',
		displayName: (row, db) => {
			const lot = db.related(row, 'lot_id');
			const product = db.related(row, 'product_id');
			return [product && db.displayName(product), lot?.values.name].filter(Boolean).join(' ');
		},
		fields: {
			move_id: many2one('Stock Operation', 'stock.move'),
			product_id: many2one('Product', 'product.product'),
			lot_id: many2one('Lot/Serial Number', 'stock.lot'),
			lot_name: char('Lot/Serial Number Name'),
			quantity: float('Quantity', { initial: 1 }),
			picked: boolean('Picked', { initial: false }),
			date: datetime('Date'),
			location_id: many2one('From', 'stock.location', { initial: 1 }),
			location_dest_id: many2one('To', 'stock.location', { initial: 2 }),
			state: selection('Status', moveStates, {
				readonly: true,
				compute: (row, db) => db.related(row, 'move_id')?.values.state ?? 'draft',
			}),
			production_id: many2one('Production Order', 'mrp.production', {
				readonly: true,
				compute: (row, db) => db.related(row, 'move_id')?.values.raw_material_production_id ?? false,
			}),
			x_pico_event: char('Pico event', { help: 'Custom field: the event that recorded this consumption' }),
		},
	},
];
