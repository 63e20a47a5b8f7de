import type { Database, Model, Row } from '../database.mts';
import { char, datetime, float, integer, many2many, many2one, one2many, selection } from '../fields.mts';

export const productionStates = [
	['draft', 'Draft'],
	['confirmed', 'Confirmed'],
	['progress', 'In Progress'],
	['to_close', 'To Close'],
	['done', 'Done'],
	['cancel', 'Cancelled'],
] as const;

/** Units finished so far: only closed orders have any. */
const produced = (row: Row, db: Database): number =>
	db
		.relatedMany(row, 'move_finished_ids')
		.filter((move) => move.values.state === 'done')
		.reduce((sum, move) => sum + Number(db.value(move, 'quantity')), 0);

/** What happens when an order consumed other quantities than its bill of material says; Odoo's own default is to ask. */
const consumption = selection(
	'Flexible Consumption',
	[
		['flexible', 'Allowed'],
		['warning', 'Allowed with warning'],
		['strict', 'Blocked'],
	],
	{ initial: 'warning' },
);

export const mrpModels: readonly Model[] = [
	{
		name: 'mrp.bom',
		label: 'Bill of Material',
		displayName: (row, db) => {
			const template = db.related(row, 'product_tmpl_id');
			return [row.values.code, template && db.displayName(template)].filter(Boolean).join(': ');
		},
		fields: {
			code: char('Reference'),
			product_tmpl_id: many2one('Product', 'product.template', { required: true }),
			product_id: many2one('Product Variant', 'product.product'),
			product_qty: float('Quantity', { initial: 1 }),
			sequence: integer('Sequence'),
			type: selection(
				'BoM Type',
				[
					['normal', 'Manufacture this product'],
					['phantom', 'Kit'],
				],
				{ initial: 'normal' },
			),
			consumption,
			bom_line_ids: one2many('BoM Lines', 'mrp.bom.line', 'bom_id'),
		},
	},
	{
		name: 'mrp.bom.line',
		label: 'Bill of Material Line',
		displayName: (row, db) => {
			const product = db.related(row, 'product_id');
			return product ? db.displayName(product) : '';
		},
		fields: {
			bom_id: many2one('Parent BoM', 'mrp.bom', { required: true }),
			product_id: many2one('Component', 'product.product', { required: true }),
			product_qty: float('Quantity', { initial: 1 }),
			sequence: integer('Sequence', { initial: 1 }),
		},
	},
	{
		name: 'mrp.production',
		label: 'Manufacturing Order',
		fields: {
			name: char('Reference'),
			state: selection('State', productionStates, { readonly: true, initial: 'draft' }),
			product_id: many2one('Product', 'product.product', { required: true }),
			product_tmpl_id: many2one('Product Template', 'product.template', {
				readonly: true,
				compute: (row, db) => db.related(row, 'product_id')?.values.product_tmpl_id ?? false,
			}),
			product_tracking: selection(
				'Product Tracking',
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
			product_qty: float('Quantity To Produce', { required: true, initial: 1 }),
			product_uom_id: many2one('Product Unit of Measure', 'uom.uom', { initial: 1 }),
			qty_producing: float('Quantity Producing', { initial: 0 }),
			qty_produced: float('Quantity Produced', { readonly: true, compute: produced }),
			lot_producing_id: many2one('Lot/Serial Number', 'stock.lot', { help: 'Up to Odoo 18' }),
			lot_producing_ids: many2many('Lot/Serial Numbers', 'stock.lot', { help: 'From Odoo 19 on' }),
			origin: char('Source'),
			bom_id: many2one('Bill of Material', 'mrp.bom'),
			consumption,
			move_raw_ids: one2many('Components', 'stock.move', 'raw_material_production_id'),
			workorder_ids: one2many('Work Orders', 'mrp.workorder', 'production_id'),
			move_finished_ids: one2many('Finished Products', 'stock.move', 'production_id'),
			backorder_sequence: integer('Backorder Sequence', { initial: 0 }),
			date_start: datetime('Start'),
			date_finished: datetime('End'),
			date_deadline: datetime('Deadline'),
			priority: selection(
				'Priority',
				[
					['0', 'Normal'],
					['1', 'Urgent'],
				],
				{ initial: '0' },
			),
			user_id: many2one('Responsible', 'res.users', { initial: 2 }),
			company_id: many2one('Company', 'res.company', { initial: 1 }),
			x_pico_event: char('Pico event', { help: 'Custom field: the latest event written to this order' }),
		},
	},
	{
		name: 'mrp.workcenter',
		label: 'Work Center',
		fields: {
			name: char('Work Center', { required: true }),
			code: char('Code'),
		},
	},
	// Odoo makes them of the operations of a bill of material. The bills here have none; a test creates its own.
	{
		name: 'mrp.workorder',
		label: 'Work Order',
		fields: {
			name: char('Work Order', { required: true }),
			production_id: many2one('Manufacturing Order', 'mrp.production', { required: true }),
			workcenter_id: many2one('Work Center', 'mrp.workcenter', { required: true }),
			sequence: integer('Sequence', { initial: 100 }),
			duration_expected: float('Expected Duration', { help: 'In minutes' }),
			state: selection(
				'Status',
				[
					['blocked', 'Blocked'],
					['ready', 'Ready'],
					['progress', 'In Progress'],
					['done', 'Finished'],
					['cancel', 'Cancelled'],
				],
				{ initial: 'ready' },
			),
		},
	},
];
