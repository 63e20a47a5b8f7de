import type { Database, Model, Row } from '../database.mts';
import { boolean, char, datetime, float, html, many2many, many2one, one2many, ownCompany, selection } from '../fields.mts';
import { convert } from '../uom.mts';
import { trackings } from './product.mts';

const moveStates = [
	['draft', 'New'],
	['waiting', 'Waiting Another Move'],
	['confirmed', 'Waiting Availability'],
	['partially_available', 'Partially Available'],
	['assigned', 'Available'],
	['done', 'Done'],
	['cancel', 'Cancelled'],
] as const;

const number = (row: Row, db: Database, name: string): number => Number(db.value(row, name));

/** The quantity of a move is that of its lines, in the unit of the move. */
const ofLines = (move: Row, db: Database): number =>
	db
		.relatedMany(move, 'move_line_ids')
		.map((line) => convert(db, number(line, db, 'quantity'), db.related(line, 'product_uom_id'), db.related(move, 'product_uom')))
		.reduce((sum, quantity) => sum + quantity, 0);

const inProductUnit = (row: Row, db: Database, name: string, unit: string): number => {
	const product = db.related(row, 'product_id');
	return convert(db, number(row, db, name), db.related(row, unit), product && db.related(product, 'uom_id'));
};

const fullName = (row: Row, db: Database): string => {
	const above = db.related(row, 'location_id');
	const name = String(row.values.name);
	return above && above.values.usage !== 'view' ? `${fullName(above, db)}/${name}` : above ? `${String(above.values.name)}/${name}` : name;
};

const onHandInside = (quants: readonly Row[], db: Database): number =>
	quants
		.filter((quant) => db.related(quant, 'location_id')?.values.usage === 'internal')
		.reduce((sum, quant) => sum + number(quant, db, 'quantity'), 0);

