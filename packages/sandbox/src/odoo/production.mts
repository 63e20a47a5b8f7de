import type { Database, Row } from './database.mts';
import { userError, validationError } from './errors.mts';
import type { Orm, Rules } from './orm.mts';
import { cancelMoves } from './stock.mts';
import { convert } from './uom.mts';

export const quantity = (db: Database, row: Row, name: string): number => Number(db.value(row, name));

export const CANNOT_CANCEL_DONE = 'You cannot cancel a manufacturing order that is already done.';

export const openStates = new Set(['confirmed', 'progress', 'to_close']);

/** The lots or serial numbers that an order makes: one up to Odoo 18, a list from 19 on. */
export const lotsOf = (db: Database, order: Row): Row[] =>
	db.version < 19 ? [db.related(order, 'lot_producing_id')].filter((lot) => lot !== undefined) : db.relatedMany(order, 'lot_producing_ids');

export const writeLots = (orm: Orm, order: Row, lots: readonly number[]): void =>
	orm.write([order], orm.db.version < 19 ? { lot_producing_id: lots[0] ?? false } : { lot_producing_ids: [[6, 0, lots]] });

/** In two-step manufacturing: the components have not been brought yet. */
export const waitsForTransfer = (db: Database, order: Row): boolean =>
	db.relatedMany(order, 'picking_ids').some(({ values }) => !['done', 'cancel'].includes(String(values.state)));

/** The one field of a version that ties an order to its backorders. */
export const groupOf = (db: Database): [field: string, model: string] =>
	db.version < 19 ? ['procurement_group_id', 'procurement.group'] : ['production_group_id', 'mrp.production.group'];

export const warehouseOf = (db: Database, company: unknown): Row | undefined =>
	db.rows('stock.warehouse').find((row) => row.values.company_id === company);

/** Where everything goes that is made or used up. */
export const productionLocation = (db: Database, company: unknown): Row | undefined =>
	db.rows('stock.location').find(({ values }) => values.usage === 'production' && values.company_id === company);

const idIn = (value: unknown): number => Number(Array.isArray(value) ? value[0] : value);

/** The rules that Odoo computes by itself when an order is created or written. */
export const productionRules: Rules = {
	defaults(db, values) {
		const product = db.find('product.product', idIn(values.product_id));
		const company = values.company_id === undefined ? db.company : idIn(values.company_id);
		const bom = values.bom_id ? db.find('mrp.bom', idIn(values.bom_id)) : billOf(db, product);
		const type = values.picking_type_id ? db.find('stock.picking.type', idIn(values.picking_type_id)) : db.related(warehouseOf(db, company) ?? missingWarehouse(), 'manu_type_id');
		const warehouse = type && db.related(type, 'warehouse_id');
		return {
			name: db.next(`${String(warehouse?.values.code ?? 'WH')}/MO/`, 5, `company ${company}`),
			date_start: db.timestamp(),
			bom_id: bom?.id ?? false,
			product_uom_id: product?.values.uom_id ?? 1,
			consumption: bom?.values.consumption ?? 'flexible',
			picking_type_id: type?.id,
			location_src_id: type?.values.default_location_src_id,
			location_dest_id: type?.values.default_location_dest_id,
			company_id: company,
		};
	},

	created(orm, order) {
		checkName(orm.db, order);
		checkLots(orm.db, order);
		if (quantity(orm.db, order, 'product_qty') <= 0) {
			throw userError('The quantity to produce must be positive!');
		}
		const [group, model] = groupOf(orm.db);
		if (!order.values[group]) orm.db.update(order, { [group]: orm.create(model, { name: order.values.name }).id });
		if (orm.db.relatedMany(order, 'move_raw_ids').length === 0) makeComponentMoves(orm, order);
		makeFinishedMove(orm, order);
		makeWorkOrders(orm, order);
	},

	changed(orm, order, names) {
		if (names.has('name')) checkName(orm.db, order);
		if (names.has('product_qty') && quantity(orm.db, order, 'product_qty') <= 0) {
			throw userError('The quantity to produce must be positive!');
		}
		checkLots(orm.db, order);
		if (!names.has('state')) refreshState(orm.db, order);
	},

	removing(orm, order) {
		if (order.values.state === 'done') throw userError(orm.db.version < 19 ? 'Cannot delete a manufacturing order in done state.' : CANNOT_CANCEL_DONE);
		const moves = [...orm.db.relatedMany(order, 'move_raw_ids'), ...orm.db.relatedMany(order, 'move_finished_ids')];
		cancelMoves(orm, moves);
		orm.unlink(moves);
	},
};

