import type { Database, Row } from './database.mts';
import { userError } from './errors.mts';
import type { Orm, Rules } from './orm.mts';

export const quantity = (db: Database, row: Row, name: string): number => Number(db.value(row, name));

export const openStates = new Set(['confirmed', 'progress', 'to_close']);

/** The rules that Odoo computes by itself when an order is created or written. */
export const productionRules: Rules = {
	defaults(db, values) {
		const product = db.find(
			'product.product',
			Number(Array.isArray(values.product_id) ? values.product_id[0] : values.product_id),
		);
		const template = product?.values.product_tmpl_id;
		const bom = db.rows('mrp.bom').find((row) => row.values.product_tmpl_id === template);
		return {
			name: db.next('WH/MO/'),
			date_start: db.timestamp(),
			bom_id: bom?.id ?? false,
			product_uom_id: product?.values.uom_id ?? 1,
			consumption: bom?.values.consumption ?? 'flexible',
		};
	},

	created(orm, order) {
		checkLots(orm.db, order);
		if (quantity(orm.db, order, 'product_qty') <= 0) {
			throw userError('The quantity to produce must be positive!');
		}
		syncLots(orm.db, order, new Set(['lot_producing_ids', 'lot_producing_id']));
		if (orm.db.relatedMany(order, 'move_raw_ids').length === 0) makeComponentMoves(orm, order);
		makeFinishedMove(orm, order);
	},

	changed(orm, order, names) {
		if (names.has('product_qty') && quantity(orm.db, order, 'product_qty') <= 0) {
			throw userError('The quantity to produce must be positive!');
		}
		syncLots(orm.db, order, names);
		checkLots(orm.db, order);
		if (names.has('product_qty')) rescaleMoves(orm.db, order);
		if (!names.has('state')) orm.db.update(order, { state: openState(orm.db, order) });
	},

	removing(orm, order) {
		if (!['draft', 'cancel'].includes(String(order.values.state))) {
			throw userError(
				'You cannot delete a manufacturing order that is not in draft or cancelled state. Cancel it first.',
			);
		}
		orm.unlink([...orm.db.relatedMany(order, 'move_raw_ids'), ...orm.db.relatedMany(order, 'move_finished_ids')]);
	},
};

/** Up to Odoo 18 an order has one lot, from 19 on a list: here both fields exist and agree. */
function syncLots(db: Database, order: Row, names: ReadonlySet<string>): void {
	const many = db.value(order, 'lot_producing_ids') as number[];
	const one = db.value(order, 'lot_producing_id');
	if (names.has('lot_producing_ids') && many.length > 0) db.update(order, { lot_producing_id: many[0] });
	else if (names.has('lot_producing_ids') && !names.has('lot_producing_id')) {
		db.update(order, { lot_producing_id: undefined });
	} else if (names.has('lot_producing_id')) {
		db.update(order, { lot_producing_ids: typeof one === 'number' ? [one] : [] });
	}
}

/** One lot for an order of a product tracked by lots; serial numbers may be several since Odoo 19. */
function checkLots(db: Database, order: Row): void {
	const lots = db.value(order, 'lot_producing_ids') as number[];
	if (db.value(order, 'product_tracking') === 'lot' && lots.length > 1) {
		throw userError('You cannot set more than 1 lot');
	}
}

export function openState(db: Database, order: Row): string {
	const state = String(order.values.state);
	if (!openStates.has(state)) return state;
	const producing = quantity(db, order, 'qty_producing');
	if (producing >= quantity(db, order, 'product_qty')) return 'to_close';
	const picked = db.relatedMany(order, 'move_raw_ids').some((move) => move.values.picked === true);
	return producing > 0 || picked ? 'progress' : 'confirmed';
}

function makeComponentMoves(orm: Orm, order: Row): void {
	const { db } = orm;
	const bom = db.related(order, 'bom_id');
	if (!bom) return;
	const factor = quantity(db, order, 'product_qty') / (quantity(db, bom, 'product_qty') || 1);
	for (const line of db.relatedMany(bom, 'bom_line_ids')) {
		orm.create('stock.move', {
			name: order.values.name,
			reference: order.values.name,
			product_id: line.values.product_id,
			product_uom_qty: quantity(db, line, 'product_qty') * factor,
			raw_material_production_id: order.id,
			bom_line_id: line.id,
			date: order.values.date_start,
		});
	}
}

function makeFinishedMove(orm: Orm, order: Row): void {
	orm.create('stock.move', {
		name: order.values.name,
		reference: order.values.name,
		product_id: order.values.product_id,
		product_uom_qty: order.values.product_qty,
		production_id: order.id,
		location_id: 2,
		location_dest_id: 1,
		date: order.values.date_start,
	});
}

export function rescaleMoves(db: Database, order: Row): void {
	const wanted = quantity(db, order, 'product_qty');
	for (const move of db.relatedMany(order, 'move_finished_ids')) db.update(move, { product_uom_qty: wanted });
	for (const move of db.relatedMany(order, 'move_raw_ids')) {
		const line = db.related(move, 'bom_line_id');
		if (line) db.update(move, { product_uom_qty: quantity(db, line, 'product_qty') * wanted });
	}
}
