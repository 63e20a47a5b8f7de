import type { Database, Row } from './database.mts';
import { validationError, valueError } from './errors.mts';
import type { Field } from './fields.mts';

/** Makes a record for the relational command 0 (create and link). Answers its id. */
export type Create = (model: string, values: Record<string, unknown>) => number;

/** Turns a value from a request into the stored form, with Odoo's leniency and Odoo's errors. */
export function toStored(
	db: Database,
	model: string,
	name: string,
	value: unknown,
	create: Create,
	row?: Row,
): unknown {
	const field = db.field(model, name);
	if (field.type === 'many2many') return many2manyIds(db, field, value, row ? db.value(row, name) : [], create);
	if (value === null || value === undefined || value === false) return field.type === 'boolean' ? false : undefined;
	switch (field.type) {
		case 'integer':
			return Math.trunc(toNumber(value, name));
		case 'float':
		case 'monetary':
			return toNumber(value, name);
		case 'boolean':
			return value === true || value === 1 || /^(true|1)$/i.test(String(value));
		case 'date':
			return toDate(value, name).slice(0, 10);
		case 'datetime':
			return toDate(value, name);
		case 'selection':
			return toOption(field, model, name, value);
		case 'many2one':
			return toReference(db, field, name, value);
		case 'json':
			return value;
		default:
			return typeof value === 'object' ? JSON.stringify(value) : String(value);
	}
}

function toNumber(value: unknown, name: string): number {
	const number = typeof value === 'boolean' ? Number(value) : Number(String(value).trim() || Number.NaN);
	if (!Number.isFinite(number)) throw valueError(`could not convert string to float: '${String(value)}' (${name})`);
	return number;
}

/** Odoo wants `YYYY-MM-DD[ HH:MM:SS]` in UTC. ISO texts with a `T` and `Z`, as n8n makes them, are refused by it. */
function toDate(value: unknown, name: string): string {
	const text = String(value);
	const match = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}))?$/.exec(text);
	if (!match) {
		throw valueError(`time data '${text}' does not match format '%Y-%m-%d %H:%M:%S' (field ${name})`);
	}
	return `${match[1]} ${match[2] ?? '00:00:00'}`;
}

function toOption(field: Field, model: string, name: string, value: unknown): string {
	if (!field.selection?.some(([key]) => key === value)) {
		throw valueError(`Wrong value for ${model}.${name}: '${String(value)}'`);
	}
	return String(value);
}

function toReference(db: Database, field: Field, name: string, value: unknown): number {
	// A pair [id, name] as read() returns it is taken too: a read record can be written back.
	const id = Number(Array.isArray(value) ? value[0] : value);
	const relation = field.relation ?? '';
	if (!Number.isInteger(id) || id <= 0) {
		throw valueError(`Wrong value for ${name}: '${String(value)}' is not an id of ${relation}`);
	}
	if (!db.find(relation, id)) {
		throw validationError(
			`The operation cannot be completed: field ${name} refers to ${relation}(${id}), which does not exist.`,
		);
	}
	return id;
}

/** One relational command `[code, id, values]` in the numbering of Odoo's ORM (`fields.Command`). */
export type Command = readonly [code: number, id: number, values: unknown];

export function toCommands(value: unknown, name: string): Command[] {
	if (value === false || value === null || value === undefined) return [[5, 0, 0]];
	if (!Array.isArray(value)) throw valueError(`Wrong value for ${name}: ${JSON.stringify(value)}`);
	if (value.length > 0 && value.every((each) => typeof each === 'number')) return [[6, 0, value]];
	return value.map((each): Command => {
		if (typeof each === 'number') return [4, each, 0];
		if (!Array.isArray(each) || typeof each[0] !== 'number') {
			throw valueError(`Wrong value for ${name}: ${JSON.stringify(each)} is not a relational command`);
		}
		return [each[0], Number(each[1] ?? 0), each[2]];
	});
}

function many2manyIds(db: Database, field: Field, value: unknown, current: unknown, create: Create): number[] {
	let ids = Array.isArray(current) ? current.map(Number) : [];
	const relation = field.relation ?? '';
	for (const [code, id, extra] of toCommands(value, field.label)) {
		if (code === 0) ids = [...ids, create(relation, extra as Record<string, unknown>)];
		if (code === 2 || code === 3) ids = ids.filter((each) => each !== id);
		if (code === 4) ids = [...ids, id];
		if (code === 5) ids = [];
		if (code === 6) ids = (Array.isArray(extra) ? extra : []).map(Number);
	}
	ids = [...new Set(ids)];
	db.get(relation, ids);
	return ids;
}

/** Turns a stored value into what read() answers: many2one becomes `[id, name]` or false. */
export function toAnswer(db: Database, row: Row, name: string): unknown {
	const field = db.field(row.model, name);
	const value = db.value(row, name);
	if (name === 'password') return '';
	if (field.type !== 'many2one') return value;
	const other = db.related(row, name);
	return other ? [other.id, db.displayName(other)] : false;
}
