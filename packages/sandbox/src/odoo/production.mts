import type { Database, Row } from './database.mts';
import { userError } from './errors.mts';
import type { Orm, Rules, Values } from './orm.mts';

/** How strict the double is about components that are tracked by serial number. Odoo itself is strict. */
export type ComponentSerials = 'required' | 'optional';

/** The button of a manufacturing order: a dialog that Odoo's own screen would open instead of finishing. */
export type ButtonResult = true | Values;

const quantity = (db: Database, row: Row, name: string): number => Number(db.value(row, name));

const openStates = new Set(['confirmed', 'progress', 'to_close']);

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
		};
	},

	created(orm, order) {
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

function openState(db: Database, order: Row): string {
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

function rescaleMoves(db: Database, order: Row): void {
	const wanted = quantity(db, order, 'product_qty');
	for (const move of db.relatedMany(order, 'move_finished_ids')) db.update(move, { product_uom_qty: wanted });
	for (const move of db.relatedMany(order, 'move_raw_ids')) {
		const line = db.related(move, 'bom_line_id');
		if (line) db.update(move, { product_uom_qty: quantity(db, line, 'product_qty') * wanted });
	}
}

const setMoves = (db: Database, order: Row, state: string): void => {
	for (const name of ['move_raw_ids', 'move_finished_ids']) {
		for (const move of db.relatedMany(order, name)) {
			if (!['done', 'cancel'].includes(String(move.values.state))) db.update(move, { state });
		}
	}
};

/** Draft orders become confirmed; others stay as they are. */
export function confirm(orm: Orm, orders: readonly Row[]): true {
	for (const order of orders) {
		if (order.values.state !== 'draft') continue;
		setMoves(orm.db, order, 'confirmed');
		orm.db.update(order, { state: 'confirmed' });
		orm.db.update(order, { state: openState(orm.db, order) });
	}
	return true;
}

export function cancel(orm: Orm, orders: readonly Row[]): true {
	for (const order of orders) {
		if (order.values.state === 'done') throw userError('You cannot cancel a manufacturing order that is done.');
		setMoves(orm.db, order, 'cancel');
		orm.db.update(order, { state: 'cancel' });
	}
	return true;
}

/**
 * Finishes orders. Less than ordered and no decision about the rest (`skip_backorder` in the context): nothing is
 * finished and the answer describes the dialog, as in Odoo. With `mo_ids_to_backorder` the rest becomes a new order.
 */
export function markDone(
	orm: Orm,
	orders: readonly Row[],
	context: Values,
	componentSerials: ComponentSerials,
): ButtonResult {
	const { db } = orm;
	for (const order of orders) checkCanFinish(db, order, componentSerials);
	const short = orders.filter(
		(order) => producing(db, order) < quantity(db, order, 'product_qty') && order.values.state !== 'done',
	);
	if (short.length > 0 && context.skip_backorder !== true) return backorderDialog(db, short);
	const backorder = Array.isArray(context.mo_ids_to_backorder) ? context.mo_ids_to_backorder.map(Number) : [];
	for (const order of orders) {
		if (order.values.state === 'done') continue;
		if (short.includes(order) && backorder.includes(order.id)) splitRest(orm, order);
		finish(orm, order);
	}
	return true;
}

/** Nothing entered means everything, as when a person presses Produce All. */
const producing = (db: Database, order: Row): number =>
	quantity(db, order, 'qty_producing') || quantity(db, order, 'product_qty');

function checkCanFinish(db: Database, order: Row, componentSerials: ComponentSerials): void {
	const state = String(order.values.state);
	if (state === 'done') return;
	if (!openStates.has(state)) {
		throw userError(
			`You cannot mark the manufacturing order ${String(order.values.name)} as done: its state is ${state}.`,
		);
	}
	const product = db.related(order, 'product_id');
	const tracking = product?.values.tracking ?? 'none';
	const lots = (db.value(order, 'lot_producing_ids') as number[]).length;
	const needed = tracking === 'serial' ? producing(db, order) : tracking === 'lot' ? 1 : 0;
	if (product && lots < needed) {
		throw userError(`You need to supply a Lot/Serial Number for product:\n${db.displayName(product)}`);
	}
	if (componentSerials === 'optional') return;
	const without = db.relatedMany(order, 'move_raw_ids').filter((move) => {
		if (db.value(move, 'has_tracking') === 'none') return false;
		return db.relatedMany(move, 'move_line_ids').every((line) => typeof line.values.lot_id !== 'number');
	});
	if (without.length === 0) return;
	const names = without.map((move) => {
		const component = db.related(move, 'product_id');
		return component ? db.displayName(component) : '';
	});
	throw userError(`You need to supply a Lot/Serial Number for product:\n${names.join('\n')}`);
}

function backorderDialog(db: Database, orders: readonly Row[]): Values {
	return {
		name: 'You produced less than initial demand',
		type: 'ir.actions.act_window',
		res_model: 'mrp.production.backorder',
		view_mode: 'form',
		target: 'new',
		context: {
			default_mrp_production_ids: orders.map((order) => order.id),
			default_mrp_production_backorder_line_ids: orders.map((order) => [
				0,
				0,
				{ mrp_production_id: order.id, to_backorder: quantity(db, order, 'product_qty') > 0 },
			]),
		},
	};
}

function splitRest(orm: Orm, order: Row): void {
	const { db } = orm;
	const done = producing(db, order);
	const rest = quantity(db, order, 'product_qty') - done;
	const sequence = quantity(db, order, 'backorder_sequence') || 1;
	const stem = String(order.values.name).replace(/-\d{3}$/, '');
	const numbered = (number: number): string => `${stem}-${String(number).padStart(3, '0')}`;
	db.update(order, { name: numbered(sequence), backorder_sequence: sequence, product_qty: done });
	rescaleMoves(db, order);
	const backorder = orm.create('mrp.production', {
		name: numbered(sequence + 1),
		backorder_sequence: sequence + 1,
		product_id: order.values.product_id,
		product_qty: rest,
		origin: order.values.origin ?? false,
		bom_id: order.values.bom_id ?? false,
	});
	confirm(orm, [backorder]);
}

function finish(orm: Orm, order: Row): void {
	const { db } = orm;
	const done = producing(db, order);
	const share = done / quantity(db, order, 'product_qty');
	for (const move of db.relatedMany(order, 'move_raw_ids')) {
		const consumed = db.relatedMany(move, 'move_line_ids').length
			? quantity(db, move, 'quantity')
			: quantity(db, move, 'product_uom_qty') * share;
		if (db.relatedMany(move, 'move_line_ids').length === 0) {
			orm.create('stock.move.line', { move_id: move.id, product_id: move.values.product_id, quantity: consumed });
		}
		db.update(move, { quantity: consumed, picked: true, state: 'done' });
	}
	for (const move of db.relatedMany(order, 'move_finished_ids')) {
		const lots = db.value(order, 'lot_producing_ids') as number[];
		const lines = lots.length > 0 ? lots : [false];
		for (const lot of lines) {
			orm.create('stock.move.line', {
				move_id: move.id,
				product_id: order.values.product_id,
				lot_id: lot,
				quantity: done / lines.length,
				location_id: 2,
				location_dest_id: 1,
			});
		}
		db.update(move, { quantity: done, picked: true, state: 'done' });
	}
	db.update(order, { qty_producing: done, state: 'done', date_finished: db.timestamp() });
}
