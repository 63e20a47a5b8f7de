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

/**
 * What the ERP sync stores of a record, with its defaults. Everything else of the payload is dropped, although its hash
 * covers it: a later sync of the same payload is skipped. An update leaves the status of jobs and parts alone, and puts
 * defaults in the place of what a part or resource lacks.
 */
function storedOf(entity: ErpEntity, item: Values, jobId: unknown, isNew: boolean): Values {
	const status = isNew ? { status: item.status || 'not_started' } : {};
	switch (entity) {
		case 'jobs':
			return {
				job_number: item.job_number,
				customer: item.customer_name || item.customer,
				due_date: item.due_date,
				priority: isNew ? item.priority || 0 : item.priority,
				notes: item.notes || item.description,
				metadata: item.metadata,
				...status,
			};
		case 'parts':
			return {
				job_id: jobId,
				part_number: item.part_number,
				material: item.material || 'Unknown',
				quantity: item.quantity || 1,
				notes: item.notes,
				metadata: item.metadata,
				...status,
			};
		case 'resources':
			return {
				name: item.name,
				type: item.type,
				description: item.description,
				identifier: item.identifier,
				location: item.location,
				status: item.status || 'available',
				metadata: item.metadata,
				active: item.active ?? true,
			};
	}
}

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
	return items.map((each) => {
		const item = isObject(each) ? each : {};
		const record: Classified = {
			externalId: item.external_id || 'unknown',
			externalSource: item.external_source || 'unknown',
			columns: {},
			unchanged: false,
		};
		const lacks = missingText(entity, item, purpose);
		if (lacks !== undefined) return { ...record, error: lacks };
		let jobId = item.job_id;
		if (entity === 'parts') {
			// An ID is taken as it is: the database looks at it when the part is written.
			if (!jobId && item.job_external_id) {
				jobId = findExternal(site, 'jobs', first?.external_source, item.job_external_id)?.id;
				if (!jobId && purpose === 'diff') {
					return { ...record, error: `Job with external_id "${String(item.job_external_id)}" not found` };
				}
			}
			if (!jobId) {
				const error = purpose === 'diff' ? 'job_id or job_external_id is required' : 'job_id or valid job_external_id required';
				return { ...record, error };
			}
		}
		record.hash = normalisedHash(item);
		// Without the column the query behind the diff fails and nothing is found.
		record.existing = blind ? undefined : findExternal(site, entity, item.external_source, item.external_id);
		record.unchanged = record.existing?.sync_hash === record.hash;
		const isNew = record.existing === undefined;
		const key = isNew ? { external_id: item.external_id, external_source: item.external_source } : {};
		const stored = { ...storedOf(entity, item, jobId, isNew), ...key };
		// What is undefined is not in the JSON that goes to the database.
		record.columns = Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined));
		return record;
	});
}

function missingText(entity: ErpEntity, item: Values, purpose: 'diff' | 'sync'): string | undefined {
	const lacksKey = !item.external_id || !item.external_source;
	const lacks = required[entity].some((name) => !item[name]);
	if (purpose === 'sync') {
		if (!lacksKey && !lacks) return undefined;
		const named = entity === 'resources' ? ' (external_id, external_source, name, type)' : '';
		return `Missing required fields${named}`;
	}
	if (lacksKey) return 'external_id and external_source are required';
	if (!lacks) return undefined;
	return entity === 'resources' ? 'name and type are required' : `${required[entity][0]} is required`;
}
