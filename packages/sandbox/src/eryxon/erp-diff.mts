import { classify, type ErpEntity } from './erp-records.mts';
import { singularOf } from './schema.mts';
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

/** Fields that the preview compares; other differences it only knows by the hash. */
const compared = new Set([
	...[
		'job_number',
		'customer',
		'due_date',
		'priority',
		'status',
		'part_number',
		'material',
		'quantity',
		'name',
		'type',
	],
	...['description', 'identifier', 'location'],
]);

/** What a sync would do with these records; writes nothing. */
export function diffEntity(site: Site, entity: ErpEntity, items: readonly unknown[]): DiffResult {
	const records = classify(site, entity, items, 'diff').map((record): Values => {
		const key = { external_id: record.externalId, external_source: record.externalSource };
		if (record.error !== undefined) return { ...key, status: 'error', error: record.error };
		const { existing, columns } = record;
		if (!existing) return { ...key, status: 'create' };
		if (record.unchanged) return { ...key, status: 'unchanged', existing_id: existing.id };
		const changes = Object.keys(columns)
			.filter((field) => compared.has(field) && JSON.stringify(columns[field]) !== JSON.stringify(existing[field]))
			.map((field) => `${field}: ${JSON.stringify(existing[field] ?? null)} -> ${JSON.stringify(columns[field])}`);
		// Texts are not compared, only mentioned.
		for (const field of ['notes', 'metadata']) if (columns[field]) changes.push(`${field} updated`);
		const shown = changes.length > 0 ? changes : ['data changed (hash mismatch)'];
		return { ...key, status: 'update', existing_id: existing.id, changes: shown };
	});
	const count = (status: string): number => records.filter((record) => record.status === status).length;
	return {
		entity_type: singularOf(entity),
		total: records.length,
		to_create: count('create'),
		to_update: count('update'),
		unchanged: count('unchanged'),
		errors: count('error'),
		records,
	};
}
