import {
	checkSerials,
	consumptionDialog,
	consumptionIssues,
	finishWorkOrders,
	pickManual,
	setQuantityProducing,
} from './consumption.mts';
import type { Database, Row } from './database.mts';
import { userError } from './errors.mts';
import type { Orm, Values } from './orm.mts';
import { CANNOT_CANCEL_DONE, changeQuantity, groupOf, lotsOf, quantity, refreshState, writeLots } from './production.mts';
import { assign, cancelMoves, carryOut, isClosed, settle, unreserve } from './stock.mts';
import { bringComponents } from './transfers.mts';
import { convert } from './uom.mts';

/** The answer of a button: done, or the dialog that Odoo's own screen would open. */
export type ButtonResult = true | null | Values;

const movesOf = (db: Database, order: Row): Row[] => ['move_raw_ids', 'move_finished_ids'].flatMap((name) => db.relatedMany(order, name));

/** Draft orders become confirmed, and what is on stock of their components is set aside for them. */
export function confirm(orm: Orm, orders: readonly Row[]): true {
	const { db } = orm;
	for (const order of orders) {
		if (order.values.state !== 'draft') continue;
		if (db.value(order, 'product_tracking') === 'serial') inProductUnit(orm, order);
		for (const move of movesOf(db, order)) if (!isClosed(move)) db.update(move, { state: 'confirmed' });
		db.update(order, { state: 'confirmed' });
		bringComponents(orm, order);
		if (db.related(order, 'picking_type_id')?.values.reservation_method !== 'manual') reserve(orm, [order]);
		refreshState(db, order);
	}
	return true;
}

/** Serial numbers are pieces: an order of dozens becomes one of pieces. */
function inProductUnit(orm: Orm, order: Row): void {
	const { db } = orm;
	const unit = db.related(order, 'product_id')?.values.uom_id;
	if (unit === order.values.product_uom_id) return;
	const to = db.find('uom.uom', Number(unit));
	for (const move of db.relatedMany(order, 'move_finished_ids')) {
		db.update(move, { product_uom: unit, product_uom_qty: convert(db, quantity(db, move, 'product_uom_qty'), db.related(move, 'product_uom'), to) });
	}
	db.update(order, { product_uom_id: unit, product_qty: convert(db, quantity(db, order, 'product_qty'), db.related(order, 'product_uom_id'), to) });
}

/** "Check Availability". */
export function reserve(orm: Orm, orders: readonly Row[]): true {
	for (const order of orders) {
		const moves = orm.db.relatedMany(order, 'move_raw_ids').filter((move) => move.values.state !== 'waiting');
		assign(orm, moves);
	}
	return true;
}

export function unreserveOrders(orm: Orm, orders: readonly Row[]): true {
	for (const order of orders) unreserve(orm, orm.db.relatedMany(order, 'move_raw_ids'));
	return true;
}

export function cancel(orm: Orm, orders: readonly Row[]): true {
	const { db } = orm;
	if (db.version >= 19 && orders.some((order) => order.values.state === 'done')) {
		throw userError(CANNOT_CANCEL_DONE);
	}
	for (const order of orders) {
		if (order.values.state === 'done') continue;
		cancelMoves(orm, movesOf(db, order));
		for (const picking of db.relatedMany(order, 'picking_ids')) {
			if (picking.values.state === 'done') continue;
			cancelMoves(orm, db.relatedMany(picking, 'move_ids'));
			db.update(picking, { state: 'cancel' });
		}
		for (const work of db.relatedMany(order, 'workorder_ids')) db.update(work, { state: 'cancel' });
		db.update(order, { state: 'cancel' });
	}
	return true;
}

/**
 * Finishes orders. Where Odoo's own screen would open a dialog, nothing is finished and the answer describes the dialog:
 * numbers that are missing, components used up differently than the bill of material says (unless `skip_consumption` is in
 * the context), or less produced than ordered (unless `skip_backorder`). With `mo_ids_to_backorder` the rest becomes a new
 * order.
 */
export function markDone(orm: Orm, orders: readonly Row[], context: Values): ButtonResult {
	const { db } = orm;
	for (const order of orders) checkSerials(db, order);
	if (orders.every((order) => order.values.state === 'cancel' && db.value(order, 'product_tracking') !== 'serial')) return true;
	const dialog = prepare(orm, orders);
	if (dialog !== true) return dialog;
	const asks = orders.filter((order) => consumptionIssues(db, order).length > 0);
	if (asks.length > 0 && !context.skip_consumption) return consumptionDialog(db, asks);
	const short = orders.filter((order) => quantity(db, order, 'product_qty') > quantity(db, order, 'qty_producing'));
	if (short.length > 0 && !context.skip_backorder) return backorderDialog(short);
	const wanted = Array.isArray(context.mo_ids_to_backorder) ? context.mo_ids_to_backorder.map(Number) : [];
	for (const order of orders) finishWorkOrders(orm, order);
	const rests = short.filter(({ id }) => wanted.includes(id)).flatMap((order) => {
		const done = quantity(db, order, 'qty_producing');
		return split(orm, order, [done, quantity(db, order, 'product_qty') - done]).slice(1);
	});
	for (const order of orders) finish(orm, order);
	reserve(orm, rests);
	if (rests.length === 0 || context.skip_redirection) return true;
	return { res_model: 'mrp.production', type: 'ir.actions.act_window', view_mode: 'form', res_id: rests[0].id, context: { mo_ids_to_backorder: null } };
}

