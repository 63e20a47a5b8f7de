import { isObject } from '../web/http.mts';
import { diffEntity } from './erp-diff.mts';
import { classify, erpEntities, type Classified, type ErpEntity } from './erp-records.mts';
import { ApiError, badRequest, DatabaseError } from './errors.mts';
import { ok, readBody, type ApiAnswer, type ApiRequest } from './request.mts';
import type { Site } from './site.mts';
import type { Values } from './table.mts';

/**
 * `/api-erp-sync/{diff|sync|status}`: jobs, parts and resources together, compared with what is there. The one place
 * that skips unchanged records and, in every generation, takes `job_external_id` on parts.
 */
export function erpSync(site: Site, request: ApiRequest): ApiAnswer {
	const { method, action } = request;
	if (action === 'status') {
		if (method !== 'GET') throw notAllowed(method);
		return status(site, request.query);
	}
	if (action !== 'diff' && action !== 'sync') throw badRequest('Invalid endpoint. Use /diff, /sync, or /status');
	if (method !== 'POST') throw notAllowed(method);
	const body = readBody(request, site.dialect);
	const lists = erpEntities.flatMap((entity): [ErpEntity, unknown[]][] => {
		const list = body[entity];
		// A preview also answers for an empty list.
		return Array.isArray(list) && (list.length > 0 || action === 'diff') ? [[entity, list]] : [];
	});
	return action === 'diff' ? diff(site, lists) : sync(site, lists, body);
}

const notAllowed = (method: string): ApiError =>
	new ApiError(405, 'METHOD_NOT_ALLOWED', `Method ${method} not allowed`);

const sum = <T,>(all: readonly T[], of: (each: T) => number): number =>
	all.reduce((total, each) => total + of(each), 0);

function diff(site: Site, lists: readonly [ErpEntity, unknown[]][]): ApiAnswer {
	const parts = lists.map(([entity, items]) => ({ entity, result: diffEntity(site, entity, items) }));
	const results = parts.map(({ result }) => result);
	return ok(
		{
			summary: {
				total_entities: parts.length,
				total_records: sum(results, (each) => each.total),
				total_to_create: sum(results, (each) => each.to_create),
				total_to_update: sum(results, (each) => each.to_update),
				total_unchanged: sum(results, (each) => each.unchanged),
				total_errors: sum(results, (each) => each.errors),
			},
			entities: Object.fromEntries(parts.map(({ entity, result }) => [entity, result])),
		},
		{ counts: { records: sum(results, (each) => each.total) } },
	);
}

interface EntityResult {
	total: number;
	created: number;
	updated: number;
	skipped: number;
	errors: number;
	results: Values[];
	duration_ms: number;
}

function sync(site: Site, lists: readonly [ErpEntity, unknown[]][], body: Values): ApiAnswer {
	const started = performance.now();
	const options = isObject(body.options) ? body.options : {};
	const source = typeof body.source === 'string' ? body.source : 'erp_api';
	const done = lists.map(([entity, items]) => {
		const result = syncEntity(site, entity, items, options.skip_unchanged !== false);
		if (options.record_history !== false) remember(site, entity, result);
		return { entity, result };
	});
	const results = done.map(({ result }) => result);
	const summary = {
		total_entities: done.length,
		total_records: sum(results, (each) => each.total),
		total_created: sum(results, (each) => each.created),
		total_updated: sum(results, (each) => each.updated),
		total_skipped: sum(results, (each) => each.skipped),
		total_errors: sum(results, (each) => each.errors),
		duration_ms: Math.round(performance.now() - started),
	};
	for (const { entity, result } of done) {
		if (result.created + result.updated === 0) continue;
		const { results: each, ...counts } = result;
		const written = each.filter(({ action }) => action === 'created' || action === 'updated');
		const external_ids = written.map(({ external_id }) => external_id);
		site.webhooks.emit(`sync.${entity}.completed`, { entity_type: entity, source, ...counts, external_ids });
	}
	if (done.length > 1) {
		const { total_entities: _count, ...totals } = summary;
		site.webhooks.emit('sync.batch.completed', { entities: done.map(({ entity }) => entity), ...totals, source });
	}
	const { total_records: records, total_created, total_updated, total_skipped, total_errors } = summary;
	return ok(
		{ summary, entities: Object.fromEntries(done.map(({ entity, result }) => [entity, result])) },
		{ counts: { records, created: total_created, updated: total_updated, skipped: total_skipped, failed: total_errors } },
	);
}

