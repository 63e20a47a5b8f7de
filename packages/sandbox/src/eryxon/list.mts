import { isAlive, type Database } from './database.mts';
import { badRequest, DatabaseError } from './errors.mts';
import { listRules, type ListRules } from './list-rules.mts';
import { ok, type ApiAnswer } from './request.mts';
import type { TableName } from './schema.mts';
import type { Site } from './site.mts';
import type { Row } from './table.mts';
import { cast } from './values.mts';
import { view } from './views.mts';

const defaultLimit = 100;
const maxLimit = 1000;
/** PostgREST hands out no more rows than that, whatever is asked for. */
const maxRows = 1000;

/** Functions whose list query was built before paging was added to it, in 0.8.5 and before (changelog of 0.10.0). */
const withModifier: readonly TableName[] = [
	'time_entries',
	'operation_quantities',
	'scrap_reasons',
	'substep_templates',
	'webhook_logs',
];
export const isUnpaged = (site: Site, table: TableName): boolean =>
	site.switches.unpagedModifiers && withModifier.includes(table);

/** `GET` without an id. The first handlers put the page's data in `meta`, later ones in `data.pagination`. */
export function list(site: Site, table: TableName, query: URLSearchParams, hidden: readonly string[]): ApiAnswer {
	const { db, dialect } = site;
	const { limit, offset } = pageOf(site, query);
	const found = search(site, table, query, offset);
	if (offset > found.length && dialect !== 'g1' && !isUnpaged(site, table)) {
		throw new DatabaseError('Requested range not satisfiable');
	}
	const page = isUnpaged(site, table) ? found.slice(0, maxRows) : found.slice(offset, offset + limit);
	const rows = page.map((row) => view(db, table, row, hidden));
	const counts = { records: rows.length };
	if (dialect !== 'g1' || !isFirstFive(table)) {
		return ok({ [table]: rows, pagination: { total: found.length, offset, limit } }, { counts });
	}
	const total = found.length;
	switch (table) {
		case 'cells':
			return ok({ cells: found.map((row) => view(db, table, row, hidden)) }, { counts: { records: total } });
		case 'resources':
			return ok({ resources: rows }, { meta: { pagination: { limit, offset, total } }, counts });
		case 'operations': {
			const counted = query.get('include_count') === 'true' ? total : rows.length;
			const pagination = { limit, offset, total: counted, has_more: offset + rows.length < total };
			return ok(rows, { meta: { pagination }, counts });
		}
		default:
			return ok(rows, { meta: { pagination: { limit, offset, total } }, counts });
	}
}

const isFirstFive = (table: TableName): boolean =>
	['jobs', 'parts', 'operations', 'cells', 'resources'].includes(table);

function pageOf(site: Site, query: URLSearchParams): { limit: number; offset: number } {
	const read = (name: string, fallback: number): number => {
		const text = query.get(name);
		if (text === null || text === '') return fallback;
		const value = Number(text);
		if (Number.isInteger(value) && value >= 0) return value;
		if (site.dialect === 'g3') throw badRequest(`Query parameter '${name}' must be a non-negative integer`);
		return fallback;
	};
	const limit = Math.min(maxLimit, Math.max(1, read('limit', defaultLimit)));
	return { limit, offset: read('offset', 0) };
}

function search(site: Site, table: TableName, query: URLSearchParams, offset: number): Row[] {
	const { db, dialect } = site;
	const rules = listRules[table];
	const tests = testsOf(db, table, rules, query);
	if (dialect === 'g1') tests.push(...firstGenerationTests(db, table, query));
	const found: Row[] = [];
	for (const row of candidates(db, table, rules, query)) {
		if (isAlive(row) && tests.every((test) => test(row))) found.push(row);
	}
	return sorted(found, rules, query, { sortBy: dialect === 'g1' && table === 'operations', first: dialect === 'g1', offset });
}

