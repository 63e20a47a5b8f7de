import type { Database, Row } from './database.mts';
import { userError, validationError } from './errors.mts';
import { setQuantityDone } from './consumption.mts';
import { customFieldMade, companyMade, htmlMade, inventoryCounted, userMade, warehouseMade } from './records.mts';
import type { Orm, Rules, Values } from './orm.mts';
import { productionRules, refreshState } from './production.mts';
import { holdStock, isClosed, settle } from './stock.mts';

const sameLots = (db: Database, product: unknown, name: unknown): Row[] =>
	db.pointing('stock.lot', 'product_id', Number(product)).filter((lot) => lot.values.name === name);

/** Serial numbers are unique per product: the rule that makes a repeated "create lot" visible. */
function checkUniqueLot(db: Database, lot: Row): void {
	const twin = sameLots(db, lot.values.product_id, lot.values.name).find((other) => other.id !== lot.id);
	if (!twin) return;
	const product = db.related(lot, 'product_id');
	const shown = product ? db.displayName(product) : '';
	throw validationError(
		db.version < 18
			? `The combination of serial number and product must be unique across a company.\nFollowing combination contains duplicates:\n - Product: ${shown}, Serial Number: ${String(lot.values.name)}`
			: 'The combination of lot/serial number and product must be unique within a company including when no company is defined.\n' +
					`The following combinations contain duplicates:\n - Product: ${shown}, Lot/Serial Number: ${String(lot.values.name)}`,
	);
}

/** A line has what its move has, and sets stock aside. One picked line makes the move picked. */
function lineMade(orm: Orm, line: Row, given: ReadonlySet<string>): void {
	const { db } = orm;
	const move = db.related(line, 'move_id');
	if (!move) return;
	const { product_id, product_uom, location_id, location_dest_id, company_id, picked } = move.values;
	const missing = { product_id, product_uom_id: product_uom, location_id, location_dest_id, company_id };
	db.update(line, Object.fromEntries(Object.entries(missing).filter(([name]) => !line.values[name])));
	if (!given.has('picked')) db.update(line, { picked: picked === true });
	lineChanged(orm, line);
}

function lineChanged(orm: Orm, line: Row): void {
	const { db } = orm;
	const move = db.related(line, 'move_id');
	if (!move || isClosed(move)) return;
	if (line.values.lot_id === undefined && typeof line.values.lot_name === 'string') linkLotByName(orm, line);
	const lot = db.related(line, 'lot_id');
	if (lot && lot.values.product_id !== line.values.product_id) {
		const product = db.related(line, 'product_id');
		const name = product ? db.displayName(product) : '';
		throw validationError(`This lot ${String(lot.values.name)} is incompatible with this product ${name}`);
	}
	holdStock(orm, line);
	linesCounted(orm, move, db.relatedMany(move, 'move_line_ids'));
}

function linesCounted({ db }: Orm, move: Row, lines: readonly Row[]): void {
	if (isClosed(move)) return;
	const picked = lines.some((line) => line.values.picked === true);
	if (picked !== move.values.picked) db.update(move, { picked });
	settle(db, move);
	const order = db.related(move, 'raw_material_production_id');
	if (order) refreshState(db, order);
}

function lineGoes(orm: Orm, line: Row): void {
	const move = orm.db.related(line, 'move_id');
	if (move && isClosed(move)) {
		throw userError('You can not delete product moves if the picking is done. You can only correct the done quantities.');
	}
	holdStock(orm, line, true);
}

function lineGone(orm: Orm, line: Row): void {
	const move = orm.db.related(line, 'move_id');
	if (move) linesCounted(orm, move, orm.db.relatedMany(move, 'move_line_ids'));
}