function missingWarehouse(): never {
	throw userError('This company has no warehouse');
}

const billOf = (db: Database, product: Row | undefined): Row | undefined =>
	db.rows('mrp.bom').find(({ values }) => product && values.product_tmpl_id === product.values.product_tmpl_id && values.active !== false);

/** The same order name may be in each company once. */
function checkName(db: Database, order: Row): void {
	const { name, company_id } = order.values;
	const twin = db.rows('mrp.production').some((other) => other !== order && other.values.name === name && other.values.company_id === company_id);
	if (twin) throw validationError('The operation cannot be completed: Reference must be unique per Company!');
}

/** One lot for an order of a product tracked by lots; serial numbers may be several since Odoo 19. */
function checkLots(db: Database, order: Row): void {
	if (db.value(order, 'product_tracking') === 'lot' && lotsOf(db, order).length > 1) {
		throw userError('You cannot set more than 1 lot');
	}
}

export function refreshState(db: Database, order: Row): void {
	const state = openState(db, order);
	if (state !== order.values.state) db.update(order, { state });
}

function openState(db: Database, order: Row): string {
	const state = String(order.values.state);
	if (!openStates.has(state)) return state;
	const producing = quantity(db, order, 'qty_producing');
	const works = db.relatedMany(order, 'workorder_ids').map((work) => String(work.values.state));
	const worked = works.every((each) => ['done', 'cancel'].includes(each));
	if (works.length > 0 ? worked : producing >= quantity(db, order, 'product_qty')) return 'to_close';
	const picked = db.relatedMany(order, 'move_raw_ids').some((move) => move.values.picked === true);
	return producing > 0 || picked || works.some((each) => ['progress', 'done'].includes(each)) ? 'progress' : 'confirmed';
}

/** Quantity of an order in pieces for one run of its bill. */
function runs(db: Database, order: Row, bom: Row): number {
	const bomUnit = db.related(bom, 'product_uom_id');
	return convert(db, quantity(db, order, 'product_qty'), db.related(order, 'product_uom_id'), bomUnit) / (quantity(db, bom, 'product_qty') || 1);
}

function makeComponentMoves(orm: Orm, order: Row): void {
	const { db } = orm;
	const bom = db.related(order, 'bom_id');
	if (!bom) return;
	for (const line of db.relatedMany(bom, 'bom_line_ids')) {
		const product = db.related(line, 'product_id');
		// In Odoo 17 people say themselves what was used of tracked components.
		const byHand = line.values.manual_consumption === true || (db.version < 18 && product?.values.tracking !== 'none');
		orm.create('stock.move', {
			...movedFor(db, order),
			product_id: line.values.product_id,
			product_uom_qty: quantity(db, line, 'product_qty') * runs(db, order, bom),
			product_uom: line.values.product_uom_id,
			raw_material_production_id: order.id,
			bom_line_id: line.id,
			manual_consumption: byHand,
			location_id: order.values.location_src_id,
			location_dest_id: productionLocation(db, order.values.company_id)?.id,
		});
	}
}

function makeFinishedMove(orm: Orm, order: Row): void {
	const { db } = orm;
	orm.create('stock.move', {
		...movedFor(db, order),
		product_id: order.values.product_id,
		product_uom_qty: order.values.product_qty,
		product_uom: order.values.product_uom_id,
		production_id: order.id,
		location_id: productionLocation(db, order.values.company_id)?.id,
		location_dest_id: order.values.location_dest_id,
	});
}

const movedFor = (db: Database, { values: { name, company_id, date_start } }: Row): Record<string, unknown> => ({
	...(db.version < 19 ? { name } : {}),
	reference: name,
	company_id,
	date: date_start,
});

function makeWorkOrders(orm: Orm, order: Row): void {
	const { db } = orm;
	const bom = db.related(order, 'bom_id');
	for (const operation of bom ? db.relatedMany(bom, 'operation_ids') : []) {
		const { name, workcenter_id } = operation.values;
		orm.create('mrp.workorder', { name, workcenter_id, operation_id: operation.id, production_id: order.id });
	}
}

/** Gives an order another quantity, and with it its moves: what a written `product_qty` does not do. */
export function changeQuantity(orm: Orm, order: Row, wanted: number): void {
	const { db } = orm;
	const factor = wanted / quantity(db, order, 'product_qty');
	for (const name of ['move_raw_ids', 'move_finished_ids']) {
		for (const move of db.relatedMany(order, name)) {
			orm.write([move], { product_uom_qty: quantity(db, move, 'product_uom_qty') * factor });
		}
	}
	orm.write([order], { product_qty: wanted });
}
