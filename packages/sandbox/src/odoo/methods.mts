import { checkRight, hasGroup, mayUse, type Operation } from './access.mts';
import { accessError, attributeError, notFound, typeError, validationError } from './errors.mts';
import type { Row } from './database.mts';
import { inCompanies, initialOf, type Orm, type Values } from './orm.mts';
import { scheduleActivity } from './activities.mts';
import { setQuantityProducing } from './consumption.mts';
import { escapeHtml } from './html.mts';
import { cancel, changeProductionQuantity, confirm, markDone, reserve, splitByDialog, startSplit, unreserveOrders } from './production-buttons.mts';
import { companiesOf } from './records.mts';
import { applyInventory } from './stock.mts';
import { reserveTransfers, validateTransfers } from './transfers.mts';
import { load, webRead, type Specification } from './web-read.mts';

/** What a method gets: the records it was called on (if any) and its parameters by name. */
interface Invocation {
	orm: Orm;
	model: string;
	rows: Row[];
	params: Values;
	context: Values;
	/** The companies whose records this call may see. */
	companies: ReadonlySet<number>;
	via: string;
}

interface Method {
	/** Called on records: the ids come first (JSON-RPC) or as `ids` (JSON-2). */
	readonly onRecords: boolean;
	/** Names of the parameters in Odoo's order. */
	readonly params: readonly string[];
	/** How many of them have to be given. */
	readonly required?: number;
	/** What the user must be allowed to do with the model. */
	readonly needs?: Operation;
	/** Leaves traces: what the page shows as "from outside". */
	readonly writes: boolean;
	run(call: Invocation): unknown;
}

type More = Partial<Pick<Method, 'writes' | 'required' | 'needs'>>;

const onModel = (params: readonly string[], run: Method['run'], more: More = {}): Method => ({ onRecords: false, params, writes: false, run, ...more });
const onRecords = (params: readonly string[], run: Method['run'], more: More = {}): Method => ({ onRecords: true, params, writes: false, run, ...more });

const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const ids = (rows: readonly Row[]): number[] => rows.map((row) => row.id);

const findBy = ({ params: { domain, offset, limit, order }, context, companies }: Invocation) => ({
	domain,
	offset: Number(offset ?? 0),
	limit: limit ? Number(limit) : undefined,
	order: typeof order === 'string' ? order : undefined,
	archivedToo: context.active_test === false,
	companies,
});

const general: Readonly<Record<string, Method>> = {
	search: onModel(['domain', 'offset', 'limit', 'order'], (call) => ids(call.orm.search(call.model, findBy(call))), { required: 1 }),
	search_count: onModel(['domain', 'limit'], (call) => call.orm.search(call.model, findBy(call)).length, { required: 1 }),
	search_read: onModel(['domain', 'fields', 'offset', 'limit', 'order'], (call) =>
		call.orm.read(call.model, call.orm.search(call.model, findBy(call)), names(call.params.fields)),
	),
	web_search_read: onModel(
		['domain', 'specification', 'offset', 'limit', 'order', 'count_limit'],
		(call) => {
			const { orm, model, params } = call;
			const found = orm.search(model, { ...findBy(call), offset: 0, limit: undefined });
			const { offset, limit } = findBy(call);
			const rows = found.slice(offset, limit ? offset + limit : undefined);
			return { length: found.length, records: webRead(orm.db, rows, params.specification as Specification) };
		},
		{ required: 2 },
	),
	load: onModel(
		['fields', 'data'],
		({ orm, model, params }) => load(orm, model, names(params.fields), params.data as string[][]),
		{ writes: true, needs: 'create', required: 2 },
	),
	read: onRecords(['fields', 'load'], ({ orm, model, rows, params }) => orm.read(model, rows, names(params.fields))),
	create: onModel(['vals_list'], create, { writes: true, needs: 'create' }),
	write: onRecords(
		['vals'],
		({ orm, rows, params }) => {
			if (typeof params.vals !== 'object' || params.vals === null)
				throw typeError("write() missing 1 required positional argument: 'vals'");
			orm.write(rows, params.vals as Values);
			return true;
		},
		{ writes: true, needs: 'write' },
	),
	unlink: onRecords(
		[],
		({ orm, rows }) => {
			orm.unlink(rows);
			return true;
		},
		{ writes: true, needs: 'unlink' },
	),
	fields_get: onModel(['allfields', 'attributes'], fieldsGet),
	default_get: onModel(['fields_list'], ({ orm, model, params }) =>
		Object.fromEntries(
			names(params.fields_list)
				.map((name) => [name, initialOf(orm.db, orm.db.field(model, name))])
				.filter(([, value]) => value !== undefined),
		),
	),
	name_search: onModel(['name', 'domain', 'operator', 'limit'], ({ orm, model, params, companies }) =>
		orm
			.search(model, {
				domain: [
					...(Array.isArray(params.domain) ? params.domain : []),
					...(params.name ? [['display_name', params.operator ?? 'ilike', params.name]] : []),
				],
				limit: Number(params.limit ?? 100),
				companies,
			})
			.map((row) => [row.id, orm.db.displayName(row)]),
	),
	exists: onRecords([], ({ rows }) => ids(rows)),
	check_access_rights: onModel(['operation', 'raise_exception'], hasAccess),
	has_access: onRecords(['operation'], hasAccess),
	activity_schedule: onRecords(
		['act_type_xmlid', 'date_deadline', 'summary', 'note', 'user_id'],
		({ orm, rows, params, via }) => scheduleActivity(orm, rows, params, via),
		{ writes: true },
	),
	message_post: onRecords(['body', 'subject', 'message_type', 'subtype_xmlid'], postMessage, { writes: true }),
};

