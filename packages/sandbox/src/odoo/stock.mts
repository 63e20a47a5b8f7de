import type { Database, Row } from './database.mts';
import { userError } from './errors.mts';
import type { Orm } from './orm.mts';
import { convert, round } from './uom.mts';

/** Where things lie (quants), what is set aside there, and what moves do to both. */

const number = (db: Database, row: Row, name: string): number => Number(db.value(row, name));
const idOf = (row: Row | undefined): number | false => row?.id ?? false;

export const isClosed = (move: Row): boolean => ['done', 'cancel'].includes(String(move.values.state));

/** Only storable products have stock. */
export function isStorable(db: Database, product: Row | undefined): boolean {
	const template = product && db.related(product, 'product_tmpl_id');
	const { values } = template ?? product ?? { values: {} as Record<string, unknown> };
	return db.version < 18 ? values.detailed_type === 'product' : values.is_storable === true;
}

const isInside = (location: Row | undefined): boolean => ['internal', 'transit'].includes(String(location?.values.usage));

/** The location and all below it. */
export function locationsUnder(db: Database, location: Row): Row[] {
	const below = db.relatedMany(location, 'child_ids');
	return [location, ...below.flatMap((child) => locationsUnder(db, child))];
}

function quantAt(orm: Orm, product: Row, location: Row, lot: Row | undefined): Row {
	const { db } = orm;
	const found = db
		.relatedMany(product, 'stock_quant_ids')
		.find(({ values }) => values.location_id === location.id && (values.lot_id || false) === idOf(lot));
	if (found) return found;
	const company_id = location.values.company_id ?? false;
	const values = { product_id: product.id, location_id: location.id, lot_id: idOf(lot), company_id, in_date: db.timestamp() };
	return orm.create('stock.quant', values);
}

/** Changes what lies at a place. It may go below zero, as in Odoo. */
export function addToStock(orm: Orm, product: Row, location: Row, lot: Row | undefined, quantity: number): void {
	const quant = quantAt(orm, product, location, lot);
	orm.db.update(quant, { quantity: round(number(orm.db, quant, 'quantity') + quantity) });
}

/** Kept with a line, outside of its fields: what it has set aside, so that exactly that comes free again. */
const HELD = '#held';

/** Makes what is set aside on the quants agree with a line of a move that is not closed. */
export function holdStock(orm: Orm, line: Row, gone = false): void {
	const { db } = orm;
	const before = line.values[HELD] as { quant: Row; quantity: number } | undefined;
	const change = (quant: Row, quantity: number) =>
		db.update(quant, { reserved_quantity: round(number(db, quant, 'reserved_quantity') + quantity) });
	if (before) change(before.quant, -before.quantity);
	const move = db.related(line, 'move_id');
	const product = db.related(line, 'product_id');
	const location = db.related(line, 'location_id');
	const open = move && !isClosed(move) && move.values.state !== 'draft';
	const quantity = number(db, line, 'quantity_product_uom');
	const holds = !gone && open && product && location && isInside(location) && isStorable(db, product) && quantity !== 0;
	if (!holds) {
		if (before) db.update(line, { [HELD]: undefined });
		return;
	}
	const quant = quantAt(orm, product, location, db.related(line, 'lot_id'));
	change(quant, quantity);
	db.update(line, { [HELD]: { quant, quantity } });
}

/** What could still be set aside under a location, the oldest first. */
function freeQuants(db: Database, product: Row, location: Row): Array<{ quant: Row; free: number }> {
	const places = new Set(locationsUnder(db, location).map(({ id }) => id));
	return db
		.relatedMany(product, 'stock_quant_ids')
		.filter(({ values }) => places.has(Number(values.location_id)))
		.map((quant) => ({ quant, free: number(db, quant, 'quantity') - number(db, quant, 'reserved_quantity') }))
		.filter(({ free }) => free > 0);
}

/**
 * Sets stock aside for moves: lines that nobody picked, one for each serial number. What is not storable is always there.
 * A move that waits for a transfer gets what lies in its own place, as everybody does.
 */
