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

/** The quantity of a component's move is the sum of its lines; one picked line makes the move picked. */
function countLine(orm: Orm, line: Row): void {
	const { db } = orm;
	const move = db.related(line, 'move_id');
	if (!move || move.values.state === 'done') return;
	if (line.values.product_id === undefined) db.update(line, { product_id: move.values.product_id });
	if (line.values.lot_id === undefined && typeof line.values.lot_name === 'string') linkLotByName(orm, line);
	const lot = db.related(line, 'lot_id');
	if (lot && lot.values.product_id !== line.values.product_id) {
		const product = db.related(line, 'product_id');
		const name = product ? db.displayName(product) : '';
		throw validationError(`This lot ${String(lot.values.name)} is incompatible with this product ${name}`);
	}
	recount(orm, move, db.relatedMany(move, 'move_line_ids'));
}

function recount(orm: Orm, move: Row, lines: readonly Row[]): void {
	const { db } = orm;
	if (['done', 'cancel'].includes(String(move.values.state))) return;
	const quantity = lines.reduce((sum, line) => sum + Number(db.value(line, 'quantity')), 0);
	db.update(move, { quantity, picked: lines.some((line) => line.values.picked === true) });
	const order = db.related(move, 'raw_material_production_id');
	if (order) productionRules.changed?.(orm, order, new Set());
}

function lineGone(orm: Orm, line: Row): void {
	const move = orm.db.related(line, 'move_id');
	if (move) recount(orm, move, orm.db.relatedMany(move, 'move_line_ids').filter((other) => other.id !== line.id));
}

/** Ticking off a move ticks off all its lines. */
function pickLines(orm: Orm, move: Row, names: ReadonlySet<string>): void {
	if (!names.has('picked') || names.has('move_line_ids')) return;
	const { picked } = move.values;
	for (const line of orm.db.relatedMany(move, 'move_line_ids')) {
		if (line.values.picked !== picked) orm.write([line], { picked });
	}
	const order = orm.db.related(move, 'raw_material_production_id');
	if (order) productionRules.changed?.(orm, order, new Set());
}

function linkLotByName(orm: Orm, line: Row): void {
	const { lot_name: name, product_id: product } = line.values;
	const lot = sameLots(orm.db, product, name)[0] ?? orm.create('stock.lot', { name, product_id: product });
	orm.db.update(line, { lot_id: lot.id });
}

/** Fields that a variant has through its template (`_inherits` in Odoo): both show the same value. */
const ofTemplate = (name: string): boolean =>
	['name', 'type', 'tracking', 'list_price', 'uom_id', 'categ_id', 'description'].includes(name) || name.startsWith('x_');

const given = (row: Row, names: ReadonlySet<string>, wanted: (name: string) => boolean): Record<string, unknown> =>
	Object.fromEntries([...names].filter(wanted).map((name) => [name, row.values[name]]));

/** What is written to a variant and belongs to its template is written there, and so to the other variants. */
function shareWithTemplate({ db }: Orm, product: Row, names: ReadonlySet<string>): void {
	const template = db.related(product, 'product_tmpl_id');
	const shared = given(product, names, (name) => ofTemplate(name) && name !== 'x_start_quantity');
	if (!template || Object.keys(shared).length === 0) return;
	db.update(template, shared);
	for (const variant of db.relatedMany(template, 'product_variant_ids')) db.update(variant, shared);
}

/** An archived template archives its variants, an active one brings them back; a single variant has its reference. */
function shareWithVariants({ db }: Orm, template: Row, names: ReadonlySet<string>): void {
	const variants = db.relatedMany(template, 'product_variant_ids');
	const own = variants.length === 1 ? ['active', 'default_code', 'barcode'] : ['active'];
	const shared = given(template, names, (name) => ofTemplate(name) || own.includes(name));
	if (Object.keys(shared).length > 0) for (const variant of variants) db.update(variant, shared);
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
	'stock.move': { changed: pickLines },
	'stock.move.line': { created: countLine, changed: countLine, removing: lineGone },
	'product.product': {
		// A variant created without a template gets one, as in Odoo.
		created: (orm, product) => {
			if (product.values.product_tmpl_id !== undefined) return;
			const { name, default_code, tracking, list_price } = product.values;
			const own = given(product, new Set(Object.keys(product.values)), (field) => field.startsWith('x_'));
			const template = orm.create('product.template', { ...own, name, default_code, tracking, list_price });
			const variant = orm.db.relatedMany(template, 'product_variant_ids').find((other) => other.id !== product.id);
			if (variant) orm.db.remove(variant);
			orm.db.update(product, { product_tmpl_id: template.id });
		},
		changed: shareWithTemplate,
	},
	'product.template': {
		created: (orm, template) => {
			const { name, default_code, tracking, list_price } = template.values;
			const own = given(template, new Set(Object.keys(template.values)), (field) => field.startsWith('x_'));
			orm.create('product.product', { ...own, name, default_code, tracking, list_price, product_tmpl_id: template.id });
		},
		changed: shareWithVariants,
	},
};