/** Whether the user may do something with a model. Up to Odoo 17 the method is `check_access_rights`. */
function hasAccess({ orm, model, params }: Invocation): boolean {
	return mayUse(orm.db, model, params.operation as Operation);
}

const button = (run: (call: Invocation) => unknown): Method => onRecords([], run, { writes: true, needs: 'write' });

const special: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
	'mrp.production': {
		action_confirm: button(({ orm, rows }) => confirm(orm, rows)),
		action_assign: button(({ orm, rows }) => reserve(orm, rows)),
		do_unreserve: button(({ orm, rows }) => unreserveOrders(orm, rows)),
		action_cancel: button(({ orm, rows }) => cancel(orm, rows)),
		action_split: button(({ orm, rows }) => startSplit(orm, rows)),
		set_qty_producing: button(({ orm, rows }) => {
			setQuantityProducing(orm, rows);
			return null;
		}),
		button_mark_done: button(({ orm, rows, context }) => {
			checkAnalytic(orm, rows);
			return markDone(orm, rows, context);
		}),
	},
	'mrp.production.split': { action_split: button(({ orm, rows }) => splitByDialog(orm, rows)) },
	'change.production.qty': { change_prod_qty: button(({ orm, rows }) => changeProductionQuantity(orm, rows)) },
	'stock.picking': {
		action_assign: button(({ orm, rows }) => reserveTransfers(orm, rows)),
		button_validate: button(({ orm, rows }) => validateTransfers(orm, rows)),
	},
	'stock.quant': {
		action_apply_inventory: button(({ orm, rows }) => {
			applyInventory(orm, rows);
			return null;
		}),
	},
};

/** Odoo 19 with accounting reads the cost lines of work orders for whoever closes an order, and not everybody may. */
function checkAnalytic({ db }: Orm, orders: readonly Row[]): void {
	if (db.version < 19 || hasGroup(db, 'analytic.group_analytic_accounting')) return;
	if (!orders.some((order) => db.relatedMany(order, 'workorder_ids').length > 0)) return;
	throw accessError('Failed to read field mrp.workorder.wc_analytic_account_line_ids');
}

function create({ orm, model, params }: Invocation): number | number[] {
	const list = params.vals_list ?? {};
	if (Array.isArray(list)) return list.map((values) => orm.create(model, (values ?? {}) as Values).id);
	if (typeof list !== 'object')
		throw typeError(`create() expected a dict or a list of dicts, got ${JSON.stringify(list)}`);
	return orm.create(model, list as Values).id;
}

function fieldsGet({ orm, model, params }: Invocation): Values {
	const wanted = names(params.allfields);
	const attributes = names(params.attributes);
	const answer: Values = {};
	for (const [name, field] of Object.entries(orm.db.fields(model))) {
		if (wanted.length > 0 && !wanted.includes(name)) continue;
		const all: Values = {
			type: field.type,
			string: field.label,
			name,
			required: field.required === true,
			readonly: field.readonly === true,
			store: field.compute === undefined,
			searchable: true,
			sortable: field.compute === undefined,
			...(field.help === undefined ? {} : { help: field.help }),
			...(field.relation === undefined ? {} : { relation: field.relation }),
			...(field.inverse === undefined ? {} : { relation_field: field.inverse }),
			...(field.selection === undefined ? {} : { selection: field.selection }),
		};
		answer[name] =
			attributes.length === 0
				? all
				: Object.fromEntries(Object.entries(all).filter(([key]) => attributes.includes(key)));
	}
	return answer;
}

function postMessage({ orm, model, rows, params, via }: Invocation): number[] {
	const messages = rows.map((row) =>
		orm.create('mail.message', {
			model,
			res_id: row.id,
			subject: params.subject ?? false,
			body: params.body ? `<p>${escapeHtml(String(params.body))}</p>` : '',
			date: orm.db.timestamp(),
		}),
	);
	orm.db.touch('mail.message', ids(messages), via, 'message_post');
	return ids(messages);
}