export function assign(orm: Orm, moves: readonly Row[]): void {
	const { db } = orm;
	for (const move of moves) {
		if (isClosed(move) || move.values.state === 'draft' || move.values.picked === true) continue;
		const product = db.related(move, 'product_id');
		const location = db.related(move, 'location_id');
		const unit = product && db.related(product, 'uom_id');
		if (!product || !location) continue;
		let missing = convert(db, number(db, move, 'product_uom_qty') - number(db, move, 'quantity'), db.related(move, 'product_uom'), unit);
		const line = (quantity: number, quant?: Row): void => {
			const place = quant ? { lot_id: quant.values.lot_id, location_id: quant.values.location_id } : {};
			orm.create('stock.move.line', { move_id: move.id, product_id: product.id, product_uom_id: idOf(unit), quantity, picked: false, ...place });
		};
		if (!isStorable(db, product) || !isInside(location)) {
			if (missing > 0) line(missing);
		} else {
			for (const { quant, free } of freeQuants(db, product, location)) {
				const taken = Math.min(free, missing);
				if (taken <= 0) break;
				line(taken, quant);
				missing = round(missing - taken);
			}
		}
		settle(db, move);
	}
}

/** State of an open move, by what is set aside or picked for it. */
export function settle(db: Database, move: Row): void {
	if (isClosed(move) || move.values.state === 'draft') return;
	const there = number(db, move, 'quantity');
	const wanted = number(db, move, 'product_uom_qty');
	const waits = move.values.state === 'waiting';
	const state = there >= wanted ? 'assigned' : there > 0 ? 'partially_available' : waits ? 'waiting' : 'confirmed';
	if (state !== move.values.state) db.update(move, { state });
}

export function unreserve(orm: Orm, moves: readonly Row[]): void {
	for (const move of moves.filter((each) => !isClosed(each))) {
		orm.unlink(orm.db.relatedMany(move, 'move_line_ids').filter((line) => line.values.picked !== true));
		settle(orm.db, move);
	}
}

export function cancelMoves(orm: Orm, moves: readonly Row[]): void {
	for (const move of moves.filter((each) => !isClosed(each))) {
		orm.unlink(orm.db.relatedMany(move, 'move_line_ids'));
		orm.db.update(move, { state: 'cancel' });
	}
}

/**
 * Carries moves out: lines that nobody picked go when others were picked, the rest changes what lies where.
 * @throws OdooError when a tracked product has a line without its number
 */
export function carryOut(orm: Orm, moves: readonly Row[]): void {
	const { db } = orm;
	for (const move of moves.filter((each) => !isClosed(each))) {
		const lines = db.relatedMany(move, 'move_line_ids');
		const picked = lines.filter((line) => line.values.picked === true && number(db, line, 'quantity') !== 0);
		// Lines that carry nothing are deleted: a number on one would count as used up.
		orm.unlink(lines.filter((line) => !picked.includes(line)));
		checkNumbers(db, move, picked);
		for (const line of picked) transfer(orm, line);
		db.update(move, { state: picked.length > 0 ? 'done' : 'cancel', picked: picked.length > 0, date: db.timestamp() });
	}
}

function checkNumbers(db: Database, move: Row, lines: readonly Row[]): void {
	const product = db.related(move, 'product_id');
	if (!product || db.value(move, 'has_tracking') === 'none') return;
	if (lines.every((line) => typeof line.values.lot_id === 'number')) return;
	throw userError(`You need to supply a Lot/Serial Number for product:\n${db.displayName(product)}`);
}

function transfer(orm: Orm, line: Row): void {
	const { db } = orm;
	holdStock(orm, line, true);
	const product = db.related(line, 'product_id');
	const lot = db.related(line, 'lot_id');
	const quantity = number(db, line, 'quantity_product_uom');
	if (!product || !isStorable(db, product)) return;
	const [from, to] = [db.related(line, 'location_id'), db.related(line, 'location_dest_id')];
	if (from) addToStock(orm, product, from, lot, -quantity);
	if (to) addToStock(orm, product, to, lot, quantity);
}

/** An inventory: what was counted lies there now. */
export function applyInventory(orm: Orm, quants: readonly Row[]): void {
	for (const quant of quants) {
		if (quant.values.inventory_quantity_set !== true) continue;
		orm.db.update(quant, { quantity: number(orm.db, quant, 'inventory_quantity'), inventory_quantity: 0, inventory_quantity_set: false });
	}
}
