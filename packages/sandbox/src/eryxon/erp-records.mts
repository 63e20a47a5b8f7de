import { createHash } from 'node:crypto';
import { isObject } from '../web/http.mts';
import type { Site } from './site.mts';
import { findExternal } from './sync.mts';
import type { Row, Values } from './table.mts';

export const erpEntities = ['jobs', 'parts', 'resources'] as const;
export type ErpEntity = (typeof erpEntities)[number];

/** One record of an ERP sync, looked at before anything is written. */
export interface Classified {
	externalId: unknown;
	externalSource: unknown;
	/** What would be written, external key included. */
	columns: Values;
	/** Absent for a record that was refused. */
	hash?: string;
	existing?: Row;
	unchanged: boolean;
	error?: string;
}

const fields: Readonly<Record<ErpEntity, readonly string[]>> = {
	jobs: ['job_number', 'customer', 'due_date', 'priority', 'notes', 'metadata', 'status'],
	parts: ['part_number', 'material', 'quantity', 'notes', 'metadata', 'status', 'drawing_no', 'file_paths'],
	resources: ['name', 'type', 'description', 'identifier', 'location', 'status', 'metadata', 'active'],
};
const required: Readonly<Record<ErpEntity, readonly string[]>> = {
	jobs: ['job_number'],
	parts: ['part_number'],
	resources: ['name', 'type'],
};

const leftOut = [
	'id',
	'tenant_id',
	'created_at',
	'updated_at',
	'deleted_at',
	'deleted_by',
	'synced_at',
	'sync_hash',
	'cached_at',
];

/**
 * Keys sorted; ids, times and what a sync writes itself removed, the external key kept (`generateSyncHash` in the public
 * source). The per-entity sync hashes the text as it came: the same value only for a body whose keys are sorted.
 */
function normalisedHash(item: Values): string {
	const sorted = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(sorted);
		if (!isObject(value)) return value;
		return Object.fromEntries(
			Object.keys(value)
				.sort()
				.map((key) => [key, sorted(value[key])]),
		);
	};
	const kept = Object.fromEntries(Object.entries(item).filter(([name]) => !leftOut.includes(name)));
	return createHash('sha256')
		.update(JSON.stringify(sorted(kept)))
		.digest('hex')
		.slice(0, 32);
}

/** Looks every record up. @param purpose a diff of jobs also reads `priority`, which not every database has */
export function classify(
	site: Site,
	entity: ErpEntity,
	items: readonly unknown[],
	purpose: 'diff' | 'sync',
): Classified[] {
	const first = items.find(isObject);
	const blind = purpose === 'diff' && entity === 'jobs' && !site.switches.priorityColumn;
	return items.map((item) => {
		if (!isObject(item))
			return {
				externalId: null,
				externalSource: null,
				columns: {},
				unchanged: false,
				error: 'Record must be an object',
			};
		const { external_id: externalId, external_source: externalSource } = item;
		const record: Classified = {
			externalId: externalId ?? null,
			externalSource: externalSource ?? null,
			columns: {},
			unchanged: false,
		};
		const missing = ['external_id', 'external_source', ...required[entity]].find((name) => !item[name]);
		if (missing !== undefined) return { ...record, error: `${missing} is required` };
		record.hash = normalisedHash(item);
		record.columns = { external_id: externalId, external_source: externalSource };
		for (const name of fields[entity]) if (item[name] !== undefined) record.columns[name] = item[name];
		const error = entity === 'parts' ? resolveJob(site, item, first?.external_source, record.columns) : undefined;
		if (error !== undefined) return { ...record, error };
		// Without the column the query behind the diff fails and nothing is found.
		record.existing = blind ? undefined : findExternal(site, entity, externalSource, externalId);
		record.unchanged = record.existing?.sync_hash === record.hash;
		return record;
	});
}

/**
 * The job of a part by id or by external id, the latter under the source of the first part of the call. An id is taken
 * as it is; the database looks at it when the part is written.
 */
function resolveJob(site: Site, item: Values, source: unknown, columns: Values): string | undefined {
	const { job_id: id, job_external_id: externalId } = item;
	if (id) {
		columns.job_id = id;
		return undefined;
	}
	if (!externalId) return 'job_id or job_external_id is required';
	const job = findExternal(site, 'jobs', source, externalId);
	if (!job) return `Job with external_id "${String(externalId)}" not found`;
	columns.job_id = job.id;
	return undefined;
}
