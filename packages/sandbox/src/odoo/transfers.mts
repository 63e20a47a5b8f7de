import type { Row } from './database.mts';
import type { Orm } from './orm.mts';
import { quantity } from './production.mts';
import { assign, carryOut, isClosed } from './stock.mts';

/** Two-step manufacturing: a transfer brings the components from stock to the place before manufacturing. */
export function bringComponents(orm: Orm, order: Row): void {
	const { db } = orm;
	const type = db.related(order, 'picking_type_id');
	const warehouse = type && db.related(type, 'warehouse_id');
	const moves = db.relatedMany(order, 'move_raw_ids').filter((move) => !isClosed(move));
	if (!warehouse || warehouse.values.manufacture_steps === 'mrp_one_step' || moves.length === 0) return;
	const from = warehouse.values.lot_stock_id;
	const to = warehouse.values.pbm_loc_id;
	const picking = orm.create('stock.picking', {
		name: db.next(`${String(warehouse.values.code)}/PC/`, 5, `company ${String(warehouse.values.company_id)}`),
		origin: order.values.name,
		picking_type_id: warehouse.values.pbm_type_id,
		location_id: from,
		location_dest_id: to,
		company_id: order.values.company_id,
	});
	for (const move of moves) {
		const { product_id, product_uom_qty, product_uom, company_id, reference } = move.values;
		const values = { product_id, product_uom_qty, product_uom, company_id, reference, picking_id: picking.id, location_id: from, location_dest_id: to };
		db.update(orm.create('stock.move', values), { state: 'confirmed' });
		db.update(move, { state: 'waiting' });
	}
	db.update(order, { picking_ids: [picking.id] });
	reserveTransfers(orm, [picking]);
}

export function reserveTransfers(orm: Orm, pickings: readonly Row[]): true {
	const { db } = orm;
	for (const picking of pickings) {
		const moves = db.relatedMany(picking, 'move_ids');
		assign(orm, moves);
		const ready = moves.every((move) => isClosed(move) || move.values.state === 'assigned');
		if (!['done', 'cancel'].includes(String(picking.values.state))) db.update(picking, { state: ready ? 'assigned' : 'confirmed' });
	}
	return true;
}

/** Carries a transfer out with what is set aside, and sets it aside for the order at its new place. */
export function validateTransfers(orm: Orm, pickings: readonly Row[]): true {
	const { db } = orm;
	for (const picking of pickings) {
		const moves = db.relatedMany(picking, 'move_ids').filter((move) => !isClosed(move) && quantity(db, move, 'quantity') > 0);
		for (const move of moves) orm.write([move], { picked: true });
		carryOut(orm, moves);
		db.update(picking, { state: 'done' });
		for (const order of db.rows('mrp.production').filter((each) => (db.value(each, 'picking_ids') as number[]).includes(picking.id))) {
			const waiting = db.relatedMany(order, 'move_raw_ids').filter((move) => move.values.state === 'waiting');
			for (const move of waiting) db.update(move, { state: 'confirmed' });
			assign(orm, waiting);
		}
	}
	return true;
}