/** Ticking off a move ticks off all its lines; a written quantity is shared out among them. */
function moveChanged(orm: Orm, move: Row, names: ReadonlySet<string>, _before: Values, given: Values): void {
	const { db } = orm;
	if (names.has('quantity') && !isClosed(move)) setQuantityDone(orm, move, Number(given.quantity));
	if (names.has('picked') && !names.has('move_line_ids')) {
		const picked = given.picked === true;
		for (const line of db.relatedMany(move, 'move_line_ids')) if (line.values.picked !== picked) orm.write([line], { picked });
		// A move without lines keeps what was written.
		if (move.values.picked !== picked) db.update(move, { picked });
	}
	settle(db, move);
	const order = db.related(move, 'raw_material_production_id');
	if (order) refreshState(db, order);
}

function linkLotByName(orm: Orm, line: Row): void {
	const { lot_name: name, product_id: product } = line.values;
	const lot = sameLots(orm.db, product, name)[0] ?? orm.create('stock.lot', { name, product_id: product });
	orm.db.update(line, { lot_id: lot.id });
}

/** Fields that a variant has through its template (`_inherits` in Odoo): both show the same value. */
const ofTemplate = (name: string): boolean =>
	[
		'name', 'type', 'detailed_type', 'is_storable', 'tracking', 'list_price', 'standard_price', 'uom_id', 'categ_id', 'description', 'company_id',
	].includes(name) || name.startsWith('x_');

const given = (row: Row, names: ReadonlySet<string>, wanted: (name: string) => boolean): Record<string, unknown> =>
	Object.fromEntries([...names].filter(wanted).map((name) => [name, row.values[name]]));

/** No two active products have one barcode. */
function checkUniqueBarcode(db: Database, products: readonly Row[]): void {
	for (const { values } of products.filter((product) => product.values.barcode)) {
		const same = db.rows('product.product').filter((other) => other.values.barcode === values.barcode && other.values.active !== false);
		if (same.length < 2) continue;
		const names = same.map((other) => db.displayName(other));
		const shown = db.version < 18 ? names.join(', ') : [names.slice(0, -1).join(', '), names.at(-1)].join(' and ');
		throw validationError(
			`Barcode(s) already assigned:\n\n- Barcode "${String(values.barcode)}" already assigned to product(s): ${shown}\n\nNote: products that you don't have access to will not be shown above.`,
		);
	}
}

/** What is written to a variant and belongs to its template is written there, and so to the other variants. */
function shareWithTemplate({ db }: Orm, product: Row, names: ReadonlySet<string>): void {
	if (names.has('barcode')) checkUniqueBarcode(db, [product]);
	const template = db.related(product, 'product_tmpl_id');
	const shared = given(product, names, ofTemplate);
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
	if (names.has('barcode')) checkUniqueBarcode(db, variants);
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
	'stock.move': { changed: moveChanged },
	'stock.move.line': { created: lineMade, changed: lineChanged, removing: lineGoes, removed: lineGone },
	'stock.quant': { created: inventoryCounted, changed: inventoryCounted },
	'stock.warehouse': { created: warehouseMade },
	'res.company': { created: companyMade },
	'res.users': { created: userMade },
	'ir.model.fields': { created: customFieldMade },
	'mail.message': { created: htmlMade, changed: htmlMade },
	'product.product': {
		// A variant created without a template gets one, as in Odoo.
		created: (orm, product) => {
			if (product.values.product_tmpl_id !== undefined) return;
			const { default_code, barcode, active } = product.values;
			const own = given(product, new Set(Object.keys(product.values)), ofTemplate);
			const template = orm.create('product.template', { ...own, default_code, active });
			const variant = orm.db.relatedMany(template, 'product_variant_ids').find((other) => other.id !== product.id);
			if (variant) orm.db.remove(variant);
			orm.db.update(template, { barcode });
			orm.db.update(product, { product_tmpl_id: template.id });
			checkUniqueBarcode(orm.db, [product]);
		},
		changed: shareWithTemplate,
	},
	'product.template': {
		created: (orm, template) => {
			const { default_code, barcode, active } = template.values;
			const own = given(template, new Set(Object.keys(template.values)), ofTemplate);
			const product = orm.create('product.product', { ...own, default_code, barcode, active, product_tmpl_id: template.id });
			checkUniqueBarcode(orm.db, [product]);
		},
		changed: shareWithVariants,
	},
};
