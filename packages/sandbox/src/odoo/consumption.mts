import type { Database, Row } from './database.mts';
import { userError } from './errors.mts';
import type { Orm, Values } from './orm.mts';
import { quantity } from './production.mts';

const closed = (move: Row): boolean => ['done', 'cancel'].includes(String(move.values.state));

/** Component moves of an order that can still change. */
const openMoves = (db: Database, order: Row): Row[] =>
	db.relatedMany(order, 'move_raw_ids').filter((move) => !closed(move));

/**
 * The public method behind "Quantity Producing" of the order's screen: components follow the quantity, by the bill of
 * material. A quantity that is only written does not touch them. What was picked by hand stays (`manual_consumption`).
 * Since Odoo 19 an order for serial numbers may have several, and the quantity follows their number.
 */
export function setQuantityProducing(orm: Orm, orders: readonly Row[]): void {
	const { db } = orm;
	for (const order of orders) {
		const lots = (db.value(order, 'lot_producing_ids') as number[]).length;
		const serial = db.value(order, 'product_tracking') === 'serial';
		if (serial && lots > 0 && quantity(db, order, 'qty_producing') !== quantity(db, order, 'product_qty')) {
			orm.write([order], { qty_producing: lots });
		}
		for (const move of openMoves(db, order)) {
			if (move.values.manual_consumption === true && move.values.picked === true) continue;
			const perUnit = quantity(db, move, 'product_uom_qty') / quantity(db, order, 'product_qty');
			if (perUnit === 0) continue;
			setQuantityDone(orm, move, quantity(db, order, 'qty_producing') * perUnit);
		}
	}
}

/** Existing lines are kept as far as they fit, the rest gets lines of its own: one for each piece with serial numbers. */
function setQuantityDone(orm: Orm, move: Row, wanted: number): void {
	const { db } = orm;
	let rest = wanted;
	for (const line of db.relatedMany(move, 'move_line_ids')) {
		const kept = Math.min(rest, quantity(db, line, 'quantity'));
		rest -= kept;
		if (kept === 0) orm.unlink([line]);
		else orm.write([line], { quantity: kept, picked: true });
	}
	const bySerial = db.value(move, 'has_tracking') === 'serial';
	for (let left = rest; left > 0; left -= bySerial ? 1 : left) {
		const line = { product_id: move.values.product_id, quantity: bySerial ? 1 : left, picked: true };
		orm.create('stock.move.line', { ...line, move_id: move.id });
	}
	db.update(move, { quantity: wanted, picked: true });
}

/** Components moved by hand that nobody ticked off count as picked when the order is closed. */
export function pickManual(orm: Orm, order: Row): void {
	for (const move of openMoves(orm.db, order)) {
		if (move.values.manual_consumption === true && move.values.picked !== true) {
			orm.write(orm.db.relatedMany(move, 'move_line_ids'), { picked: true });
			orm.db.update(move, { picked: true });
		}
	}
}

/** Components of which another quantity was picked than the bill of material says for what is being produced. */
export function consumptionIssues(db: Database, order: Row): Row[] {
	if (order.values.consumption === 'flexible' || !db.related(order, 'bom_id')) return [];
	const share = quantity(db, order, 'qty_producing') / quantity(db, order, 'product_qty');
	return openMoves(db, order).filter((move) => {
		const picked = pickedLines(db, move).reduce((sum, line) => sum + quantity(db, line, 'quantity'), 0);
		return Math.abs(picked - quantity(db, move, 'product_uom_qty') * share) > 1e-6;
	});
}

/** The dialog that Odoo opens for such components, unless `skip_consumption` is in the context. */
export const consumptionDialog = (db: Database, orders: readonly Row[]): Values => ({
	name: 'Consumption Warning',
	type: 'ir.actions.act_window',
	res_model: 'mrp.consumption.warning',
	view_mode: 'form',
	target: 'new',
	context: {
		default_mrp_production_ids: orders.map((order) => order.id),
		default_mrp_consumption_warning_line_ids: orders.flatMap((order) =>
			consumptionIssues(db, order).map((move) => [
				0,
				0,
				{ mrp_production_id: order.id, product_id: move.values.product_id, consumption: order.values.consumption },
			]),
		),
	},
});

export const pickedLines = (db: Database, move: Row): Row[] =>
	db.relatedMany(move, 'move_line_ids').filter((line) => line.values.picked === true);

/** @throws OdooError when a serial number of this order was produced or used up before */
export function checkSerials(db: Database, order: Row): void {
	const doneLines = (lot: Row, side: 'production_id' | 'raw_material_production_id'): boolean =>
		db.relatedMany(lot, 'move_line_ids').some((line) => {
			const move = db.related(line, 'move_id');
			return move?.values.state === 'done' && typeof move.values[side] === 'number' && move.values[side] !== order.id;
		});
	const product = db.related(order, 'product_id');
	const produced = db.relatedMany(order, 'lot_producing_ids');
	if (product?.values.tracking === 'serial' && produced.some((lot) => doneLines(lot, 'production_id'))) {
		throw userError(`Serial number(s) for product ${String(product.values.name)} already produced`);
	}
	for (const move of openMoves(db, order)) {
		if (db.value(move, 'has_tracking') !== 'serial') continue;
		const lots = pickedLines(db, move).map((line) => db.related(line, 'lot_id'));
		for (const [index, lot] of lots.entries()) {
			if (!lot || (lots.indexOf(lot) === index && !doneLines(lot, 'raw_material_production_id'))) continue;
			const component = String(db.related(move, 'product_id')?.values.name ?? '');
			const number = String(lot.values.name);
			throw userError(`The serial number ${number} used for component ${component} has already been consumed`);
		}
	}
}

/** Closes the component moves: what was picked is used up, what was not is cancelled and nothing of it is consumed. */
export function consume(orm: Orm, order: Row): void {
	const { db } = orm;
	for (const move of openMoves(db, order)) {
		const picked = pickedLines(db, move);
		// Lines that were only reserved go when others were picked.
		orm.unlink(db.relatedMany(move, 'move_line_ids').filter((line) => !picked.includes(line)));
		const used = picked.reduce((sum, line) => sum + quantity(db, line, 'quantity'), 0);
		db.update(move, { quantity: used, state: used > 0 ? 'done' : 'cancel', picked: used > 0 });
	}
}
