import { groups, groupsField } from './access.mts';
import type { Database, Row } from './database.mts';
import { administrator } from './database.mts';
import { validationError } from './errors.mts';
import type { FieldType } from './fields.mts';
import { sanitizeHtml } from './html.mts';
import type { Orm } from './orm.mts';

/** What Odoo makes by itself beside records of the models that surround manufacturing. */

/** The body of a message is HTML, whatever was written into it. */
export function htmlMade({ db }: Orm, message: Row): void {
	const { body } = message.values;
	if (typeof body === 'string' && sanitizeHtml(body) !== body) db.update(message, { body: sanitizeHtml(body) });
}

/** Only fields that somebody added exist: their names start with `x_`. */
export function customFieldMade({ db }: Orm, field: Row): void {
	const { name, field_description: label, ttype } = field.values;
	if (!/^x_\w+$/.test(String(name))) throw validationError("Custom fields must have a name that starts with 'x_'!");
	const model = String(db.value(field, 'model'));
	const added = { type: ttype as FieldType, label: String(label ?? name) };
	db.addField(model, String(name), added);
	// Variants show what their template has.
	if (model === 'product.template') db.addField('product.product', String(name), added);
}

/** A counted quantity waits until the inventory is applied. One place, product and lot have one quant. */
export function inventoryCounted({ db }: Orm, quant: Row, names: ReadonlySet<string>): void {
	if (names.has('inventory_quantity')) db.update(quant, { inventory_quantity_set: true });
	const place = db.related(quant, 'location_id');
	if (quant.values.company_id === undefined && place) db.update(quant, { company_id: place.values.company_id });
}

/** A warehouse brings its places and the kinds of operation. */
export function warehouseMade(orm: Orm, warehouse: Row): void {
	const { db } = orm;
	const { code, company_id } = warehouse.values;
	const view = orm.create('stock.location', { name: code, usage: 'view', company_id });
	const place = (name: string): number => orm.create('stock.location', { name, location_id: view.id, company_id }).id;
	const stock = place('Stock');
	const before = place('Pre-Production');
	const twoSteps = warehouse.values.manufacture_steps !== 'mrp_one_step';
	const type = (name: string, kind: string, sequence_code: string, from: number): number =>
		orm.create('stock.picking.type', {
			name,
			code: kind,
			sequence_code,
			warehouse_id: warehouse.id,
			company_id,
			default_location_src_id: from,
			default_location_dest_id: stock,
		}).id;
	db.update(warehouse, {
		view_location_id: view.id,
		lot_stock_id: stock,
		pbm_loc_id: before,
		pbm_type_id: type('Pick Components', 'internal', 'PC', stock),
		manu_type_id: type('Manufacturing', 'mrp_operation', 'MO', twoSteps ? before : stock),
	});
}

/** Each company has its own place for what is made and used up. */
export function companyMade(orm: Orm, company: Row): void {
	orm.create('stock.location', { name: 'Production', usage: 'production', company_id: company.id });
}

export function userMade({ db }: Orm, user: Row): void {
	const own = db.value(user, 'company_ids') as number[];
	if (own.length === 0) db.update(user, { company_ids: [user.values.company_id] });
	if (user.id === administrator) db.update(user, { [groupsField(db)]: groups.map((_, index) => index + 1) });
}

/** The companies that a user may see. */
export const companiesOf = (db: Database, user: Row): number[] => db.value(user, 'company_ids') as number[];
