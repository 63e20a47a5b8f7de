import { isObject } from '../../web/http.mts';
import { checkPlan } from '../crud.mts';
import { isAlive } from '../database.mts';
import { ApiError, DatabaseError } from '../errors.mts';
import type { EntityName } from '../schema.mts';
import type { Site } from '../site.mts';
import { findExternal, insertSynced, requireKeys, syncColumns, type Synced } from '../sync.mts';
import type { Row, Values } from '../table.mts';
import { cellByName, columnsOf, requireFields, type FindParent } from './fields.mts';

/** Single calls look for the parent under the child's own source. */
const sameSource =
	(site: Site): FindParent =>
	(entity, id, source) =>
		findExternal(site, entity, source, id);

/** A bulk looks for the parent by its external id alone, whatever its source. */
export function anySource(site: Site): FindParent {
	const known = new Map<string, Map<string, Row>>();
	return (entity, id) => {
		let rows = known.get(entity);
		if (!rows) {
			rows = new Map();
			for (const row of site.db.table(entity).rows.values()) {
				if (typeof row.external_id === 'string' && isAlive(row)) rows.set(row.external_id, row);
			}
			known.set(entity, rows);
		}
		return rows.get(String(id));
	};
}

function write(site: Site, entity: EntityName, item: Values, find: FindParent, bulk: boolean): Synced {
	requireKeys(item);
	requireFields(entity, item);
	const { status, ...columns } = columnsOf(site, entity, item, find);
	const values: Values = {
		...columns,
		// Bulk calls ignore the status.
		...(bulk || status === undefined ? {} : { status }),
		external_id: item.external_id,
		external_source: item.external_source,
		...syncColumns(site, item),
	};
	const existing = findExternal(site, entity, item.external_source, item.external_id);
	if (!existing && !bulk) checkPlan(site, entity);
	const row = existing ? site.db.update(entity, existing, values) : insertSynced(site, entity, values);
	if (entity === 'jobs') writeChildren(site, row, item);
	return { row, action: existing ? 'updated' : 'created' };
}

export const firstSyncOne = (site: Site, entity: EntityName, item: Values): Synced =>
	write(site, entity, item, sameSource(site), false);

/** The writer for all records of one bulk call. */
export function firstBulkOne(site: Site): (site: Site, entity: EntityName, item: Values) => Synced {
	const find = anySource(site);
	return (_site, entity, item) => write(site, entity, item, find, true);
}

const objects = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Parts and operations inside a job. What lacks something or fails is passed over in silence. */
function writeChildren(site: Site, job: Row, item: Values): void {
	for (const part of objects(item.parts)) {
		if (!part.external_id || !part.part_number) continue;
		const synced = quietly(() =>
			writeChild(site, 'parts', { ...part, job_external_id: undefined, job_id: job.id }, job),
		);
		if (!synced) continue;
		for (const operation of objects(part.operations)) {
			const cell = operation.cell_id ?? cellByName(site, operation.cell_name)?.id;
			if (!operation.external_id || !operation.operation_name || !cell) continue;
			quietly(() =>
				writeChild(site, 'operations', { ...operation, part_external_id: undefined, part_id: synced.row.id }, job),
			);
		}
	}
}

const writeChild = (site: Site, entity: 'parts' | 'operations', item: Values, job: Row): Synced =>
	write(site, entity, { ...item, external_source: job.external_source }, sameSource(site), true);

function quietly(work: () => Synced): Synced | undefined {
	try {
		return work();
	} catch (error) {
		if (error instanceof ApiError || error instanceof DatabaseError) return undefined;
		throw error;
	}
}
