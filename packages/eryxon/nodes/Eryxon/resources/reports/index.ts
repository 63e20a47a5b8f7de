import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import type { Row } from '../../../shared/core/answers';
import type { ListOrder } from '../../../shared/core/entities';
import { asText, isUuid } from '../../../shared/core/values';
import { readLimit, refuse, returnAllDescription } from '../../helpers/parameters';
import type { Execute, Run } from '../../helpers/run';
import { findByNumber } from '../../sync/find';

/** What the shop floor reports: a list that can be filtered and paged. */
export interface Report {
	resource: string;
	path: string;
	/** For people: "Get many …". */
	plural: string;
	order: ListOrder;
	/** Filters as the API names them, in the words of people. */
	filters: readonly Filter[];
	/** What a person looks for in a row, at most ten fields. */
	simplify: (row: Row) => IDataObject;
}

export interface Filter {
	property: INodeProperties;
	/** Name in the query. */
	query?: string;
	/** Applied here, where the API has no such filter. */
	keeps?: (row: Row, value: string) => boolean;
	/** A job by its number, which the API wants by ID. */
	job?: true;
}

/** A moment in a filter. */
export const moment = (name: string, displayName: string, description: string): INodeProperties => ({ displayName, name, type: 'dateTime', default: '', description });

export const words = (name: string, displayName: string, description?: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	...(description === undefined ? {} : { description }),
});

/** Runs of one resource and operation. */
export const showFor = (resource: string, operation: string, properties: INodeProperties[]) =>
	updateDisplayOptions({ show: { resource: [resource], operation: [operation] } }, properties);

export function getManyDescription({ filters, plural }: Report): INodeProperties[] {
	return [
		...returnAllDescription,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: filters.map(({ property }) => property).sort((a, b) => a.displayName.localeCompare(b.displayName)),
		},
		{
			displayName: 'Simplify',
			name: 'simplify',
			type: 'boolean',
			default: true,
			description: 'Whether to return a simplified version of the response instead of the raw data',
			hint: `Raw ${plural} contain everything that Eryxon stores`,
		},
	];
}

export const getMany = (report: Report): Execute => ({
	each: async (run, item) => {
		const query: IDataObject = {};
		const kept: Array<(row: Row) => boolean> = [];
		for (const { property, query: name, keeps, job } of report.filters) {
			const raw = run.parameter(`filters.${property.name}`, item, null);
			const value = typeof raw === 'boolean' ? String(raw) : property.type === 'dateTime' ? momentOf(run, raw, property.displayName) : asText(raw);
			if (value === '' || value === 'false') continue;
			if (job) query.job_id = await jobId(run, value);
			else if (keeps) kept.push((row) => keeps(row, value));
			else query[name ?? property.name] = value;
		}
		const limit = readLimit(run, item);
		// A filter that is applied here needs rows to choose from.
		const rows = await run.client.list(report.path, query, report.order, kept.length > 0 ? undefined : limit, run.signal);
		const wanted = rows.filter((row) => kept.every((keeps) => keeps(row))).slice(0, limit === Number.POSITIVE_INFINITY ? undefined : limit);
		return run.parameter('simplify', item, true) === true ? wanted.map(report.simplify) : (wanted as IDataObject[]);
	},
});

function momentOf(run: Run, value: unknown, label: string): string {
	const text = run.moment(value);
	if (text === undefined) throw refuse(label, `is ${asText(value).slice(0, 40)}, which is not a date`, 'Enter a date such as 2026-01-31 or 2026-01-31T08:00:00Z.');
	return text;
}

async function jobId(run: Run, value: string): Promise<string> {
	if (isUuid(value)) return value;
	const found = (await run.once(`number job ${value}`, async () => await findByNumber(run, 'job', [value]))).get(value);
	if (found && 'id' in found) return found.id;
	throw refuse('Job Number or ID', `is ${value}, which ${found ? 'several jobs have' : 'no job has'}`, 'Upper and lower case matter.');
}

/** A value inside a row, down its embedded records. */
export function inside(row: Row, ...path: string[]): unknown {
	let value: unknown = row;
	for (const name of path) value = typeof value === 'object' && value !== null ? (value as Row)[name] : undefined;
	return value ?? null;
}