/** The rows of one parent when the query names one, else all. */
function candidates(db: Database, table: TableName, rules: ListRules, query: URLSearchParams): Iterable<Row> {
	for (const column of rules.equals) {
		const wanted = query.get(column);
		if (wanted && db.table(table).hasIndex(column)) return db.table(table).pointingTo(column, wanted.toLowerCase());
	}
	const [source, id] = [query.get('external_source'), query.get('external_id')];
	if (table === 'resources' && source && id) {
		const row = db.table(table).find('idx_resources_external_id', source, id);
		return row ? [row] : [];
	}
	return db.table(table).rows.values();
}

type Test = (row: Row) => boolean;

function testsOf(db: Database, table: TableName, rules: ListRules, query: URLSearchParams): Test[] {
	const tests: Test[] = [];
	for (const name of rules.equals) {
		const wanted = query.get(name);
		// An empty text is a value as well: no enum, no UUID, no boolean.
		if (wanted === null) continue;
		const value = cast(db.table(table).columns[name], wanted);
		tests.push((row) => row[name] === value);
	}
	const has = (row: Row, name: string, part: string): boolean =>
		String(row[name] ?? '')
			.toLowerCase()
			.includes(part);
	for (const name of rules.contains) {
		const wanted = query.get(name)?.toLowerCase();
		if (wanted) tests.push((row) => has(row, name, wanted));
	}
	const text = query.get('search')?.toLowerCase();
	if (text && rules.search.length > 0) {
		// The text goes into an or-expression as it is: what has a meaning there breaks it.
		if (/[,()]/.test(text))
			throw new DatabaseError(`"failed to parse logic tree ((${rules.search[0]}.ilike.%${text}%))"`);
		tests.push((row) => rules.search.some((name) => has(row, name, text)));
	}
	const more = rules.more?.(db, query);
	if (more) tests.push(more);
	return tests;
}

/** Filters that only the first handlers had. */
function firstGenerationTests(db: Database, table: TableName, query: URLSearchParams): Test[] {
	const tests: Test[] = [];
	const partNumber = query.get('part_number');
	if (table === 'parts' && partNumber) tests.push((row) => row.part_number === partNumber);
	if (table === 'operations') {
		const jobId = query.get('job_id');
		if (jobId) tests.push((row) => db.get('parts', row.part_id)?.job_id === jobId);
		const cell = query.get('cell_name');
		if (cell) tests.push((row) => db.get('cells', row.cell_id)?.name === cell);
		const operator = query.get('assigned_operator_id');
		if (operator) tests.push((row) => row.assigned_operator_id === operator);
	}
	return tests;
}

/**
 * PostgreSQL promises no order of rows with equal sort values, and a page is a query of its own: what one page put last
 * another may put first. Here they come by a number made of their id and the page.
 */
function sorted(
	rows: Row[],
	rules: ListRules,
	query: URLSearchParams,
	{ sortBy, first, offset }: { sortBy: boolean; first: boolean; offset: number },
): Row[] {
	const wanted = query.get(sortBy && query.has('sort_by') ? 'sort_by' : 'sort') ?? '';
	const known = rules.sorts.includes(wanted);
	const column = known ? wanted : rules.sorts[0];
	const asked = query.get('order');
	// A known sort without a direction takes the direction of the list's own order.
	const ascending = known && asked ? asked === 'asc' : rules.order === 'asc';
	const direction = ascending ? 1 : -1;
	return rows.sort((a, b) => direction * compare(a[column], b[column]) || (first ? 0 : tie(a.id, offset) - tie(b.id, offset)));
}

function tie(id: string, offset: number): number {
	const start = (offset * 7) % 24;
	return Number.parseInt((id + id).replaceAll('-', '').slice(start, start + 8), 16);
}

function compare(a: unknown, b: unknown): number {
	if (a === b) return 0;
	if (a === null || a === undefined) return 1;
	if (b === null || b === undefined) return -1;
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	return String(a) < String(b) ? -1 : 1;
}