/** The answer lists refused and skipped records first, then created, then updated ones. */
function syncEntity(site: Site, entity: ErpEntity, items: readonly unknown[], skipUnchanged: boolean): EntityResult {
	const started = performance.now();
	const records = classify(site, entity, items, 'sync');
	const results: Values[] = [];
	const creates: Classified[] = [];
	const updates: Classified[] = [];
	for (const record of records) {
		if (!record.unchanged) site.work.record();
		const { externalId: external_id } = record;
		if (record.error !== undefined) results.push({ external_id, action: 'error', error: record.error });
		else if (!record.existing) creates.push(record);
		else if (skipUnchanged && record.unchanged)
			results.push({ external_id, id: record.existing.id, action: 'skipped' });
		else updates.push(record);
	}
	results.push(...create(site, entity, creates), ...updates.map((record) => update(site, entity, record)));
	const count = (action: string): number => results.filter((each) => each.action === action).length;
	return {
		total: items.length,
		created: count('created'),
		updated: count('updated'),
		skipped: count('skipped'),
		errors: count('error'),
		results,
		duration_ms: Math.round(performance.now() - started),
	};
}

function written(site: Site, { columns, hash }: Classified): Values {
	return { ...columns, synced_at: site.db.now(), sync_hash: hash };
}

/** All creates go in one insert statement: one bad row fails them all. New jobs always get a priority. */
function create(site: Site, entity: ErpEntity, records: readonly Classified[]): Values[] {
	try {
		const made = site.db.insertAll(
			entity,
			records.map((record) => written(site, record)),
		);
		return made.map((row) => ({ external_id: row.external_id, id: row.id, action: 'created' }));
	} catch (error) {
		if (!(error instanceof DatabaseError)) throw error;
		return records.map(({ externalId }) => ({ external_id: externalId, action: 'error', error: error.message }));
	}
}

function update(site: Site, entity: ErpEntity, record: Classified): Values {
	const { existing, externalId } = record;
	try {
		if (!existing) throw new DatabaseError('row not found');
		site.db.update(entity, existing, written(site, record));
		return { external_id: externalId, id: existing.id, action: 'updated' };
	} catch (error) {
		if (!(error instanceof DatabaseError)) throw error;
		return { external_id: externalId, action: 'error', error: error.message };
	}
}

function remember(site: Site, entity: ErpEntity, result: EntityResult): void {
	const now = site.db.now();
	site.db.insert('sync_imports', {
		source: 'api_erp_sync',
		entity_type: entity,
		status: result.errors > 0 && result.created + result.updated === 0 ? 'failed' : 'completed',
		total_records: result.total,
		created_count: result.created,
		updated_count: result.updated,
		skipped_count: result.skipped,
		error_count: result.errors,
		errors: result.errors > 0 ? result.results.filter((each) => each.action === 'error') : null,
		started_at: now,
		completed_at: now,
	});
}

function status(site: Site, query: URLSearchParams): ApiAnswer {
	const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 20) || 20));
	const [type, source] = [query.get('entity_type'), query.get('source')];
	const wanted = (row: Values): boolean =>
		(type === null || row.entity_type === type) &&
		(source === null || row.source === source);
	const found = [...site.db.table('sync_imports').rows.values()].filter(wanted).reverse();
	const history = found.slice(0, limit);
	const total = (column: string): number => sum(history, (row) => Number(row[column] ?? 0));
	const stats = {
		total_syncs: history.length,
		successful: history.filter((row) => row.status === 'completed').length,
		failed: history.filter((row) => row.status === 'failed').length,
		total_created: total('created_count'),
		total_updated: total('updated_count'),
		total_errors: total('error_count'),
	};
	return ok({ stats, history });
}
