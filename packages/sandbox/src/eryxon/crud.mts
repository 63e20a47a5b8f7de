import { createNested } from './nested.mts';
import { isAlive } from './database.mts';
import { ApiError, badRequest, DatabaseError, internal, notFound, ValidationError } from './errors.mts';
import { isUnpaged, list } from './list.mts';
import { checkParents, writableValues } from './policy.mts';
import { ok, readBody, type ApiAnswer, type ApiRequest } from './request.mts';
import { singularOf, type TableName } from './schema.mts';
import type { Site } from './site.mts';
import type { Row, Values } from './table.mts';
import { isUuid } from './values.mts';
import { validatorOf } from './validate.mts';
import { view } from './views.mts';

/** What one function does differently from the shared builder. */
export interface CrudRules {
	/** Columns that reads do not show. */
	hidden: readonly string[];
	/** Throws when a create or update must not happen. */
	check?: (values: Values, existing: Row | undefined) => void;
	hardDelete?: boolean;
	beforeDelete?: (row: Row) => void;
	readOnly?: boolean;
}

/** The shared CRUD builder of 2026: list, single, create, change, delete, all on one address. */
export function crud(site: Site, table: TableName, request: ApiRequest, rules: CrudRules): ApiAnswer {
	const { method, query } = request;
	const id = query.get('id');
	if (method === 'GET') {
		return DatabaseError.during(`fetch ${table}`, () => {
			if (table === 'operations' && site.switches.missingTimes) throw noTimes();
			// An empty id is none.
			return id ? single(site, table, id, rules) : list(site, table, query, rules.hidden);
		});
	}
	if (rules.readOnly) throw notAllowed(method);
	if (method === 'POST') return create(site, table, readBody(request, site.dialect), rules);
	if (method === 'PATCH' || method === 'PUT') {
		if (!id) throw badRequest('ID parameter is required for updates');
		return change(site, table, id, readBody(request, site.dialect), rules);
	}
	if (method === 'DELETE') {
		if (!id) throw badRequest('ID parameter is required for deletion');
		return remove(site, table, id, rules);
	}
	throw notAllowed(method);
}

/** Looked up in the database as it is: a text that is no UUID is a database error there. */
export function rowById(site: Site, table: TableName, id: string): Row {
	if (!isUuid(id)) throw new DatabaseError(`invalid input syntax for type uuid: "${id}"`);
	const row = site.db.alive(table, id);
	if (!row) throw notFound(table, id);
	return row;
}

function single(site: Site, table: TableName, id: string, rules: CrudRules): ApiAnswer {
	if (isUnpaged(site, table)) throw internal('query.eq is not a function');
	const row = rowById(site, table, id);
	return ok({ [singularOf(table)]: view(site.db, table, row, rules.hidden) });
}

function create(site: Site, table: TableName, body: Values, rules: CrudRules): ApiAnswer {
	const findings = validatorOf(table)?.(body) ?? [];
	if (findings.length > 0) throw new ValidationError(findings);
	rules.check?.(body, undefined);
	checkPlan(site, table, body);
	if (table === 'jobs' && body.parts !== undefined) return { status: 201, data: createNested(site, body) };
	if (table === 'parts') {
		if (!body.part_number) throw badRequest('part_number is required');
		if (!body.job_id) throw badRequest('job_id is required');
	}
	const { operations, ...own } = body;
	const nested = table === 'parts' && Array.isArray(operations);
	const what = table === 'jobs' || table === 'parts' ? singularOf(table) : table;
	const row = DatabaseError.during(`create ${what}`, () => insertOne(site, table, nested ? own : body));
	const made: Values[] = [];
	// Operations that come with a part and fail are passed over in silence.
	for (const operation of nested ? (operations as Values[]) : []) {
		try {
			made.push({ ...insertOne(site, 'operations', { ...operation, part_id: row.id }) });
		} catch (error) {
			if (!(error instanceof DatabaseError) && !(error instanceof ApiError)) throw error;
		}
	}
	const shown = table === 'parts' ? { ...row, operations: made } : table === 'jobs' ? { ...row, parts: [] } : { ...row };
	return { status: 201, data: { [singularOf(table)]: shown }, counts: { created: 1 } };
}

/** Checks by the rules of this generation, then writes. */
export function insertOne(site: Site, table: TableName, body: Values): Row {
	const values = writableValues(site, table, body);
	checkParents(site, table, values);
	return site.db.insert(table, values);
}

export function updateOne(site: Site, table: TableName, row: Row, body: Values): Row {
	const values = writableValues(site, table, body);
	checkParents(site, table, values);
	return site.db.update(table, row, values);
}

function change(site: Site, table: TableName, id: string, body: Values, rules: CrudRules): ApiAnswer {
	const row = DatabaseError.during(`update ${table}`, () => {
		const found = rowById(site, table, id);
		rules.check?.(body, found);
		return updateOne(site, table, found, body);
	});
	return ok({ [singularOf(table)]: { ...row } }, { counts: { updated: 1 } });
}

/** Answers 200 whether or not there was such a record. A soft-deleted job keeps its parts. */
function remove(site: Site, table: TableName, id: string, rules: CrudRules): ApiAnswer {
	if (!isUuid(id)) throw new DatabaseError(`invalid input syntax for type uuid: "${id}"`);
	const row = site.db.get(table, id);
	if (row && isAlive(row)) {
		rules.beforeDelete?.(row);
		removeRow(site, table, row, rules.hardDelete === true);
	}
	return ok({ message: 'Deleted successfully' }, { counts: { deleted: row ? 1 : 0 } });
}

export function removeRow(site: Site, table: TableName, row: Row, hard: boolean): void {
	if (hard) {
		refuseWhileReferenced(site, table, row);
		site.db.remove(table, row);
	} else {
		site.db.update(table, row, { deleted_at: site.db.now() });
	}
}

/** Foreign keys keep a cell with operations; what hangs below a job, part or operation goes with it. */
function refuseWhileReferenced(site: Site, table: TableName, row: Row): void {
	const { db } = site;
	if (table === 'cells' && [...db.table('operations').pointingTo('cell_id', row.id)].length > 0) {
		throw new DatabaseError(
			'update or delete on table "cells" violates foreign key constraint "operations_cell_id_fkey" on table "operations"',
		);
	}
	const below = { jobs: ['parts', 'job_id'], parts: ['operations', 'part_id'] } as const;
	if (table !== 'jobs' && table !== 'parts') return;
	const [children, column] = below[table];
	for (const child of [...db.table(children).pointingTo(column, row.id)]) removeRow(site, children, child, true);
}

/** The quota of parts counts their quantities. */
export function checkPlan(site: Site, table: TableName, body: Values = {}): void {
	const limits: Partial<Record<TableName, number>> = { jobs: site.switches.jobLimit, parts: site.switches.partLimit };
	const limit = limits[table] ?? 0;
	if (limit === 0) return;
	const sizeOf = ({ quantity }: Values): number => (table === 'parts' ? Number(quantity ?? 1) : 1);
	let used = 0;
	for (const row of site.db.table(table).rows.values()) if (isAlive(row)) used += sizeOf(row);
	if (used + sizeOf(body) <= limit) return;
	const limitType = singularOf(table);
	const message = `${limitType} limit exceeded (${used}/${limit})`;
	throw new ApiError(402, 'QUOTA_EXCEEDED', message, { limitType, currentUsage: used, limit });
}

const noTimes = (): DatabaseError => new DatabaseError('column operations.started_at does not exist');

const notAllowed = (method: string): ApiError => badRequest(`Method ${method} not allowed`);
