import type { Database, Row } from './database.mts';
import { userError, validationError } from './errors.mts';
import type { Orm, Rules } from './orm.mts';
import { productionRules } from './production.mts';

const sameLots = (db: Database, product: unknown, name: unknown): Row[] =>
	db.pointing('stock.lot', 'product_id', Number(product)).filter((lot) => lot.values.name === name);

/** Serial numbers are unique per product: the rule that makes a repeated "create lot" visible. */
function checkUniqueLot(db: Database, lot: Row): void {
	const twin = sameLots(db, lot.values.product_id, lot.values.name).find((other) => other.id !== lot.id);
	if (!twin) return;
	const product = db.related(lot, 'product_id');
	throw validationError(
		'The combination of lot/serial number and product must be unique within a company including when no company is defined.\n' +
			'The following combinations contain duplicates:\n' +
			` - Product: ${product ? db.displayName(product) : ''}, Lot/Serial Number: ${String(lot.values.name)}`,
	);
}

/** A line written to a component's move counts as consumed quantity of that move. */
function countLine(orm: Orm, line: Row): void {
	const { db } = orm;
	const move = db.related(line, 'move_id');
	if (!move || move.values.state === 'done') return;
	if (line.values.product_id === undefined) db.update(line, { product_id: move.values.product_id });
	if (line.values.lot_id === undefined && typeof line.values.lot_name === 'string') linkLotByName(orm, line);
	const quantity = db
		.relatedMany(move, 'move_line_ids')
		.reduce((sum, other) => sum + Number(db.value(other, 'quantity')), 0);
	db.update(move, { quantity, picked: true });
	const order = db.related(move, 'raw_material_production_id');
	if (order) productionRules.changed?.(orm, order, new Set());
}

function linkLotByName(orm: Orm, line: Row): void {
	const { lot_name: name, product_id: product } = line.values;
	const lot = sameLots(orm.db, product, name)[0] ?? orm.create('stock.lot', { name, product_id: product });
	orm.db.update(line, { lot_id: lot.id });
}

export const rules: Readonly<Record<string, Rules>> = {
	'mrp.production': productionRules,
	'stock.lot': {
		created: ({ db }, lot) => checkUniqueLot(db, lot),
		changed: ({ db }, lot) => checkUniqueLot(db, lot),
		removing: ({ db }, lot) => {
			if (db.relatedMany(lot, 'move_line_ids').length > 0)
				throw userError(`You cannot delete the lot ${String(lot.values.name)}: it has stock moves.`);
		},
	},
	'stock.move.line': { created: countLine, changed: countLine },
	'product.product': {
		// A variant created without a template gets one, as in Odoo.
		created: (orm, product) => {
			if (product.values.product_tmpl_id !== undefined) return;
			const { name, default_code, tracking, list_price } = product.values;
			const template = orm.create('product.template', { name, default_code, tracking, list_price });
			const variant = orm.db.relatedMany(template, 'product_variant_ids').find((other) => other.id !== product.id);
			if (variant) orm.db.remove(variant);
			orm.db.update(product, { product_tmpl_id: template.id });
		},
	},
	'product.template': {
		created: (orm, template) => {
			const { name, default_code, tracking, list_price } = template.values;
			orm.create('product.product', { name, default_code, tracking, list_price, product_tmpl_id: template.id });
		},
	},
};