/** Quantities and numbers that nobody entered: Odoo enters them, asks, or refuses, each version in its own way. */
function prepare(orm: Orm, orders: readonly Row[]): ButtonResult {
	const { db } = orm;
	for (const order of orders) {
		const entered = quantity(db, order, 'qty_producing') > 0;
		if (db.version < 18) {
			if (!entered) produceAll(orm, order);
		} else if (entered && db.version < 19) pickManual(orm, order);
		else if (makesAllByItself(db, order)) produceAll(orm, order);
		else if (db.version < 19) return action('Mass Produce', 'mrp.batch.produce', order);
		else if (lotsOf(db, order).length === 0) return missingNumbers(orm, order);
		if (db.version >= 19 && quantity(db, order, 'qty_producing') > 0) pickManual(orm, order);
	}
	return true;
}

function makesAllByItself(db: Database, order: Row): boolean {
	const tracking = db.value(order, 'product_tracking');
	const tracked = db.relatedMany(order, 'move_raw_ids').some((move) => db.value(move, 'has_tracking') !== 'none');
	if (tracking === 'none' && !tracked) return true;
	return quantity(db, order, 'product_uom_qty') === 1 || (tracking !== 'serial' && db.value(order, 'reservation_state') !== false);
}

function missingNumbers(orm: Orm, order: Row): ButtonResult {
	if (orm.db.value(order, 'product_tracking') === 'serial') return action('Assign Serial Numbers', 'mrp.production.serials', order);
	makeNumber(orm, order);
	return null;
}

const action = (name: string, res_model: string, order: Row): Values => ({
	name,
	type: 'ir.actions.act_window',
	res_model,
	view_mode: 'form',
	target: 'new',
	context: { default_production_id: order.id },
});

/** The next number of Odoo's own sequence for lots and serial numbers. */
function makeNumber(orm: Orm, order: Row): void {
	const { db } = orm;
	const lot = orm.create('stock.lot', { name: db.next('', 7, 'stock.lot.serial'), product_id: order.values.product_id, company_id: order.values.company_id });
	writeLots(orm, order, [lot.id]);
}

function produceAll(orm: Orm, order: Row): void {
	const { db } = orm;
	if (db.value(order, 'product_tracking') !== 'none' && lotsOf(db, order).length === 0) makeNumber(orm, order);
	if (quantity(db, order, 'qty_producing') === 0) {
		orm.write([order], { qty_producing: quantity(db, order, 'product_qty') - quantity(db, order, 'qty_produced') });
		setQuantityProducing(orm, [order]);
	}
	const without = db.relatedMany(order, 'move_raw_ids').filter((move) => {
		if (isClosed(move) || move.values.manual_consumption !== true || db.value(move, 'has_tracking') === 'none') return false;
		const lines = db.relatedMany(move, 'move_line_ids').filter((line) => line.values.picked === true && quantity(db, line, 'quantity') > 0);
		return move.values.picked !== true || lines.some((line) => !db.related(line, 'lot_id'));
	});
	if (without.length === 0) return;
	const names = without.map((move) => db.related(move, 'product_id')).map((product) => `\n  - ${product ? db.displayName(product) : ''}`);
	throw userError(`You need to supply Lot/Serial Number for products and 'consume' them:${db.version < 18 ? '' : ' '}${names.join('')}`);
}

const backorderDialog = (orders: readonly Row[]): Values => ({
	name: 'You produced less than initial demand',
	type: 'ir.actions.act_window',
	res_model: 'mrp.production.backorder',
	view_mode: 'form',
	target: 'new',
	context: {
		default_mrp_production_ids: orders.map((order) => order.id),
		default_mrp_production_backorder_line_ids: orders.map((order) => [0, 0, { mrp_production_id: order.id, to_backorder: true }]),
	},
});