export interface Call {
	model: string;
	method: string;
	/** JSON-2 gives the ids apart; over JSON-RPC they are the first positional argument. */
	ids?: unknown;
	args: readonly unknown[];
	kwargs: Values;
	/** `model:id` of records that refuse to be written, to the reason. */
	refusals: ReadonlyMap<string, string>;
	/** Name of the protocol, kept with the records that were touched. */
	via: string;
	/** Id of the user who calls. */
	user: number;
}

/** Runs one ORM method for a user, whatever protocol it came by: all of it or nothing. @throws OdooError */
export function callMethod(orm: Orm, call: Call): unknown {
	const { db } = orm;
	return db.transaction(() => {
		const context = (call.kwargs.context ?? {}) as Values;
		const user = db.get('res.users', [call.user])[0];
		const allowed = Array.isArray(context.allowed_company_ids) ? context.allowed_company_ids.map(Number) : undefined;
		const companies = allowed?.filter((id) => companiesOf(db, user).includes(id)) ?? companiesOf(db, user);
		if (allowed && companies.length < allowed.length) throw accessError('Access to unauthorized or invalid companies.');
		db.user = call.user;
		db.company = allowed?.[0] ?? Number(user.values.company_id);
		return run(orm, call, new Set(companies));
	});
}

function run(orm: Orm, call: Call, companies: ReadonlySet<number>): unknown {
	const { db } = orm;
	db.model(call.model);
	if (call.method.startsWith('_')) {
		throw accessError(`Private methods (such as '${call.model}.${call.method}') cannot be called remotely.`);
	}
	const method =
		special[call.model]?.[call.method] ?? (Object.hasOwn(general, call.method) ? general[call.method] : undefined);
	if (!method) {
		throw call.via === 'json2'
			? notFound(`The method '${call.model}.${call.method}' does not exist`)
			: attributeError(db.version === 18 ? `The method '${call.method}' does not exist on the model '${call.model}'` : `The method '${call.model}.${call.method}' does not exist`);
	}
	const { rowIds, params, context } = bind(method, call);
	checkRight(db, call.model, method.needs ?? 'read');
	// A missing record is an empty answer to a read, and an error to everything else.
	const rows = call.method === 'read' || call.method === 'exists' ? db.existing(call.model, rowIds) : db.get(call.model, rowIds);
	if (rows.some((row) => !inCompanies(row, companies))) {
		throw accessError(`You are not allowed to access '${db.model(call.model).label}' (${call.model}) records of this company.`);
	}
	if (method.writes) for (const id of rowIds) checkRefusal(call, id);
	const result = method.run({ ...call, orm, rows, params, context, companies });
	if (method.writes) {
		const touched = method.onRecords ? rowIds : idsIn(result);
		db.touch(call.model, touched, call.via, call.method);
	}
	return result;
}

/** The records that a method made: `create` answers their ids, `load` a report with them. */
const idsIn = (result: unknown): number[] => [(result as { ids?: unknown } | null)?.ids ?? result].flat().map(Number);

function checkRefusal({ model, refusals }: Call, id: number): void {
	const message = refusals.get(`${model}:${id}`);
	if (message !== undefined) throw validationError(message);
}

function bind(method: Method, call: Call): { rowIds: number[]; params: Values; context: Values } {
	const positional = [...call.args];
	const kwargs = { ...call.kwargs };
	const context = (kwargs.context ?? {}) as Values;
	delete kwargs.context;
	let rowIds: number[] = [];
	if (method.onRecords) {
		const given = call.ids ?? kwargs.ids ?? positional.shift();
		delete kwargs.ids;
		rowIds = [given ?? []].flat().map(Number);
		if (rowIds.some((id) => !Number.isInteger(id))) throw typeError(`Invalid ids: ${JSON.stringify(given)}`);
	}
	// name_search called its domain `args` before Odoo 18.
	if (call.method === 'name_search' && kwargs.args !== undefined) {
		kwargs.domain = kwargs.args;
		delete kwargs.args;
	}
	if (positional.length > method.params.length) {
		throw typeError(
			`${call.method}() takes from 1 to ${method.params.length + 1} positional arguments but ${positional.length + 1} were given`,
		);
	}
	const params: Values = {};
	positional.forEach((value, index) => (params[method.params[index] ?? ''] = value));
	for (const [name, value] of Object.entries(kwargs)) {
		if (method.params.includes(name)) params[name] = value;
	}
	const missing = method.params.slice(0, method.required ?? 0).find((name) => params[name] === undefined);
	if (missing !== undefined) throw typeError(`missing a required argument: '${missing}'`);
	const unknown = Object.keys(kwargs).find((name) => !method.params.includes(name));
	if (unknown !== undefined) throw typeError(`got an unexpected keyword argument '${unknown}'`);
	return { rowIds, params, context };
}
