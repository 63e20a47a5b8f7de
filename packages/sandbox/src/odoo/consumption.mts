import type { Database, Row } from './database.mts';
import { userError } from './errors.mts';
import type { Orm, Values } from './orm.mts';
import { lotsOf, quantity, waitsForTransfer } from './production.mts';
import { isClosed } from './stock.mts';
import { convert, round } from './uom.mts';

/** Component moves of an order that can still change. */
const openMoves = (db: Database, order: Row): Row[] =>
	db.relatedMany(order, 'move_raw_ids').filter((move) => !isClosed(move));

/** What one unit of the order takes of a component. */
const perUnit = (db: Database, order: Row, move: Row): number =>
	quantity(db, move, 'product_uom_qty') / (quantity(db, order, 'product_qty') - quantity(db, order, 'qty_produced') || 1);

/**
 * The public method behind "Quantity Producing" of the order's screen: components follow the quantity. A quantity that is
 * only written does not touch them. What was picked by hand stays. An order for serial numbers makes one at a time; since
 * Odoo 19 it may have several, and the quantity follows their number. In Odoo 17 tracked components are left to people.
 */
export function setQuantityProducing(orm: Orm, orders: readonly Row[]): void {
	const { db } = orm;
	for (const order of orders) {
		if (db.value(order, 'product_tracking') === 'serial') {
			const producing = quantity(db, order, 'qty_producing');
			if (db.version < 19 ? producing > 1 || (producing === 0 && db.version < 18) : producing !== 0 && producing !== quantity(db, order, 'product_qty')) {
				orm.write([order], { qty_producing: db.version < 19 ? 1 : lotsOf(db, order).length });
			}
		}
		for (const move of openMoves(db, order)) {
			if (move.values.manual_consumption === true && move.values.picked === true) continue;
			if (waitsForTransfer(db, order) && db.value(move, 'has_tracking') !== 'none') continue;
			const factor = perUnit(db, order, move);
			if (factor === 0) continue;
			setQuantityDone(orm, move, quantity(db, order, 'qty_producing') * factor);
			const byHand = move.values.manual_consumption === true && db.version !== 18;
			if (!byHand && (db.version < 19 || quantity(db, move, 'quantity') > 0)) orm.write([move], { picked: true });
		}
	}
}

/** Lines that are there are kept as far as they fit, the rest gets lines of its own: one for each piece with serial numbers. */
export function setQuantityDone(orm: Orm, move: Row, wanted: number): void {
	const { db } = orm;
	const unit = db.related(move, 'product_uom');
	let rest = round(wanted);
	for (const line of db.relatedMany(move, 'move_line_ids')) {
		const lineUnit = db.related(line, 'product_uom_id');
		const there = convert(db, quantity(db, line, 'quantity'), lineUnit, unit);
		const kept = Math.min(rest, there);
		rest = round(rest - kept);
		if (kept === 0) orm.unlink([line]);
		else if (kept !== there) orm.write([line], { quantity: convert(db, kept, unit, lineUnit) });
	}
	const bySerial = db.value(move, 'has_tracking') === 'serial';
	for (let left = rest; left > 0; left -= bySerial ? 1 : left) {
		const line = { product_id: move.values.product_id, product_uom_id: move.values.product_uom, quantity: bySerial ? 1 : left };
		orm.create('stock.move.line', { ...line, move_id: move.id });
	}
}

/** From Odoo 18 on, components moved by hand that nobody ticked off count as picked when the order is closed. */
export function pickManual(orm: Orm, order: Row): void {
	if (orm.db.version < 18) return;
	for (const move of openMoves(orm.db, order)) {
		if (move.values.manual_consumption === true && move.values.picked !== true) orm.write([move], { picked: true });
	}
}

/**
 * Work orders end with their order, and with them their components are picked: all that is set aside, in Odoo 18 also
 * where a person has picked something else already.
 */