export const stockModels: readonly Model[] = [
	{
		name: 'stock.location',
		label: 'Inventory Locations',
		displayName: fullName,
		fields: {
			name: char('Location Name', { required: true }),
			active: boolean('Active', { initial: true }),
			complete_name: char('Full Location Name', { readonly: true, compute: fullName }),
			location_id: many2one('Parent Location', 'stock.location'),
			child_ids: one2many('Contains', 'stock.location', 'location_id'),
			company_id: many2one('Company', 'res.company', { initial: ownCompany }),
			usage: selection(
				'Location Type',
				[
					['supplier', 'Vendor'],
					['view', 'View'],
					['internal', 'Internal Location'],
					['customer', 'Customer'],
					['inventory', 'Inventory Loss'],
					['production', 'Production'],
					['transit', 'Transit Location'],
				],
				{ initial: 'internal' },
			),
		},
	},
	{
		name: 'stock.warehouse',
		label: 'Warehouse',
		fields: {
			name: char('Warehouse', { required: true }),
			active: boolean('Active', { initial: true }),
			code: char('Short Name', { required: true }),
			company_id: many2one('Company', 'res.company', { initial: ownCompany }),
			view_location_id: many2one('View Location', 'stock.location'),
			lot_stock_id: many2one('Location Stock', 'stock.location'),
			pbm_loc_id: many2one('Picking before Manufacturing Location', 'stock.location'),
			pbm_type_id: many2one('Picking Before Manufacturing Operation Type', 'stock.picking.type'),
			manu_type_id: many2one('Manufacturing Operation Type', 'stock.picking.type'),
			manufacture_steps: selection(
				'Manufacture',
				[
					['mrp_one_step', 'Manufacture (1 step)'],
					['pbm', 'Pick components then manufacture (2 steps)'],
					['pbm_sam', 'Pick components, manufacture, then store products (3 steps)'],
				],
				{ initial: 'mrp_one_step' },
			),
		},
	},
	{
		name: 'stock.picking.type',
		label: 'Picking Type',
		fields: {
			name: char('Operation Type', { required: true }),
			active: boolean('Active', { initial: true }),
			code: selection('Type of Operation', [
				['incoming', 'Receipt'],
				['outgoing', 'Delivery'],
				['internal', 'Internal Transfer'],
				['mrp_operation', 'Manufacturing'],
			]),
			sequence_code: char('Sequence Prefix'),
			warehouse_id: many2one('Warehouse', 'stock.warehouse'),
			company_id: many2one('Company', 'res.company', { initial: ownCompany }),
			default_location_src_id: many2one('Source Location', 'stock.location'),
			default_location_dest_id: many2one('Destination Location', 'stock.location'),
			reservation_method: selection(
				'Reservation Method',
				[
					['at_confirm', 'At Confirmation'],
					['manual', 'Manually'],
				],
				{ initial: 'at_confirm' },
			),
		},
	},
	{
		name: 'stock.picking',
		label: 'Transfer',
		fields: {
			name: char('Reference'),
			origin: char('Source Document'),
			state: selection('Status', moveStates, { readonly: true, initial: 'draft' }),
			picking_type_id: many2one('Operation Type', 'stock.picking.type'),
			location_id: many2one('Source Location', 'stock.location'),
			location_dest_id: many2one('Destination Location', 'stock.location'),
			company_id: many2one('Company', 'res.company', { initial: ownCompany }),
			move_ids: one2many('Stock Moves', 'stock.move', 'picking_id'),
		},
	},
	{
		name: 'stock.quant',
		label: 'Quants',
		displayName: (row, db) => {
			const [product, place] = [db.related(row, 'product_id'), db.related(row, 'location_id')];
			return [place && db.displayName(place), product && db.displayName(product)].filter(Boolean).join(' - ');
		},
		fields: {
			product_id: many2one('Product', 'product.product', { required: true }),
			location_id: many2one('Location', 'stock.location', { required: true }),
			lot_id: many2one('Lot/Serial Number', 'stock.lot'),
			company_id: many2one('Company', 'res.company'),
			quantity: float('Quantity', { initial: 0 }),
			reserved_quantity: float('Reserved Quantity', { readonly: true, initial: 0 }),
			available_quantity: float('Available Quantity', {
				readonly: true,
				compute: (row, db) => number(row, db, 'quantity') - number(row, db, 'reserved_quantity'),
			}),
			inventory_quantity: float('Counted Quantity', { initial: 0 }),
			inventory_quantity_set: boolean('Inventory Quantity Set', { initial: false }),
			in_date: datetime('Incoming Date', { readonly: true }),
		},
	},
	{
		name: 'stock.lot',
		label: 'Lot/Serial',
		fields: {
			name: char('Lot/Serial Number', { required: true }),
			ref: char('Internal Reference'),
			product_id: many2one('Product', 'product.product', { required: true }),
			company_id: many2one('Company', 'res.company', { initial: ownCompany }),
			note: html('Description'),
			quant_ids: one2many('Quants', 'stock.quant', 'lot_id', { readonly: true }),
			product_qty: float('On Hand Quantity', {
				readonly: true,
				compute: (row, db) => onHandInside(db.relatedMany(row, 'quant_ids'), db),
			}),
			move_line_ids: one2many('Stock Move Lines', 'stock.move.line', 'lot_id', { readonly: true }),
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
			name: char('Description', { until: 18 }),
			reference: char('Reference'),
			company_id: many2one('Company', 'res.company', { initial: ownCompany }),
			picking_id: many2one('Transfer', 'stock.picking'),
			product_id: many2one('Product', 'product.product', { required: true }),
			product_uom_qty: float('Demand', { initial: 0 }),
			product_uom: many2one('UoM', 'uom.uom'),
			product_qty: float('Real Quantity', {
				readonly: true,
				compute: (row, db) => inProductUnit(row, db, 'product_uom_qty', 'product_uom'),
			}),
			quantity: float('Quantity', { compute: ofLines }),
			picked: boolean('Picked', { initial: false }),
			manual_consumption: boolean('Manual Consumption', {
				initial: false,
				help: 'What was picked stays as it is when the quantity of the order changes',
			}),
			state: selection('Status', moveStates, { readonly: true, initial: 'draft' }),
			date: datetime('Date Scheduled'),
			raw_material_production_id: many2one('Production Order for components', 'mrp.production'),
			production_id: many2one('Production Order for finished products', 'mrp.production'),
			location_id: many2one('Source Location', 'stock.location', { required: true }),
			location_dest_id: many2one('Destination Location', 'stock.location', { required: true }),
			bom_line_id: many2one('BoM Line', 'mrp.bom.line'),
			has_tracking: selection(
				'Product with Tracking',
				trackings,
				{
					readonly: true,
					compute: (row, db) => db.related(row, 'product_id')?.values.tracking ?? 'none',
				},
			),
			workorder_id: many2one('Work Order To Consume', 'mrp.workorder'),
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
			product_uom_id: many2one('Unit of Measure', 'uom.uom'),
			company_id: many2one('Company', 'res.company'),
			quantity: float('Quantity', { initial: 0 }),
			quantity_product_uom: float('Quantity in Product UoM', {
				readonly: true,
				compute: (row, db) => inProductUnit(row, db, 'quantity', 'product_uom_id'),
			}),
			picked: boolean('Picked', { initial: false }),
			date: datetime('Date'),
			location_id: many2one('From', 'stock.location'),
			location_dest_id: many2one('To', 'stock.location'),
			state: selection('Status', moveStates, {
				readonly: true,
				compute: (row, db) => db.related(row, 'move_id')?.values.state ?? 'draft',
			}),
			production_id: many2one('Production Order', 'mrp.production', {
				readonly: true,
				compute: (row, db) => db.related(row, 'move_id')?.values.raw_material_production_id ?? false,
			}),
		},
	},
];
