import type { Database, Model, Row } from '../database.mts';
import { boolean, char, datetime, float, integer, many2many, many2one, one2many, ownCompany, selection } from '../fields.mts';
import { convert } from '../uom.mts';
import { trackings } from './product.mts';

export const productionStates = [
	['draft', 'Draft'],
	['confirmed', 'Confirmed'],
	['progress', 'In Progress'],
	['to_close', 'To Close'],
	['done', 'Done'],
	['cancel', 'Cancelled'],
] as const;

/** Units finished so far, in the unit of the order: only closed orders have any. */
const produced = (row: Row, db: Database): number =>
	db
		.relatedMany(row, 'move_finished_ids')
		.filter((move) => move.values.state === 'done')
		.reduce((sum, move) => sum + Number(db.value(move, 'quantity')), 0);

const inProductUnit = (row: Row, db: Database): number => {
	const product = db.related(row, 'product_id');
	return convert(db, Number(db.value(row, 'product_qty')), db.related(row, 'product_uom_id'), product && db.related(product, 'uom_id'));
};

/** Whether what an order needs is there. An order that needs nothing is ready. */
const readiness = (row: Row, db: Database): string | false => {
	if (['draft', 'done', 'cancel'].includes(String(row.values.state))) return false;
	const states = db.relatedMany(row, 'move_raw_ids').map((move) => String(move.values.state));
	if (states.every((state) => ['assigned', 'done', 'cancel'].includes(state))) return 'assigned';
	return states.includes('waiting') ? 'waiting' : 'confirmed';
};

/** What happens when an order consumed other quantities than its bill of material says; Odoo's own default is to ask. */
const consumption = selection(
	'Consumption',
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
			product_uom_id: many2one('Unit of Measure', 'uom.uom', { initial: 1 }),
			active: boolean('Active', { initial: true }),
			company_id: many2one('Company', 'res.company'),
			operation_ids: one2many('Operations', 'mrp.routing.workcenter', 'bom_id'),
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
			product_uom_id: many2one('Unit of Measure', 'uom.uom', { initial: 1 }),
			manual_consumption: boolean('Manual Consumption', { initial: false }),
			sequence: integer('Sequence', { initial: 1 }),
		},
	},
	{
		name: 'mrp.production',
		label: 'Manufacturing Order',
		labelIn17: 'Production Order',
		fields: {
			name: char('Reference'),
			state: selection('State', productionStates, { readonly: true, initial: 'draft' }),
			product_id: many2one('Product', 'product.product', { required: true }),
			product_tmpl_id: many2one('Product Template', 'product.template', {
				readonly: true,
				compute: (row, db) => db.related(row, 'product_id')?.values.product_tmpl_id ?? false,
			}),
			product_tracking: selection('Product Tracking', trackings, {
				readonly: true,
				compute: (row, db) => db.related(row, 'product_id')?.values.tracking ?? 'none',
			}),
			product_qty: float('Quantity To Produce', { required: true, initial: 1 }),
			product_uom_qty: float('Total Quantity', { readonly: true, compute: inProductUnit }),
			product_uom_id: many2one('Product Unit of Measure', 'uom.uom'),
			reservation_state: selection(
				'MO Readiness',
				[
					['confirmed', 'Waiting'],
					['assigned', 'Ready'],
					['waiting', 'Waiting Another Operation'],
				],
				{ readonly: true, compute: readiness },
			),
			picking_type_id: many2one('Operation Type', 'stock.picking.type'),
			location_src_id: many2one('Components Location', 'stock.location'),
			location_dest_id: many2one('Finished Products Location', 'stock.location'),
			picking_ids: many2many('Pickings', 'stock.picking'),
			procurement_group_id: many2one('Procurement Group', 'procurement.group', { until: 18 }),
			production_group_id: many2one('Production Group', 'mrp.production.group', { since: 19 }),
			qty_producing: float('Quantity Producing', { initial: 0 }),
			qty_produced: float('Quantity Produced', { readonly: true, compute: produced }),
			lot_producing_id: many2one('Lot/Serial Number', 'stock.lot', { until: 18 }),
			lot_producing_ids: many2many('Lot/Serial Numbers', 'stock.lot', { since: 19 }),
			origin: char('Source'),
			bom_id: many2one('Bill of Material', 'mrp.bom'),
			consumption,
			message_ids: one2many('Messages', 'mail.message', 'res_id'),
			activity_ids: one2many('Activities', 'mail.activity', 'res_id'),
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
			company_id: many2one('Company', 'res.company', { initial: ownCompany }),
		},
	},
	{
		name: 'mrp.workcenter',
		label: 'Work Center',
		fields: {
			name: char('Work Center', { required: true }),
			code: char('Code'),
			active: boolean('Active', { initial: true }),
		},
	},
	{
		name: 'mrp.routing.workcenter',
		label: 'Work Center Usage',
		fields: {
			name: char('Operation', { required: true }),
			bom_id: many2one('Bill of Material', 'mrp.bom', { required: true }),
			workcenter_id: many2one('Work Center', 'mrp.workcenter', { required: true }),
			time_cycle_manual: float('Manual Duration', { initial: 60 }),
		},
	},
	{ name: 'procurement.group', label: 'Procurement Group', fields: { name: char('Reference', { required: true }) } },
	{ name: 'mrp.production.group', label: 'Production Group', fields: { name: char('Name', { required: true }) } },
	// The dialogs behind "Change Production Quantity" and "Split", as their buttons are called through the API.
	{
		name: 'change.production.qty',
		label: 'Change Production Qty',
		fields: {
			mo_id: many2one('Manufacturing Order', 'mrp.production', { required: true }),
			product_qty: float('Quantity To Produce', { required: true }),
		},
	},
	{
		name: 'mrp.production.split',
		label: 'Wizard to Split a Production',
		fields: {
			production_id: many2one('Manufacturing Order', 'mrp.production'),
			counter: integer('Split #', { until: 18 }),
			max_batch_size: float('Max Batch Size', { since: 19 }),
			production_detailed_vals_ids: one2many('Split Details', 'mrp.production.split.line', 'mrp_production_split_id'),
		},
	},
	{
		name: 'mrp.production.split.line',
		label: 'Split Production Detail',
		fields: {
			mrp_production_split_id: many2one('Split Production', 'mrp.production.split'),
			quantity: float('Quantity To Produce', { required: true }),
			date: datetime('Schedule Date'),
		},
	},
	{
		name: 'mrp.workorder',
		label: 'Work Order',
		fields: {
			name: char('Work Order', { required: true }),
			operation_id: many2one('Operation', 'mrp.routing.workcenter'),
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
