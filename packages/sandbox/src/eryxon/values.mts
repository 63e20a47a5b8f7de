import { DatabaseError } from './errors.mts';
import type { Column } from './schema.mts';

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuidShape.test(value);

/** A time as PostgREST shows it: with an offset, not with Z. */
export const timeText = (date: Date): string => date.toISOString().replace('Z', '+00:00');

const syntax = (type: string, value: unknown): DatabaseError =>
	new DatabaseError(
		`invalid input syntax for type ${type}: "${typeof value === 'object' ? JSON.stringify(value) : String(value)}"`,
	);

const largestInteger = 2 ** 31 - 1;

function readNumber(value: unknown, type: 'integer' | 'numeric'): number {
	const number = typeof value === 'number' ? value : Number(value);
	const readable = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
	if (!readable || !Number.isFinite(number)) throw syntax(type, value);
	if (type === 'integer' && !Number.isInteger(number)) throw syntax(type, value);
	if (type === 'integer' && Math.abs(number) > largestInteger) {
		throw new DatabaseError(`value "${String(value)}" is out of range for type integer`);
	}
	return number;
}

function readBool(value: unknown): boolean {
	if (typeof value === 'boolean') return value;
	const text = String(value).toLowerCase();
	if (['true', 't', 'yes', 'on', '1'].includes(text)) return true;
	if (['false', 'f', 'no', 'off', '0'].includes(text)) return false;
	throw syntax('boolean', value);
}

function readTime(value: unknown): string {
	const date = typeof value === 'string' ? new Date(value) : new Date(Number.NaN);
	if (Number.isNaN(date.getTime())) throw syntax('timestamp with time zone', value);
	return timeText(date);
}

/** PostgreSQL stores no NUL, wherever in a value it stands. */
function hasNul(value: unknown): boolean {
	if (typeof value === 'string') return value.includes('\u0000');
	return typeof value === 'object' && JSON.stringify(value).includes('\\u0000');
}

/** Stores a JSON value in a column as PostgreSQL does: texts are cast, what cannot be cast is refused. */
export function cast(column: Column, value: unknown): unknown {
	if (value === null || value === undefined) return null;
	if (hasNul(value)) throw new DatabaseError('unsupported Unicode escape sequence');
	switch (column.type) {
		case 'int':
			return readNumber(value, 'integer');
		case 'number':
			return readNumber(value, 'numeric');
		case 'bool':
			return readBool(value);
		case 'time':
			return readTime(value);
		case 'json':
			return value;
		case 'uuid':
			if (!isUuid(value)) throw syntax('uuid', value);
			return value.toLowerCase();
		case 'list':
			if (!Array.isArray(value)) throw new DatabaseError(`malformed array literal: ${JSON.stringify(value)}`);
			return value.map(String);
		case 'text': {
			const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
			if (column.values && !column.values.includes(text)) {
				throw new DatabaseError(`invalid input value for enum ${column.enumName}: "${text}"`);
			}
			return text;
		}
	}
}
