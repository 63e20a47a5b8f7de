/** Reads the answers of all generations into one shape. The shapes differ, the meaning does not. */

export type Row = Record<string, unknown>;

export function isObject(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

export interface Page {
	rows: Row[];
	/** How many there are in all, where the answer says so. */
	total?: number;
}

/** A list: bare in `data`, or the first list inside `data`. */
export function readPage(data: unknown, meta: unknown): Page {
	const list = Array.isArray(data) ? data : isObject(data) ? Object.values(data).find((value) => Array.isArray(value)) : undefined;
	const rows = Array.isArray(list) ? list.filter(isObject) : [];
	const paging = [isObject(data) ? data.pagination : undefined, isObject(meta) ? meta.pagination : undefined].find(isObject);
	return { rows, ...(typeof paging?.total === 'number' ? { total: paging.total } : {}) };
}

/** A single record: the only object in `data` beside paging, or `data` itself. */
export function readRow(data: unknown): Row | undefined {
	if (Array.isArray(data)) return isObject(data[0]) ? data[0] : undefined;
	if (!isObject(data)) return undefined;
	const inside = Object.entries(data).find(([key, value]) => key !== 'pagination' && isObject(value) && 'id' in value);
	if (inside) return inside[1] as Row;
	if ('id' in data) return data;
	const list = Object.values(data).find((value) => Array.isArray(value));
	return Array.isArray(list) && isObject(list[0]) ? list[0] : undefined;
}

export interface Synced {
	id?: string;
	action: 'created' | 'updated';
	row?: Row;
}

/** The answer to the sync of one record: `{action, id}`, or `{action, <kind>: row}` in either order. */
export function readSynced(data: unknown, status: number): Synced {
	const row = readRow(data);
	const fields = isObject(data) ? data : {};
	const id = text(fields.id) ?? text(row?.id);
	const said = text(fields.action);
	const action = said === 'created' || said === 'updated' ? said : status === 201 ? 'created' : 'updated';
	return { ...(id ? { id } : {}), action, ...(row && row !== data ? { row } : {}) };
}

export type RecordResult = { action: 'created' | 'updated' | 'skipped'; id?: string } | { action: 'error'; reason: string };

/** A bulk answer with one result for each record. */
export interface Listed {
	kind: 'listed';
	results: Array<{ externalId: string; result: RecordResult }>;
}

/** A bulk answer that only counts: no IDs, and nothing about a record unless it failed. */
export interface Counted {
	kind: 'counted';
	created: number;
	updated: number;
	failed: number;
	errors: Array<{ externalId?: string; externalSource?: string; index?: number; reason: string }>;
}

export function readBulk(data: unknown): Listed | Counted | undefined {
	if (!isObject(data)) return undefined;
	if (Array.isArray(data.results)) return { kind: 'listed', results: data.results.filter(isObject).map(listedResult) };
	const counts = isObject(data.results) ? data.results : data;
	if (typeof counts.created !== 'number' && typeof counts.updated !== 'number') return undefined;
	const errors = Array.isArray(counts.errors) ? counts.errors : [];
	return {
		kind: 'counted',
		created: count(counts.created),
		updated: count(counts.updated),
		failed: typeof counts.failed === 'number' ? counts.failed : errors.length,
		errors: errors.map(countedError),
	};
}

/** One entity of an answer of the ERP sync: results for each record, in no particular order. */
export function readErpSync(data: unknown, plural: string): { results: Listed['results']; records: Row[] } {
	const entities = isObject(data) && isObject(data.entities) ? data.entities : {};
	const entity = isObject(entities[plural]) ? entities[plural] : {};
	return {
		results: Array.isArray(entity.results) ? entity.results.filter(isObject).map(listedResult) : [],
		records: Array.isArray(entity.records) ? entity.records.filter(isObject) : [],
	};
}

function listedResult(entry: Row): Listed['results'][number] {
	const externalId = String(entry.external_id ?? '');
	const { action } = entry;
	if (action === 'created' || action === 'updated' || action === 'skipped') {
		const id = text(entry.id);
		return { externalId, result: { action, ...(id ? { id } : {}) } };
	}
	return { externalId, result: { action: 'error', reason: reasonOf(entry.error) } };
}

function countedError(entry: unknown): Counted['errors'][number] {
	if (!isObject(entry)) return { reason: reasonOf(entry) };
	const { item } = entry;
	const reason = reasonOf(entry.error ?? entry.message);
	if (typeof item === 'number') return { index: item, reason };
	if (typeof item === 'string') return { externalId: item, reason };
	const named = isObject(item) ? item : entry;
	return { externalId: text(named.external_id), externalSource: text(named.external_source), reason };
}

/** Why a record failed: a text, or a list of validation entries. */
export function reasonOf(error: unknown): string {
	if (typeof error === 'string' && error !== '') return error;
	if (Array.isArray(error)) return error.map(reasonOf).join('; ') || 'no reason given';
	if (isObject(error)) {
		const message = text(error.message) ?? text(error.error) ?? text(error.constraint) ?? 'not accepted';
		const field = text(error.field);
		return field && !message.includes(field) ? `${field}: ${message}` : message;
	}
	return 'no reason given';
}

function count(value: unknown): number {
	return typeof value === 'number' ? value : 0;
}
