import { isObject } from '../web/http.mts';
import { invalidContent } from './errors.mts';
import { fieldOf, isCustomField, type Field, type Fields, type RecordType } from './schema.mts';
import { refTo, type Ref, type Row, type Store, type Values } from './store.mts';

/** Keys that answers carry and that a client may send back unchanged. */
const ignored = new Set(['links', 'id', 'refName', 'status', 'createdDate', 'lastModifiedDate']);

export interface WriteOptions {
	/** Header X-NetSuite-PropertyNameValidation: unknown names are an error unless `Warning` or `Ignore`. */
	unknownNames: 'error' | 'ignore';
	/** Query parameter `replace`: sublists whose old lines go away. */
	replace: ReadonlySet<string>;
}

/** Turns a request body into stored values. @throws NetSuiteError (400) with the JSON path of the culprit */
export function toStored(store: Store, type: RecordType, body: unknown, options: WriteOptions, row?: Row): Values {
	if (!isObject(body)) throw invalidContent('Invalid content in the request body: a JSON object is expected.');
	const values: Values = {};
	for (const [name, value] of Object.entries(body)) {
		if (ignored.has(name)) continue;
		if (options.unknownNames === 'ignore' && !Object.hasOwn(type.fields, name) && !isCustomField(name)) continue;
		const field = fieldOf(type.fields, name, name);
		// Read-only fields are left alone, whatever a client sends.
		if (field.readonly) continue;
		values[name] =
			field.kind === 'sublist'
				? toLines(store, field, value, name, options.replace.has(name) ? [] : row?.values[name])
				: toValue(store, field, value, name);
	}
	return values;
}

/** @throws NetSuiteError (400) naming the first mandatory field without a value */
export function checkRequired(fields: Fields, values: Values, path = ''): void {
	for (const [name, field] of Object.entries(fields)) {
		if (!field.required || (values[name] !== undefined && values[name] !== null && values[name] !== '')) continue;
		throw invalidContent(`Please enter value(s) for: ${name}.`, path + name);
	}
}

function toValue(store: Store, field: Field, value: unknown, path: string): unknown {
	if (value === null) return undefined;
	switch (field.kind) {
		case 'number': {
			const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			if (typeof number !== 'number' || !Number.isFinite(number)) throw invalidValue(value, path);
			return number;
		}
		case 'boolean':
			if (typeof value !== 'boolean') throw invalidValue(value, path);
			return value;
		case 'date':
			if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) throw invalidValue(value, path);
			return value;
		case 'enum': {
			const id = isObject(value) ? value.id : value;
			if (typeof id !== 'string' || !Object.hasOwn(field.options ?? {}, id)) throw invalidValue(value, path);
			return id;
		}
		case 'ref':
			return toRef(store, field, value, path);
		case 'json':
			return value;
		default:
			if (typeof value === 'object') throw invalidValue(value, path);
			return String(value);
	}
}

const invalidValue = (value: unknown, path: string) => {
	const shown = typeof value === 'string' ? value : JSON.stringify(value);
	return invalidContent(`You have entered an Invalid Field Value ${shown} for the following field: ${path}`, path);
};

/** A reference is `{"id": "5"}` or `{"externalId": "X"}`; a bare id is taken too. */
function toRef(store: Store, field: Field, value: unknown, path: string): Ref {
	const given = isObject(value) ? value : { id: value };
	for (const type of field.targets ?? []) {
		const row =
			given.id === undefined ? store.byExternalId(type, String(given.externalId)) : store.find(type, Number(given.id));
		if (row) return refTo(row);
	}
	throw invalidValue(given.id ?? given.externalId ?? value, path);
}

/** Lines come as `{items: [...]}`. A `line` number changes an old line, other lines are added. */
function toLines(store: Store, field: Field, value: unknown, path: string, before: unknown): Values[] {
	const given = isObject(value) ? value.items : value;
	if (!Array.isArray(given)) throw invalidContent('Invalid content in the request body: items expected.', path);
	const lines = (Array.isArray(before) ? (before as Values[]) : []).map((line) => ({ ...line }));
	given.forEach((each: unknown, index) => {
		const at = `${path}.items[${index}]`;
		if (!isObject(each)) throw invalidContent('Invalid content in the request body: a line is expected.', at);
		const line: Values = {};
		for (const [name, content] of Object.entries(each)) {
			if (ignored.has(name)) continue;
			line[name] = toValue(store, fieldOf(field.lines ?? {}, name, `${at}.${name}`), content, `${at}.${name}`);
		}
		const old = lines.find((other) => line.line !== undefined && other.line === line.line);
		if (old) Object.assign(old, line);
		else {
			checkRequired(field.lines ?? {}, line, `${at}.`);
			lines.push({ ...line, line: lines.length + 1 });
		}
	});
	return lines;
}
