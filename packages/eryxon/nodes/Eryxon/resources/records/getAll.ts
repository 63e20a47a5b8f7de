import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { ENTITIES, type Entity } from '../../../shared/core/entities';
import { asText } from '../../../shared/core/values';
import { readLimit, refuse, returnAllDescription } from '../../helpers/parameters';
import type { Execute } from '../../helpers/run';

const LABELS: Record<string, { displayName: string; description?: string }> = {
	active: { displayName: 'Active' },
	cell_id: { displayName: 'Cell ID' },
	customer: { displayName: 'Customer', description: 'Part of the name' },
	external_id: { displayName: 'External ID' },
	external_source: { displayName: 'External Source' },
	job_id: { displayName: 'Job ID' },
	job_number: { displayName: 'Job Number', description: 'The number or a part of it' },
	material: { displayName: 'Material', description: 'Part of the name' },
	part_id: { displayName: 'Part ID' },
	search: { displayName: 'Search', description: 'Text in number, name or customer. Commas, parentheses and quotes are not possible.' },
	status: { displayName: 'Status' },
	type: { displayName: 'Type' },
};

export function describeGetAll(entity: Entity): INodeProperties[] {
	const filters = [...entity.filters, 'search'].map((name): INodeProperties =>
		name === 'active'
			? { ...LABELS.active, name, type: 'boolean', default: true, description: 'Whether to return active records or inactive ones' }
			: { ...LABELS[name], name, type: 'string', default: '' },
	);
	return [
		...returnAllDescription,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: filters.sort((a, b) => a.displayName.localeCompare(b.displayName)),
		},
		{
			displayName: 'Sort',
			name: 'sort',
			type: 'collection',
			placeholder: 'Add Sort',
			default: {},
			options: [
				{
					displayName: 'Direction',
					name: 'order',
					type: 'options',
					default: 'asc',
					options: [
						{ name: 'Ascending', value: 'asc' },
						{ name: 'Descending', value: 'desc' },
					],
				},
				{
					displayName: 'Field',
					name: 'field',
					type: 'options',
					default: 'created_at',
					options: entity.sorts.map((value) => ({ name: titleOf(entity, value), value })),
				},
			],
		},
	];
}

function titleOf(entity: Entity, name: string): string {
	return name === 'created_at' ? 'Created At' : (ENTITIES[entity.name].fields.find((field) => field.name === name)?.label ?? name);
}

export const getAll = (entity: Entity): Execute => ({
	each: async (run, item) => {
		const query: IDataObject = {};
		for (const name of [...entity.filters, 'search']) {
			const value = run.parameter(`filters.${name}`, item, null);
			const text = typeof value === 'boolean' ? String(value) : asText(value);
			if (text !== '') query[name] = text;
		}
		if (/[,()"\\]/.test(asText(query.search))) {
			throw refuse('Search', `is ${asText(query.search).slice(0, 60)}`, 'Eryxon cannot search for commas, parentheses, quotes and backslashes. Search for a part without them.');
		}
		const field = asText(run.parameter('sort.field', item, ''));
		if (field !== '') {
			query.sort = field;
			query.order = asText(run.parameter('sort.order', item, '')) || 'asc';
		}
		return (await run.client.list(entity.path, query, entity.order, readLimit(run, item), run.signal)) as IDataObject[];
	},
});