export function finishWorkOrders(orm: Orm, order: Row): void {
	const { db } = orm;
	const works = db.relatedMany(order, 'workorder_ids').filter(({ values }) => !['done', 'cancel'].includes(String(values.state)));
	if (works.length === 0) return;
	const producing = quantity(db, order, 'qty_producing') || quantity(db, order, 'product_qty');
	for (const move of db.version < 18 ? [] : openMoves(db, order)) {
		const picked = move.values.picked === true;
		if (!picked) setQuantityDone(orm, move, producing * perUnit(db, order, move));
		if (!picked || db.version === 18) orm.write([move], { picked: true });
	}
	for (const work of works) db.update(work, { state: 'done' });
}

interface Issue {
	move: Row;
	used: number;
	expected: number;
}

/** Components of which another quantity was picked than the bill of material says for what is being produced. */
export function consumptionIssues(db: Database, order: Row): Issue[] {
	const bom = db.related(order, 'bom_id');
	if (order.values.consumption === 'flexible' || !bom || db.relatedMany(bom, 'bom_line_ids').length === 0) return [];
	const share = quantity(db, order, 'qty_producing') / quantity(db, order, 'product_qty');
	return openMoves(db, order).flatMap((move) => {
		const picked = pickedLines(db, move).reduce((sum, line) => sum + quantity(db, line, 'quantity_product_uom'), 0);
		const expected = quantity(db, move, 'product_qty') * share;
		return Math.abs(picked - expected) > 1e-6 ? [{ move, used: picked, expected }] : [];
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
			consumptionIssues(db, order).map(({ move, used, expected }) => [
				0,
				0,
				{
					mrp_production_id: order.id,
					product_id: move.values.product_id,
					consumption: order.values.consumption,
					product_uom_id: db.related(move, 'product_id')?.values.uom_id,
					product_consumed_qty_uom: used,
					product_expected_qty_uom: expected,
				},
			]),
		),
		form_view_ref: false,
	},
});

export const pickedLines = (db: Database, move: Row): Row[] =>
	db.relatedMany(move, 'move_line_ids').filter((line) => line.values.picked === true);

const doneLines = (db: Database, lot: Row): Row[] =>
	db.relatedMany(lot, 'move_line_ids').filter((line) => db.value(line, 'state') === 'done');
const usageOf = (db: Database, line: Row, end: 'location_id' | 'location_dest_id'): unknown => db.related(line, end)?.values.usage;

/**
 * Serial numbers are made once and used once. Every line of the order with a quantity counts, also one that nobody picked.
 * @throws OdooError when a serial number was produced or used up before
 */
export function checkSerials(db: Database, order: Row): void {
	const product = db.related(order, 'product_id');
	const made = (lot: Row): boolean => doneLines(db, lot).some((line) => usageOf(db, line, 'location_id') === 'production');
	if (product?.values.tracking === 'serial' && lotsOf(db, order).some(made)) {
		const name = String(product.values.name);
		throw userError(
			db.version < 19
				? `This serial number for product ${name} has already been produced`
				: `Serial number(s) for product ${name} already produced`,
		);
	}
	const moves = db.relatedMany(order, 'move_raw_ids');
	const lines = moves.flatMap((move) => db.relatedMany(move, 'move_line_ids')).filter((line) => quantity(db, line, 'quantity') !== 0);
	for (const move of moves) {
		if (db.value(move, 'has_tracking') !== 'serial' || move.values.picked !== true) continue;
		for (const line of pickedLines(db, move)) {
			const lot = db.related(line, 'lot_id');
			if (!lot || !lines.includes(line)) continue;
			const twice = lines.some((other) => other !== line && other.values.lot_id === lot.id);
			const used = doneLines(db, lot).some((other) => usageOf(db, other, 'location_dest_id') === 'production');
			if (!twice && !used) continue;
			const component = String(db.related(move, 'product_id')?.values.name ?? '');
			throw userError(`The serial number ${String(lot.values.name)} used for component ${component} has already been consumed`);
		}
	}
}
