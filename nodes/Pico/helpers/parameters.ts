import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';

import { PicoFailure } from '../../shared/api/failure';
import { hasOffset } from '../../shared/events/timestamp';
import type { Run } from './run';

/** A value that cannot be used; `label` is the name people see. */
export function refuse(label: string, said: string, hint: string): PicoFailure {
	return new PicoFailure('input', `'${label}' ${said}`, { hint, parameter: label });
}

/** Text as it was entered; numbers (an ERP's ids, for example) are written out. Empty for nothing. */
export function asEntered(value: unknown): string {
	return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

/** A value of a collection parameter such as Options or Filters; `undefined` when it is not set. */
export function option(run: Run, item: number, path: string): unknown {
	return run.parameter(path, item, null) ?? undefined;
}

/** @throws PicoFailure unless it is a whole number within the bounds */
export function wholeNumber(value: unknown, label: string, bounds: { min: number; max: number }): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number === 'number' && Number.isInteger(number) && number >= bounds.min && number <= bounds.max) return number;
	const shown = value === '' || value === null || value === undefined ? 'is empty' : `is ${String(value).slice(0, 40)}`;
	const [min, max] = [bounds.min, bounds.max].map((bound) => bound.toLocaleString('en-US'));
	throw refuse(label, shown, `Enter a whole number from ${min} to ${max}.`);
}

/** A JSON object, from text or from an expression; `{}` for nothing. */
export function jsonObject(value: unknown, label: string): IDataObject {
	if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return {};
	const parsed = typeof value === 'string' ? parse(value) : { value };
	if ('reason' in parsed) {
		throw refuse(label, `is not valid JSON: ${parsed.reason}`, 'Put names and texts in double quotes, for example {"name": "value"}.');
	}
	if (typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value)) return parsed.value as IDataObject;
	throw refuse(label, 'is not a JSON object', 'Start with { and end with }, for example {"name": "value"}.');
}

function parse(text: string): { value: unknown } | { reason: string } {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		return { reason: error instanceof Error ? error.message : String(error) };
	}
}

/**
 * A point in time as RFC 3339 text, `undefined` for nothing. Timestamps of Pico are handed on as they are, to the
 * nanosecond; dates without a zone are in the time zone of the workflow.
 */
export function timestamp(run: Run, value: unknown, label: string): string | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
	if (DateTime.isDateTime(value) && value.isValid) return value.toUTC().toISO() ?? undefined;
	if (typeof value === 'string') {
		const text = value.trim();
		if (hasOffset(text)) return text;
		const zone = run.context.getTimezone();
		for (const read of [DateTime.fromISO, DateTime.fromSQL]) {
			const date = read(text, { zone });
			if (date.isValid) return date.toUTC().toISO() ?? undefined;
		}
	}
	throw refuse(label, `is not a date: ${String(value).slice(0, 60)}`, 'Enter a date such as 2026-01-31T08:00:00Z.');
}

/** Entries of a multi-select, or of a comma-separated text that an expression gave. */
export function textList(value: unknown): string[] {
	const list = Array.isArray(value) ? value : asEntered(value).split(',');
	return list.map((entry) => asEntered(entry).trim()).filter((entry) => entry !== '');
}
