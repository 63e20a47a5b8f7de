import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { EryxonFailure } from '../../shared/api/failure';
import { isObject } from '../../shared/core/answers';
import type { Run } from './run';

/** A value that cannot be used; `label` is the name people see. */
export function refuse(label: string, said: string, hint: string): EryxonFailure {
	return new EryxonFailure('input', `'${label}' ${said}`, { hint, parameter: label });
}

/** @throws EryxonFailure unless it is a whole number within the bounds */
export function wholeNumber(value: unknown, label: string, bounds: { min: number; max: number }): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number === 'number' && Number.isInteger(number) && number >= bounds.min && number <= bounds.max) return number;
	const [min, max] = [bounds.min, bounds.max].map((bound) => bound.toLocaleString('en-US'));
	const shown = value === '' || value === null || value === undefined ? 'is empty' : `is ${typeof number === 'number' ? number.toLocaleString('en-US') : String(value).slice(0, 40)}`;
	throw refuse(label, shown, `Enter a whole number from ${min} to ${max}.`);
}

/** A JSON object, from text or from an expression; undefined for nothing. */
export function jsonObject(value: unknown, label: string): IDataObject | undefined {
	if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return undefined;
	let read = value;
	if (typeof value === 'string') {
		try {
			read = JSON.parse(value);
		} catch (error) {
			throw refuse(label, `is not valid JSON: ${error instanceof Error ? error.message : ''}`, 'Put names and texts in double quotes, for example {"name": "value"}.');
		}
	}
	if (isObject(read)) return read as IDataObject;
	throw refuse(label, 'is not a JSON object', 'Start with { and end with }, for example {"name": "value"}.');
}

export const returnAllDescription: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

/** How many results are wanted; `Infinity` for all. */
export function readLimit(run: Run, item: number): number {
	if (run.parameter('returnAll', item, false) === true) return Number.POSITIVE_INFINITY;
	return wholeNumber(run.parameter('limit', item, 50), 'Limit', { min: 1, max: 1_000_000_000 });
}
