import type { IncomingHttpHeaders } from 'node:http';
import { invalidParameter, NetSuiteError, noSuchRecord, userError } from './errors.mts';
import { compileFilter } from './filter.mts';
import {
	changeWorkOrder,
	fillWorkOrder,
	madeFrom,
	refuseKnownExternalId,
	takeBack,
	transform,
	type PlantRules,
} from './manufacturing.mts';
import { hrefOf, renderPage, renderRecord, renderSublist, self, type View } from './render.mts';
import { recordType, recordTypes, type RecordType } from './schema.mts';
import type { Row, Store, Values } from './store.mts';
import { checkRequired, toStored, type WriteOptions } from './write.mts';

export interface RestRequest {
	method: string;
	/** Path below `/services/rest/record/v1/`, decoded per segment. */
	segments: readonly string[];
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	body: unknown;
	/** Address of the record service as the client called it. */
	base: string;
}

export interface RestAnswer {
	status: number;
	body?: unknown;
	/** Header `Location` of a written record. */
	location?: string;
	headers?: Readonly<Record<string, string>>;
}

/** The REST record service: list, get, create, update, upsert, delete and transform. @throws NetSuiteError */
export function handleRecords(store: Store, request: RestRequest, rules: PlantRules): RestAnswer {
	const [typeName = '', key, action, target] = request.segments;
	if (typeName === 'metadata-catalog') return catalogue(request);
	const type = recordType(typeName);
	if (key === undefined) return collection(store, type, request);
	if (action === '!transform' && target !== undefined) {
		expectMethod(request, 'POST');
		const options = writeOptions(request);
		const row = transform(store, store.get(type.name, key), target, request.body, options, rules);
		store.touch(row, `made from ${type.name} ${key}`);
		store.touch(store.get(type.name, key), `!transform/${target}`);
		return written(request, row);
	}
	if (action !== undefined) return sublist(store, store.get(type.name, key), action, request);
	return single(store, type, key, request);
}

function collection(store: Store, type: RecordType, request: RestRequest): RestAnswer {
	if (request.method === 'POST') return written(request, create(store, type, request));
	expectMethod(request, 'GET');
	const { query, base } = request;
	const limit = pageNumber(query, 'limit', 1000, 1, 1000);
	const offset = pageNumber(query, 'offset', 0, 0, Number.MAX_SAFE_INTEGER);
	// NetSuite serves whole pages only.
	if (offset % limit !== 0) throw invalidParameter('The offset must be divisible by the limit.');
	const q = query.get('q');
	const test = q ? compileFilter(q) : () => true;
	const rows = store.all(type.name).filter(test);
	const items = rows.map((row) => ({ links: self(hrefOf(base, row)), id: String(row.id) }));
	const kept = q ? `q=${encodeURIComponent(q)}&` : '';
	return { status: 200, body: renderPage(`${base}/${type.name}?${kept}`, items, limit, offset) };
}

function single(store: Store, type: RecordType, key: string, request: RestRequest): RestAnswer {
	switch (request.method) {
		case 'GET':
			return { status: 200, body: renderRecord(store, store.get(type.name, key), view(request)) };
		case 'PATCH': {
			const row = store.get(type.name, key);
			update(store, row, request);
			return written(request, row);
		}
		case 'PUT':
			return upsert(store, type, key, request);
		case 'DELETE':
			remove(store, store.get(type.name, key));
			return { status: 204 };
		default:
			throw wrongMethod(request);
	}
}

function create(store: Store, type: RecordType, request: RestRequest, externalId?: string): Row {
	const values = { ...initial(type), ...toStored(store, type, request.body, writeOptions(request)) };
	if (externalId !== undefined) values.externalId = externalId;
	checkRequired(type.fields, values);
	refuseKnownExternalId(store, type.name, values);
	if (type.name === 'workOrder') fillWorkOrder(store, values);
	const row = store.insert(type.name, values);
	store.touch(row, 'created');
	return row;
}

function update(store: Store, row: Row, request: RestRequest): void {
	const values = toStored(store, row.type, request.body, writeOptions(request), row);
	const twin = typeof values.externalId === 'string' ? store.byExternalId(row.type.name, values.externalId) : undefined;
	if (twin && twin !== row) refuseKnownExternalId(store, row.type.name, values);
	checkRequired(row.type.fields, { ...row.values, ...values });
	if (row.type.name === 'workOrder') changeWorkOrder(store, row, values);
	store.update(row, values);
	store.touch(row, 'updated');
}

/** PUT with an external id updates the record that has it, else makes one. */
function upsert(store: Store, type: RecordType, key: string, request: RestRequest): RestAnswer {
	if (!key.startsWith('eid:')) {
		throw new NetSuiteError(400, 'INVALID_ID', 'Upsert needs an external ID: use the form /eid:<externalId>.');
	}
	const externalId = key.slice('eid:'.length);
	const row = store.byExternalId(type.name, externalId);
	if (row) update(store, row, request);
	return written(request, row ?? create(store, type, request, externalId));
}

function remove(store: Store, row: Row): void {
	if (madeFrom(store, row).length > 0) {
		throw userError('This transaction cannot be deleted because it is linked to by one or more transactions.');
	}
	store.remove(row);
	takeBack(store, row);
}

function sublist(store: Store, row: Row, name: string, request: RestRequest): RestAnswer {
	expectMethod(request, 'GET');
	if (row.type.fields[name]?.kind !== 'sublist') throw noSuchRecord();
	return { status: 200, body: renderSublist(store, row, name, row.values[name], view(request)) };
}

function catalogue(request: RestRequest): RestAnswer {
	const items = recordTypes.map(({ name }) => ({
		name,
		links: [{ rel: 'canonical', href: `${request.base}/metadata-catalog/${name}` }],
	}));
	return { status: 200, body: { links: self(`${request.base}/metadata-catalog`), items } };
}

function initial(type: RecordType): Values {
	const values: Values = {};
	for (const [name, field] of Object.entries(type.fields)) {
		if (field.initial !== undefined) values[name] = field.initial;
	}
	return values;
}

const written = (request: RestRequest, row: Row): RestAnswer => ({ status: 204, location: hrefOf(request.base, row) });

const view = ({ query, base }: RestRequest): View => ({
	base,
	expandSubResources: query.get('expandSubResources') === 'true',
	simpleEnumFormat: query.get('simpleEnumFormat') === 'true',
	fields:
		query
			.get('fields')
			?.split(',')
			.map((name) => name.trim()) ?? [],
});

const writeOptions = ({ query, headers }: RestRequest): WriteOptions => ({
	unknownNames: /^(warning|ignore)$/i.test(String(headers['x-netsuite-propertynamevalidation'] ?? ''))
		? 'ignore'
		: 'error',
	replace: new Set(
		query
			.get('replace')
			?.split(',')
			.map((name) => name.trim()),
	),
});

/** @throws NetSuiteError (400) unless the parameter is an integer in the range */
export function pageNumber(query: URLSearchParams, name: string, fallback: number, min: number, max: number): number {
	const text = query.get(name);
	if (text === null) return fallback;
	const number = Number(text);
	if (!Number.isInteger(number) || number < min || number > max) {
		throw invalidParameter(
			`Invalid value ${text} of query parameter ${name}: an integer from ${min} to ${max} is expected.`,
		);
	}
	return number;
}

function expectMethod(request: RestRequest, method: string): void {
	if (request.method !== method) throw wrongMethod(request);
}

const wrongMethod = ({ method }: RestRequest): NetSuiteError =>
	new NetSuiteError(405, 'METHOD_NOT_ALLOWED', `The method ${method} is not allowed for this resource.`);
