import { DateTime } from 'luxon';

import type { Field } from './entities';
import { RecordProblem } from './problem';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
	return UUID.test(value);
}

/** Nothing was entered: absent, or what a spreadsheet gives for an empty cell. */
export function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Text as it was entered; numbers (an ERP's keys, for example) are written out. Empty for nothing. */
export function asText(value: unknown): string {
	if (typeof value === 'string') return value.trim();
	return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

/**
 * A value as the API wants it. Spreadsheets give everything as text, so texts that read as the type are taken.
 *
 * @throws RecordProblem
 */
export function convert(field: Field, value: unknown, zone: string): unknown {
	checkLetters(field.name, value);
	const converted = CONVERT[field.type](value, zone);
	if (converted === undefined) throw wrong(field, value, (field.type === 'dateTime' && dateHint(value)) || `Enter ${WANTED[field.type]}.`);
	if (field.type === 'integer' && Math.abs(Number(converted)) > LARGEST_INTEGER) {
		throw wrong(field, value, `Enter ${WANTED.integer} up to ${LARGEST_INTEGER}.`);
	}
	if (field.values && !field.values.includes(String(converted))) {
		throw wrong(field, value, `Enter one of ${field.values.join(', ')}.`);
	}
	if (field.min !== undefined && typeof converted === 'number' && converted < field.min) {
		throw wrong(field, value, `Enter ${WANTED[field.type]} from ${field.min} on.`);
	}
	return converted;
}

/** What a column for whole numbers holds. */
const LARGEST_INTEGER = 2 ** 31 - 1;

/**
 * Two characters are never meant: NUL, which the database refuses, and the one that a reader puts in the place of a
 * letter that it cannot read, as in a file that was saved in another encoding.
 *
 * @throws RecordProblem
 */
export function checkLetters(name: string, value: unknown): void {
	const text = typeof value === 'string' ? value : typeof value === 'object' && value !== null ? JSON.stringify(value) : '';
	if (text.includes('\uFFFD')) {
		throw new RecordProblem(
			`'${name}' is ${text.slice(0, 60)}, with a letter that could not be read`,
			'The file was read in another encoding than it was saved in. Read it as Windows-1252 (what Excel saves as CSV), or save it as UTF-8.',
			name,
		);
	}
	if (text.includes('\u0000') || text.includes('\\u0000')) {
		throw new RecordProblem(`'${name}' contains a NUL character, which Eryxon cannot store`, 'Remove it from the text.', name);
	}
}

/** How a date that is written as people or Excel write it has to be entered. */
function dateHint(value: unknown): string | undefined {
	const text = asText(value);
	const serial = /^\d{5}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
	// Days since 1899-12-30, as Excel counts them.
	if (serial > 20_000) return `Enter ${DateTime.fromISO('1899-12-30').plus({ days: Math.floor(serial) }).toISODate()}, if this is a date of Excel.`;
	const [, first, second, year] = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b/.exec(text) ?? [];
	if (year === undefined) return undefined;
	const dates = [[second, first], [first, second]].map(([month, day]) => DateTime.fromObject({ year: Number(year), month: Number(month), day: Number(day) }));
	const possible = [...new Set(dates.filter(({ isValid }) => isValid).map((date) => date.toISODate()))];
	return possible.length > 0 ? `Enter ${possible.join(' or ')}.` : undefined;
}

const WANTED: Record<Field['type'], string> = {
	text: 'text',
	integer: 'a whole number',
	number: 'a number',
	boolean: 'true or false',
	dateTime: 'a date such as 2026-01-31 or 2026-01-31T08:00:00Z',
	object: 'a JSON object such as {"color": "red"}',
	textList: 'a list of texts, or texts with commas between them',
	id: "an ID of Eryxon, such as 5f0c3f0e-8a53-4f0e-9f0e-3a1f1a2b3c4d",
};

const CONVERT: Record<Field['type'], (value: unknown, zone: string) => unknown> = {
	text: (value) => (typeof value === 'boolean' ? String(value) : asText(value) || undefined),
	integer: (value) => number(value, Number.isInteger),
	number: (value) => number(value, Number.isFinite),
	boolean,
	dateTime,
	object,
	textList: (value) => {
		const list = Array.isArray(value) ? value.map(asText) : asText(value).split(',').map((entry) => entry.trim());
		const filled = list.filter((entry) => entry !== '');
		return filled.length > 0 || Array.isArray(value) ? filled : undefined;
	},
	id: (value) => (isUuid(asText(value)) ? asText(value) : undefined),
};

function number(value: unknown, good: (value: number) => boolean): number | undefined {
	const read = typeof value === 'number' ? value : typeof value === 'string' ? Number(value.trim()) : Number.NaN;
	return good(read) ? read : undefined;
}

function boolean(value: unknown): boolean | undefined {
	if (typeof value === 'boolean') return value;
	const text = asText(value).toLowerCase();
	if (['true', '1', 'yes', 'y', 'on'].includes(text)) return true;
	return ['false', '0', 'no', 'n', 'off'].includes(text) ? false : undefined;
}

/** A date stays as it is; what has no zone is in that of the workflow. */
function dateTime(value: unknown, zone: string): string | undefined {
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
	if (DateTime.isDateTime(value)) return value.toUTC().toISO() ?? undefined;
	const text = asText(value);
	if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return DateTime.fromISO(text).isValid ? text : undefined;
	for (const read of [DateTime.fromISO, DateTime.fromSQL]) {
		const date = read(text, { zone });
		if (date.isValid && /^\d{4}-/.test(text)) return date.toUTC().toISO() ?? undefined;
	}
	return undefined;
}

function object(value: unknown): unknown {
	let read = value;
	if (typeof value === 'string') {
		try {
			read = JSON.parse(value);
		} catch {
			return undefined;
		}
	}
	return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : undefined;
}

function wrong(field: Field, value: unknown, hint: string): RecordProblem {
	const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
	return new RecordProblem(`'${field.name}' is ${(shown ?? '').slice(0, 60)}`, hint, field.name);
}