/** Makes several orders of one: it keeps the first amount and is `-001` from then on, the others follow. */
export function split(orm: Orm, order: Row, amounts: readonly number[]): Row[] {
	const { db } = orm;
	const [group] = groupOf(db);
	const before = quantity(db, order, 'product_qty');
	const sequence = quantity(db, order, 'backorder_sequence') || 1;
	const stem = String(order.values.name).replace(/-\d+$/, quantity(db, order, 'backorder_sequence') > 0 ? '' : '$&');
	const numbered = (number: number): string => `${stem}-${String(number).padStart(3, '0')}`;
	const relatives = db.rows('mrp.production').filter((other) => other.values[group] === order.values[group]);
	let last = Math.max(sequence, ...relatives.map((other) => quantity(db, other, 'backorder_sequence')));
	db.update(order, { name: numbered(sequence), backorder_sequence: sequence, product_qty: amounts[0] });
	const { product_id, product_uom_id, origin, bom_id, picking_type_id, company_id } = order.values;
	const rests = amounts.slice(1).map((product_qty) => {
		last += 1;
		const same = { product_id, product_uom_id, origin: origin ?? false, bom_id: bom_id ?? false, picking_type_id, company_id, [group]: order.values[group] };
		return orm.create('mrp.production', { ...same, name: numbered(last), backorder_sequence: last, product_qty });
	});
	for (const move of movesOf(db, order)) {
		if (isClosed(move)) continue;
		const demand = (quantity(db, move, 'product_uom_qty') * amounts[0]) / before;
		db.update(move, { product_uom_qty: demand, reference: order.values.name });
		if (move.values.picked !== true) giveBack(orm, move, demand);
		settle(db, move);
	}
	for (const rest of rests) {
		if (order.values.state === 'draft') continue;
		for (const move of movesOf(db, rest)) db.update(move, { state: 'confirmed' });
		db.update(rest, { state: 'confirmed' });
		reserve(orm, [rest]);
	}
	return [order, ...rests];
}

/** What is set aside beyond what a move wants comes free, the last first. */
function giveBack(orm: Orm, move: Row, demand: number): void {
	const { db } = orm;
	let over = quantity(db, move, 'quantity') - demand;
	for (const line of db.relatedMany(move, 'move_line_ids').reverse()) {
		if (over <= 0) return;
		const there = quantity(db, line, 'quantity');
		if (there <= over) orm.unlink([line]);
		else orm.write([line], { quantity: there - over });
		over -= there;
	}
}

/** The dialog "Change Production Quantity". */
export function changeProductionQuantity(orm: Orm, dialogs: readonly Row[]): null {
	const { db } = orm;
	for (const dialog of dialogs) {
		const order = db.related(dialog, 'mo_id');
		if (!order) continue;
		changeQuantity(orm, order, quantity(db, dialog, 'product_qty'));
		reserve(orm, [order]);
	}
	return null;
}

/** The button "Split": whether it may be, and the dialog that asks how. */
export function startSplit({ db }: Orm, orders: readonly Row[]): Values {
	if (orders.some(({ values }) => !['draft', 'confirmed'].includes(String(values.state)))) {
		throw userError('Only manufacturing orders in either a draft or confirmed state can be split.');
	}
	if (orders.some((order) => !db.related(order, 'bom_id'))) throw userError('Only manufacturing orders with a Bill of Materials can be split.');
	return { type: 'ir.actions.act_window', name: 'Split production', res_model: 'mrp.production.split', context: { default_production_id: orders[0]?.id } };
}

/** The dialog "Split". It does not look at the state of the order again. */
export function splitByDialog(orm: Orm, dialogs: readonly Row[]): null {
	const { db } = orm;
	for (const dialog of dialogs) {
		const order = db.related(dialog, 'production_id');
		const amounts = db.relatedMany(dialog, 'production_detailed_vals_ids').map((line) => quantity(db, line, 'quantity'));
		if (!order || amounts.length === 0) continue;
		const sum = amounts.reduce((all, amount) => all + amount, 0);
		if (sum > quantity(db, order, 'product_qty')) throw userError('Unable to split with more than the quantity to produce.');
		split(orm, order, amounts);
	}
	return null;
}

/** Components that were picked are used up, others are not; what was made lies on stock. */
function finish(orm: Orm, order: Row): void {
	const { db } = orm;
	const [raw, finished] = ['move_raw_ids', 'move_finished_ids'].map((name) => db.relatedMany(order, name).filter((move) => !isClosed(move)));
	carryOut(orm, raw.filter((move) => move.values.picked === true));
	cancelMoves(orm, raw.filter((move) => move.values.picked !== true));
	const made = quantity(db, order, 'qty_producing') - quantity(db, order, 'qty_produced');
	for (const move of finished) {
		const lots = lotsOf(db, order);
		const parts = lots.length > 0 ? lots.map(({ id }) => id) : [false];
		orm.unlink(db.relatedMany(move, 'move_line_ids'));
		for (const lot_id of made > 0 ? parts : []) {
			const line = { product_id: order.values.product_id, product_uom_id: order.values.product_uom_id, quantity: made / parts.length };
			orm.create('stock.move.line', { ...line, move_id: move.id, lot_id, picked: true });
		}
	}
	carryOut(orm, finished);
	for (const work of db.relatedMany(order, 'workorder_ids')) if (work.values.state !== 'cancel') db.update(work, { state: 'done' });
	db.update(order, { state: 'done', date_finished: db.timestamp() });
}
