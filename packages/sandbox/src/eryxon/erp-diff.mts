import { classify, type ErpEntity } from './erp-records.mts';
import type { Site } from './site.mts';
import type { Values } from './table.mts';

export interface DiffResult {
	entity_type: string;
	total: number;
	to_create: number;
	to_update: number;
	unchanged: number;
	errors: number;
	records: Values[];
}

type Rule = { field: string; of?: (item: Values) => unknown; always?: true };

/** Fields that the preview compares; `always` also those that the payload lacks. Other differences it knows by the hash. */
const compared: Readonly<Record<ErpEntity, readonly Rule[]>> = {
	jobs: [
		{ field: 'job_number', always: true },
		{ field: 'customer', of: (item) => item.customer_name || item.customer, always: true },
		{ field: 'due_date', always: true },
		{ field: 'priority' },
		{ field: 'status' },
	],
	parts: [{ field: 'part_number', always: true }, { field: 'material' }, { field: 'quantity' }, { field: 'status' }],
	resources: [{ field: 'name', always: true }, { field: 'type', always: true }, { field: 'status' }],
};

/** Texts are not compared, only mentioned. */
const mentioned: Readonly<Record<ErpEntity, readonly string[]>> = {
	jobs: ['notes', 'metadata'],
	parts: ['notes', 'metadata'],
	resources: ['description', 'metadata'],
};

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : `"${String(value)}"`);

function changesOf(entity: ErpEntity, existing: Values, item: Values): string[] {
	const changes: string[] = [];
	for (const { field, of = (each: Values) => each[field], always } of compared[entity]) {
		const value = of(item);
		if ((always ?? (value !== undefined && value !== null)) && existing[field] !== value) {
			changes.push(`${field}: ${shown(existing[field])} -> ${shown(value)}`);
		}
	}
	for (const field of mentioned[entity]) if (item[field]) changes.push(`${field} updated`);
	return changes.length > 0 ? changes : ['data changed (hash mismatch)'];
}

/** What a sync would do with these records; writes nothing. */
export function diffEntity(site: Site, entity: ErpEntity, items: readonly unknown[]): DiffResult {
	const records = classify(site, entity, items, 'diff').map((record, index): Values => {
		const key = { external_id: record.externalId, external_source: record.externalSource };
		if (record.error !== undefined) return { ...key, status: 'error', error: record.error };
		const { existing } = record;
		if (!existing) return { ...key, status: 'create' };
		if (record.unchanged) return { ...key, status: 'unchanged', existing_id: existing.id };
		return { ...key, status: 'update', existing_id: existing.id, changes: changesOf(entity, existing, items[index] as Values) };
	});
	const count = (status: string): number => records.filter((record) => record.status === status).length;
	return {
		entity_type: entity,
		total: records.length,
		to_create: count('create'),
		to_update: count('update'),
		unchanged: count('unchanged'),
		errors: count('error'),
		records,
	};
}
