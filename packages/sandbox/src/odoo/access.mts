import type { Database, Row } from './database.mts';
import { administrator } from './database.mts';
import { accessError } from './errors.mts';

/** Groups of users, by the names that stay the same in every Odoo, with what they bring along. */
export const groups: ReadonlyArray<{ id: string; name: string; implies?: readonly string[] }> = [
	{ id: 'base.group_user', name: 'Role / User' },
	{ id: 'base.group_erp_manager', name: 'Access Rights' },
	{ id: 'base.group_system', name: 'Role / Administrator', implies: ['base.group_erp_manager'] },
	{ id: 'stock.group_stock_user', name: 'Inventory / User' },
	{ id: 'stock.group_stock_manager', name: 'Inventory / Administrator', implies: ['stock.group_stock_user'] },
	{ id: 'mrp.group_mrp_user', name: 'Manufacturing / User' },
	{ id: 'mrp.group_mrp_manager', name: 'Manufacturing / Administrator', implies: ['mrp.group_mrp_user'] },
	{ id: 'product.group_product_manager', name: 'Products / Create' },
	{ id: 'analytic.group_analytic_accounting', name: 'Analytic Accounting' },
];

export type Operation = 'read' | 'write' | 'create' | 'unlink';

const operations: readonly Operation[] = ['read', 'write', 'create', 'unlink'];
const letters = 'rwcu';

const stockUser = 'stock.group_stock_user';
const stockManager = 'stock.group_stock_manager';
const mrpUser = 'mrp.group_mrp_user';
const mrpManager = 'mrp.group_mrp_manager';
const everybody = 'base.group_user';

/** Up to 18 the administrators of Inventory and Manufacturing make products, from 19 on only "Products / Create". */
const products = (version: number): Readonly<Record<string, string>> => ({
	[everybody]: 'r',
	'product.group_product_manager': 'rwcu',
	...(version < 19 ? { [stockManager]: 'rwcu', [mrpManager]: 'rwcu' } : {}),
});

/** Who may do what with the records of a model: read, write, create, unlink. Models that are not here are open to all. */
const rights = (version: number): Readonly<Record<string, Readonly<Record<string, string>>>> => ({
	'mrp.production': { [mrpUser]: 'rwcu', [stockUser]: 'r' },
	'mrp.bom': { [mrpUser]: 'r', [mrpManager]: 'rwcu', [stockUser]: 'r' },
	'mrp.bom.line': { [mrpUser]: 'r', [mrpManager]: 'rwcu', [stockUser]: 'r' },
	'mrp.workorder': { [mrpUser]: 'rwcu' },
	'mrp.workcenter': { [mrpUser]: 'r', [mrpManager]: 'rwcu' },
	'mrp.routing.workcenter': { [mrpUser]: 'r', [mrpManager]: 'rwcu' },
	'mrp.production.split': { [mrpUser]: 'rwc' },
	'mrp.production.split.line': { [mrpUser]: 'rwcu' },
	'change.production.qty': { [mrpUser]: 'rwc' },
	'stock.move': { [mrpUser]: 'rwcu', [stockUser]: 'rwc' },
	'stock.move.line': { [everybody]: 'rwcu' },
	'stock.lot': { [stockUser]: 'rwcu' },
	'stock.quant': { [everybody]: 'r', [stockUser]: 'rwc' },
	'stock.location': { [everybody]: 'r', [stockManager]: 'rwcu' },
	'stock.warehouse': { [everybody]: 'r', [stockManager]: 'rwcu' },
	'stock.picking': { [stockUser]: 'rwcu' },
	'stock.picking.type': { [everybody]: 'r', [stockManager]: 'rwcu' },
	'product.product': products(version),
	'product.template': products(version),
	'product.category': products(version),
	'uom.uom': products(version),
	'res.users': { [everybody]: 'r', 'base.group_erp_manager': 'rwcu' },
	'res.company': { [everybody]: 'r', 'base.group_erp_manager': 'rwcu' },
	'res.groups': { [everybody]: 'r', 'base.group_erp_manager': 'rwcu' },
	'ir.model': { 'base.group_erp_manager': 'rwcu' },
	'ir.model.fields': { 'base.group_erp_manager': 'rwcu' },
});

const verbs: Readonly<Record<Operation, string>> = { read: 'access', write: 'modify', create: 'create', unlink: 'delete' };

export const groupsField = (db: Database): string => (db.version < 19 ? 'groups_id' : 'group_ids');

/** The groups of a user with all that they bring along. */
export function groupsOf(db: Database, user: Row | undefined): Set<string> {
	const names = new Set<string>();
	const add = (id: string): void => {
		names.add(id);
		groups.find((group) => group.id === id)?.implies?.forEach(add);
	};
	for (const group of user ? db.relatedMany(user, groupsField(db)) : []) add(groups[group.id - 1].id);
	return names;
}

export const hasGroup = (db: Database, group: string): boolean =>
	db.user === administrator || groupsOf(db, db.find('res.users', db.user)).has(group);

/** The groups that may do something with a model; undefined = everybody. */
function allowedGroups(db: Database, model: string, operation: Operation): string[] | undefined {
	const allowed = rights(db.version)[model];
	const letter = letters[operations.indexOf(operation)];
	return allowed && Object.keys(allowed).filter((group) => allowed[group].includes(letter));
}

export function mayUse(db: Database, model: string, operation: Operation): boolean {
	const may = db.user === administrator ? undefined : allowedGroups(db, model, operation);
	if (!may) return true;
	const own = groupsOf(db, db.find('res.users', db.user));
	return may.some((group) => own.has(group));
}

/** @throws OdooError (403) when the user who calls may not do this with records of this model */
export function checkRight(db: Database, model: string, operation: Operation): void {
	if (mayUse(db, model, operation)) return;
	const names = (allowedGroups(db, model, operation) ?? []).map((id) => `\t- ${groups.find((group) => group.id === id)?.name ?? id}`);
	throw accessError(
		`You are not allowed to ${verbs[operation]} '${db.model(model).label}' (${model}) records.\n\n` +
			`This operation is allowed for the following groups:\n${names.join('\n')}\n\n` +
			'Contact your administrator to request access if necessary.',
	);
}
