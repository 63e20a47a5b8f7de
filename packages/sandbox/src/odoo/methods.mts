import { accessError, attributeError, typeError, validationError } from './errors.mts';
import type { Row } from './database.mts';
import type { Orm, Values } from './orm.mts';
import { scheduleActivity } from './activities.mts';
import { setQuantityProducing } from './consumption.mts';
import { cancel, confirm, markDone, type ComponentSerials } from './production-buttons.mts';

/** What a method gets: the records it was called on (if any) and its parameters by name. */
interface Invocation {
	orm: Orm;
	model: string;
	rows: Row[];
	params: Values;
	context: Values;
	via: string;
	componentSerials: ComponentSerials;
}

interface Method {
	/** Called on records: the ids come first (JSON-RPC) or as `ids` (JSON-2). */
	readonly onRecords: boolean;
	/** Names of the parameters in Odoo's order. */
	readonly params: readonly string[];
	/** Leaves traces: what the page shows as "from outside". */
	readonly writes: boolean;
	run(call: Invocation): unknown;
}

const onModel = (params: readonly string[], run: Method['run'], writes = false): Method => ({
	onRecords: false,
	params,
	writes,
	run,
});
const onRecords = (params: readonly string[], run: Method['run'], writes = false): Method => ({
	onRecords: true,
	params,
	writes,
	run,
});

const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const ids = (rows: readonly Row[]): number[] => rows.map((row) => row.id);

const findBy = ({ params: { domain, offset, limit, order }, context }: Invocation) => ({
	domain,
	offset: Number(offset ?? 0),
	limit: limit ? Number(limit) : undefined,
	order: typeof order === 'string' ? order : undefined,
	archivedToo: context.active_test === false,
});

const general: Readonly<Record<string, Method>> = {
	search: onModel(['domain', 'offset', 'limit', 'order'], (call) => ids(call.orm.search(call.model, findBy(call)))),
	search_count: onModel(['domain', 'limit'], (call) => call.orm.search(call.model, findBy(call)).length),
	search_read: onModel(['domain', 'fields', 'offset', 'limit', 'order'], (call) =>
		call.orm.read(call.model, call.orm.search(call.model, findBy(call)), names(call.params.fields)),
	),
	read: onRecords(['fields', 'load'], ({ orm, model, rows, params }) => orm.read(model, rows, names(params.fields))),
	create: onModel(['vals_list'], create, true),
	write: onRecords(
		['vals'],
		({ orm, rows, params }) => {
			if (typeof params.vals !== 'object' || params.vals === null)
				throw typeError("write() missing 1 required positional argument: 'vals'");
			orm.write(rows, params.vals as Values);
			return true;
		},
		true,
	),
	unlink: onRecords(
		[],
		({ orm, rows }) => {
			orm.unlink(rows);
			return true;
		},
		true,
	),
	fields_get: onModel(['allfields', 'attributes'], fieldsGet),
	default_get: onModel(['fields_list'], ({ orm, model, params }) =>
		Object.fromEntries(
			names(params.fields_list)
				.map((name) => [name, orm.db.field(model, name).initial])
				.filter(([, value]) => value !== undefined),
		),
	),
	name_search: onModel(['name', 'domain', 'operator', 'limit'], ({ orm, model, params }) =>
		orm
			.search(model, {
				domain: [
					...(Array.isArray(params.domain) ? params.domain : []),
					...(params.name ? [['display_name', params.operator ?? 'ilike', params.name]] : []),
				],
				limit: Number(params.limit ?? 100),
			})
			.map((row) => [row.id, orm.db.displayName(row)]),
	),
	exists: onRecords([], ({ rows }) => ids(rows)),
	check_access_rights: onModel(['operation', 'raise_exception'], () => true),
	activity_schedule: onRecords(
		['act_type_xmlid', 'date_deadline', 'summary', 'note', 'user_id'],
		({ orm, rows, params, via }) => scheduleActivity(orm, rows, params, via),
		true,
	),
	message_post: onRecords(['body', 'subject', 'message_type', 'subtype_xmlid'], postMessage, true),
};

const button = (run: (call: Invocation) => unknown): Method => onRecords([], run, true);

const special: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
	'mrp.production': {
		action_confirm: button(({ orm, rows }) => confirm(orm, rows)),
		action_cancel: button(({ orm, rows }) => cancel(orm, rows)),
		set_qty_producing: button(({ orm, rows }) => {
			setQuantityProducing(orm, rows);
			return null;
		}),
		button_mark_done: button(({ orm, rows, context, componentSerials }) =>
			markDone(orm, rows, context, componentSerials),
		),
	},
};

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
			body: params.body ?? '',
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
	componentSerials: ComponentSerials;
}

/** Runs one ORM method, whatever protocol it came by. @throws OdooError */
export function callMethod(orm: Orm, call: Call): unknown {
	const { db } = orm;
	db.model(call.model);
	if (call.method.startsWith('_')) {
		throw accessError(`Private methods (such as '${call.model}.${call.method}') cannot be called remotely.`);
	}
	const method =
		special[call.model]?.[call.method] ?? (Object.hasOwn(general, call.method) ? general[call.method] : undefined);
	if (!method) throw attributeError(`The method '${call.model}.${call.method}' does not exist`);
	const { rowIds, params, context } = bind(method, call);
	const rows = db.get(call.model, rowIds);
	if (method.writes) for (const id of rowIds) checkRefusal(call, id);
	const result = method.run({ ...call, orm, rows, params, context });
	if (method.writes) {
		const touched = method.onRecords ? rowIds : [result].flat().map(Number);
		db.touch(call.model, touched, call.via, call.method);
	}
	return result;
}

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
		if (!method.params.includes(name)) throw typeError(`got an unexpected keyword argument '${name}'`);
		params[name] = value;
	}
	return { rowIds, params, context };
}
