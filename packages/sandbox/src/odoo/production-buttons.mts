import {
	checkSerials,
	consume,
	consumptionDialog,
	consumptionIssues,
	pickedLines,
	pickManual,
	setQuantityProducing,
} from './consumption.mts';
import type { Database, Row } from './database.mts';
import { userError } from './errors.mts';
import type { Orm, Values } from './orm.mts';
import { openState, openStates, quantity, rescaleMoves } from './production.mts';

/** How strict the double is about components that are tracked by serial number. Odoo itself is strict. */
export type ComponentSerials = 'required' | 'optional';

/** The button of a manufacturing order: a dialog that Odoo's own screen would open instead of finishing. */
export type ButtonResult = true | Values;

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
 * Finishes orders. Where Odoo's own screen would open a dialog, nothing is finished and the answer describes the dialog:
 * components used up differently than the bill of material says (unless `skip_consumption` is in the context), or less
 * produced than ordered (unless `skip_backorder`). With `mo_ids_to_backorder` the rest becomes a new order. Components
 * that nobody picked are not consumed, as the posting of Odoo 17 and newer does it.
 */
export function markDone(
	orm: Orm,
	orders: readonly Row[],
	context: Values,
	componentSerials: ComponentSerials,
): ButtonResult {
	const { db } = orm;
	const open = orders.filter((order) => order.values.state !== 'done');
	for (const order of open) checkCanFinish(db, order);
	for (const order of open) {
		if (quantity(db, order, 'qty_producing') > 0) pickManual(orm, order);
		else {
			orm.write([order], { qty_producing: quantity(db, order, 'product_qty') });
			setQuantityProducing(orm, [order]);
		}
	}
	for (const order of open) checkComponents(db, order, componentSerials);
	const asks = open.filter((order) => consumptionIssues(db, order).length > 0);
	if (asks.length > 0 && context.skip_consumption !== true) return consumptionDialog(db, asks);
	const short = open.filter((order) => producing(db, order) < quantity(db, order, 'product_qty'));
	if (short.length > 0 && context.skip_backorder !== true) return backorderDialog(db, short);
	const backorder = Array.isArray(context.mo_ids_to_backorder) ? context.mo_ids_to_backorder.map(Number) : [];
	for (const order of open) {
		if (short.includes(order) && backorder.includes(order.id)) splitRest(orm, order);
		finish(orm, order);
	}
	return true;
}

/** Nothing entered means everything, as when a person presses Produce All. */
const producing = (db: Database, order: Row): number =>
	quantity(db, order, 'qty_producing') || quantity(db, order, 'product_qty');

function checkCanFinish(db: Database, order: Row): void {
	const state = String(order.values.state);
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
	checkSerials(db, order);
}

function checkComponents(db: Database, order: Row, componentSerials: ComponentSerials): void {
	if (componentSerials === 'optional') return;
	const without = db.relatedMany(order, 'move_raw_ids').filter((move) => {
		if (db.value(move, 'has_tracking') === 'none') return false;
		return pickedLines(db, move).some((line) => typeof line.values.lot_id !== 'number');
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
	consume(orm, order);
	for (const move of db.relatedMany(order, 'move_finished_ids')) {
		const lots = db.value(order, 'lot_producing_ids') as number[];
		const lines = lots.length > 0 ? lots : [false];
		for (const lot of lines) {
			orm.create('stock.move.line', {
				move_id: move.id,
				product_id: order.values.product_id,
				lot_id: lot,
				quantity: done / lines.length,
				picked: true,
				location_id: 2,
				location_dest_id: 1,
			});
		}
		db.update(move, { quantity: done, picked: true, state: 'done' });
	}
	db.update(order, { qty_producing: done, state: 'done', date_finished: db.timestamp() });
}
