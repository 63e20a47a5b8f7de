import { createHash } from 'node:crypto';
import { isObject } from '../web/http.mts';
import { isAlive } from './database.mts';
import { ApiError, badRequest, DatabaseError, ValidationError } from './errors.mts';
import { checkParents, writableValues } from './policy.mts';
import { readBody, type ApiAnswer, type ApiRequest } from './request.mts';
import { singularOf, type EntityName } from './schema.mts';
import type { Site } from './site.mts';
import type { Row, Values } from './table.mts';
import { validatorOf } from './validate.mts';

export type Action = 'created' | 'updated';
export interface Synced {
	row: Row;
	action: Action;
}

/** First 32 hex characters of the SHA-256 over the JSON text of what was received, keys in the order they came. */
export const syncHash = (received: unknown): string =>
	createHash('sha256').update(JSON.stringify(received)).digest('hex').slice(0, 32);

/** The live row with this external key; a soft-deleted one is not seen, though it still holds the key. */
export function findExternal(site: Site, entity: EntityName, source: unknown, id: unknown): Row | undefined {
	const row = site.db.table(entity).find(`idx_${entity}_external_id`, source, id);
	return row && isAlive(row) ? row : undefined;
}

export function requireKeys(item: Values): void {
	for (const name of ['external_id', 'external_source']) {
		if (item[name] === undefined || item[name] === null || item[name] === '')
			throw badRequest(`${name} is required for sync operations`);
	}
}

/** What a sync writes beside the payload. */
export function syncColumns(site: Site, received: unknown): Values {
	return { synced_at: site.db.now(), sync_hash: syncHash(received) };
}

/** `PUT /api-<entity>/sync` of the shared builder: looks for the key, then writes the body as it is. Never skips. */
export function syncOne(site: Site, entity: EntityName, item: Values): Synced {
	requireKeys(item);
	const findings = validatorOf(entity)?.(item) ?? [];
	if (findings.length > 0) throw new ValidationError(findings);
	const existing = findExternal(site, entity, item.external_source, item.external_id);
	const extra = syncColumns(site, item);
	const body = writableValues(site, entity, item);
	checkParents(site, entity, body);
	if (existing) return { row: site.db.update(entity, existing, { ...body, ...extra }), action: 'updated' };
	return { row: insertSynced(site, entity, { ...body, ...extra }), action: 'created' };
}

/** The lookup and the insert are two statements: of two first calls at the same moment one finds its key taken. */
export function insertSynced(site: Site, entity: EntityName, values: Values): Row {
	if (site.switches.raceNext > 0) {
		site.switches.raceNext -= 1;
		site.db.insert(entity, values);
	}
	return site.db.insert(entity, values);
}

export function syncAnswer(site: Site, entity: EntityName, { row, action }: Synced): ApiAnswer {
	const data =
		site.switches.syncAnswer === 'documented'
			? { action, id: row.id, external_id: row.external_id }
			: { [singularOf(entity)]: { ...row }, action };
	return { status: action === 'created' ? 201 : 200, data, counts: { records: 1, [action]: 1 } };
}

/** The list of a bulk body: `items` (later generations) or the plural name of the entity (all of them). */
export function bulkItems(site: Site, entity: EntityName, request: ApiRequest): unknown[] {
	const body = readBody(request, site.dialect);
	const items = site.dialect !== 'g1' && Array.isArray(body.items) ? body.items : body[entity];
	if (!Array.isArray(items)) throw badRequest(`Request body must contain either "items" array or "${entity}" array`);
	// The first handler of cells took 100 only.
	const limit = site.dialect === 'g1' && entity === 'cells' ? 100 : 1000;
	if (items.length > limit) throw badRequest(`Maximum ${limit} items per bulk-sync request`);
	return items;
}

/** `POST /api-<entity>/bulk-sync` of the shared builder: each record for itself, the answer only counts. */
export function bulkSync(site: Site, entity: EntityName, items: readonly unknown[], one = syncOne): ApiAnswer {
	const outcomes = items.map((item): BulkOutcome => {
		try {
			site.work.record();
			if (!isObject(item)) throw badRequest('Item must be an object');
			const { row, action } = one(site, entity, item);
			return { item, action, id: row.id };
		} catch (error) {
			if (error instanceof DatabaseError) return silentOr(site, entity, item, error);
			if (error instanceof ApiError)
				return { item, error: error instanceof ValidationError ? error.findings : error.message };
			throw error;
		}
	});
	const count = (test: (outcome: BulkOutcome) => boolean): number => outcomes.filter(test).length;
	const created = count((each) => each.action === 'created');
	const updated = count((each) => each.action === 'updated');
	const failed = count((each) => each.error !== undefined);
	const counts = { records: items.length, created, updated, failed };
	const data =
		site.switches.bulkAnswer === 'records'
			? { total: items.length, created, updated, errors: failed, results: outcomes.map(perRecord) }
			: {
					results: {
						created,
						updated,
						failed,
						errors: outcomes.filter((each) => each.error !== undefined).map(({ item, error }) => ({ item, error })),
					},
					total: items.length,
				};
	return { status: 200, data, counts };
}

interface BulkOutcome {
	item: unknown;
	action?: Action;
	id?: string;
	error?: unknown;
}

/** Until 0.10.0 a bulk did not look at the database's answer: what it refused was counted as written. */
function silentOr(site: Site, entity: EntityName, item: unknown, error: DatabaseError): BulkOutcome {
	if (!site.switches.silentBulkFailures || !isObject(item)) return { item, error: error.message };
	const existing = findExternal(site, entity, item.external_source, item.external_id);
	return { item, action: existing ? 'updated' : 'created' };
}

function perRecord({ item, action, id, error }: BulkOutcome): Values {
	const externalId = isObject(item) ? (item.external_id ?? null) : null;
	if (error === undefined) return { external_id: externalId, id, action };
	return { external_id: externalId, action: 'error', error: Array.isArray(error) ? JSON.stringify(error) : error };
}
