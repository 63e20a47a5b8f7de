import { isObject } from '../../web/http.mts';
import { checkPlan, removeRow, rowById } from '../crud.mts';
import { isAlive } from '../database.mts';
import { ApiError, badRequest, conflict, DatabaseError, notFound } from '../errors.mts';
import { list } from '../list.mts';
import { ok, readBody, type ApiAnswer, type ApiRequest } from '../request.mts';
import { schema, singularOf, type EntityName } from '../schema.mts';
import type { Site } from '../site.mts';
import { findExternal } from '../sync.mts';
import type { Row, Values } from '../table.mts';
import { isUuid } from '../values.mts';
import { view } from '../views.mts';
import { cellByName, columnsOf, requireFields } from './fields.mts';

/** The hand-written handlers of 0.1.0: duplicate checks, field whitelists and guarded deletes of their own. */
export function firstCrud(site: Site, entity: EntityName, request: ApiRequest): ApiAnswer {
	const { method, query } = request;
	const id = query.get('id');
	switch (method) {
		case 'GET':
			if (id === null) return list(site, entity, query, []);
			return ok({ [singularOf(entity)]: view(site.db, entity, rowById(site, entity, id)) });
		case 'POST':
			return create(site, entity, readBody(request, 'g1'));
		case 'PATCH':
			if (!id) throw badRequest('Missing id parameter');
			return change(site, entity, rowById(site, entity, id), readBody(request, 'g1'));
		case 'DELETE':
			if (!id) throw badRequest('Missing id parameter');
			return remove(site, entity, id);
		default:
			throw new ApiError(405, 'METHOD_NOT_ALLOWED', `Method ${method} not allowed`);
	}
}

/** Unique business keys are looked at first: 409 where later generations let the database fail with a 500. */
function refuseDuplicate(site: Site, entity: EntityName, values: Values, self?: Row): void {
	const named = { jobs: 'job_number', parts: 'part_number', resources: 'name' } as const;
	if (entity === 'operations' || entity === 'cells') return;
	const column = named[entity];
	const key = schema[entity].unique.find((each) => each.columns.includes(column));
	const holder = key && site.db.table(entity).find(key.name, values[column]);
	if (holder && holder !== self && isAlive(holder)) {
		throw conflict(`${singularOf(entity)} with ${column} "${String(values[column])}" already exists`);
	}
}

function create(site: Site, entity: EntityName, body: Values): ApiAnswer {
	checkPlan(site, entity);
	requireFields(entity, body);
	refuseDuplicate(site, entity, body);
	const row = insert(site, entity, body);
	const counts = { created: 1 };
	if (entity !== 'jobs') return { status: 201, data: { [singularOf(entity)]: { ...row } }, counts };
	const parts = objects(body.parts).map((part) => createPart(site, row, part));
	// The first handlers told about a job that came by REST; the shared builder no longer did.
	site.webhooks.emit('job.created', { job_id: row.id, job_number: row.job_number, customer: row.customer });
	const { id, job_number, status, created_at } = row;
	return { status: 201, data: { job_id: id, job_number, status, created_at, parts }, counts };
}

const objects = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isObject) : []);

function insert(site: Site, entity: EntityName, body: Values): Row {
	const values = columnsOf(site, entity, body, (parent, id, source) => findExternal(site, parent, source, id));
	const { external_id = null, external_source = null } = body;
	return site.db.insert(entity, { ...values, external_id, external_source });
}

/** A part of a job that is created in one call; its operations name their cells and give minutes. */
function createPart(site: Site, job: Row, part: Values): Values {
	requireFields('parts', part);
	const row = insert(site, 'parts', { ...part, job_id: job.id });
	const operations = objects(part.operations).map((operation) => {
		const step = insert(site, 'operations', { ...operation, part_id: row.id });
		return { operation_id: step.id, operation_name: step.operation_name };
	});
	return { part_id: row.id, part_number: row.part_number, operations };
}

const changeable: Readonly<Record<EntityName, readonly string[]>> = {
	jobs: ['job_number', 'customer', 'due_date', 'priority', 'notes', 'metadata', 'status'],
	parts: ['part_number', 'material', 'quantity', 'notes', 'metadata', 'status', 'file_paths'],
	operations: ['operation_name', 'sequence', 'estimated_time', 'notes', 'status', 'assigned_operator_id', 'cell_id'],
	cells: ['name', 'color', 'sequence', 'active'],
	resources: ['name', 'type', 'description', 'identifier', 'location', 'status', 'metadata', 'active'],
};

function change(site: Site, entity: EntityName, row: Row, body: Values): ApiAnswer {
	const wanted = Object.entries(body).filter(([name]) => changeable[entity].includes(name));
	if (entity === 'operations' && body.cell_name !== undefined) {
		wanted.push(['cell_id', cellByName(site, body.cell_name)?.id ?? null]);
	}
	if (wanted.length === 0) throw badRequest('No valid fields to update');
	const values = Object.fromEntries(wanted);
	refuseDuplicate(site, entity, values, row);
	site.db.update(entity, row, values);
	return ok({ [singularOf(entity)]: { ...row } }, { counts: { updated: 1 } });
}

function remove(site: Site, entity: EntityName, id: string): ApiAnswer {
	if (!isUuid(id)) throw new DatabaseError(`invalid input syntax for type uuid: "${id}"`);
	const row = site.db.alive(entity, id);
	if (!row) throw notFound(singularOf(entity));
	const used = inUse(site, entity, row);
	if (used) throw conflict(used);
	removeRow(site, entity, row, site.switches.deletes === 'hard' && entity !== 'resources');
	return ok({ message: `${singularOf(entity)} deleted successfully` }, { counts: { deleted: 1 } });
}

function inUse(site: Site, entity: EntityName, row: Row): string | undefined {
	const points = (table: 'parts' | 'time_entries' | 'operations', column: string): boolean =>
		[...site.db.table(table).pointingTo(column, row.id)].some(isAlive);
	if (entity === 'parts' && points('parts', 'parent_part_id')) return 'Cannot delete a part that has child parts';
	if (entity === 'operations' && points('time_entries', 'operation_id')) {
		return 'Cannot delete an operation that has time entries';
	}
	if (entity === 'cells' && points('operations', 'cell_id')) return 'Cannot delete a cell that has operations';
	return undefined;
}
