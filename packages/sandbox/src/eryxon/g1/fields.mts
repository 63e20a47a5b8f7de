import { badRequest } from '../errors.mts';
import type { EntityName } from '../schema.mts';
import type { Site } from '../site.mts';
import type { Row, Values } from '../table.mts';

/** How a parent is looked up by its external id. */
export type FindParent = (entity: 'jobs' | 'parts', externalId: unknown, source: unknown) => Row | undefined;

const or = (value: unknown, fallback: unknown): unknown => value ?? fallback;

export function cellByName(site: Site, name: unknown): Row | undefined {
	for (const row of site.db.table('cells').rows.values()) if (row.name === name) return row;
	return undefined;
}

function parentId(site: Site, item: Values, parent: 'jobs' | 'parts', find: FindParent): unknown {
	const name = parent === 'jobs' ? 'job' : 'part';
	const { [`${name}_id`]: id, [`${name}_external_id`]: externalId } = item;
	if (externalId !== undefined && externalId !== null) {
		const row = find(parent, externalId, item.external_source);
		if (!row) throw badRequest(`${name} with external_id "${String(externalId)}" not found`);
		return row.id;
	}
	if (!id) throw badRequest(`${name}_external_id or ${name}_id is required`);
	if (!site.db.alive(parent, id)) throw badRequest(`${name} with id "${String(id)}" not found`);
	return id;
}

function cellId(site: Site, item: Values): unknown {
	if (item.cell_name !== undefined && item.cell_name !== null) {
		const row = cellByName(site, item.cell_name);
		if (!row) throw badRequest(`Cell "${String(item.cell_name)}" not found`);
		return row.id;
	}
	if (!item.cell_id) throw badRequest('cell_name or cell_id is required');
	if (!site.db.alive('cells', item.cell_id)) throw badRequest(`Cell with id "${String(item.cell_id)}" not found`);
	return item.cell_id;
}

/**
 * The names of the documented sync API ("API sync reference", December 2025) as columns. What is left out becomes its
 * default, also on an update.
 */
export function columnsOf(site: Site, entity: EntityName, item: Values, find: FindParent): Values {
	switch (entity) {
		case 'jobs':
			return {
				job_number: item.job_number,
				customer: or(item.customer, item.customer_name) ?? null,
				due_date: or(item.due_date, null),
				// The handlers wrote it in any case, whether or not the table had the column.
				priority: or(item.priority, 0),
				notes: or(item.notes, item.description) ?? null,
				metadata: or(item.metadata, null),
				status: item.status,
			};
		case 'parts':
			return {
				job_id: parentId(site, item, 'jobs', find),
				part_number: item.part_number,
				material: or(item.material, 'Unknown'),
				quantity: or(item.quantity, 1),
				notes: or(item.notes, null),
				metadata: or(item.metadata, null),
				file_paths: or(item.file_paths, null),
				status: item.status,
			};
		case 'operations':
			return {
				part_id: parentId(site, item, 'parts', find),
				cell_id: cellId(site, item),
				operation_name: item.operation_name,
				sequence: or(item.sequence, 1),
				estimated_time: or(or(item.estimated_time_minutes, item.estimated_time), 0),
				notes: or(item.notes, null),
				assigned_operator_id: or(item.assigned_operator_id, null),
				status: item.status,
			};
		case 'cells':
			return {
				name: item.name,
				color: or(item.color, '#3b82f6'),
				sequence: or(item.sequence, nextSequence(site)),
				active: or(item.active, true),
			};
		case 'resources':
			return {
				name: item.name,
				type: item.type,
				description: or(item.description, null),
				identifier: or(item.identifier, null),
				location: or(item.location, null),
				status: or(item.status, 'available'),
				metadata: or(item.metadata, null),
				active: or(item.active, true),
			};
	}
}

function nextSequence(site: Site): number {
	let highest = 0;
	for (const row of site.db.table('cells').rows.values()) highest = Math.max(highest, Number(row.sequence));
	return highest + 1;
}

export const requiredFields: Readonly<Record<EntityName, readonly string[]>> = {
	jobs: ['job_number'],
	parts: ['part_number'],
	operations: ['operation_name'],
	cells: ['name'],
	resources: ['name', 'type'],
};

export function requireFields(entity: EntityName, item: Values): void {
	for (const name of requiredFields[entity]) {
		if (item[name] === undefined || item[name] === null || item[name] === '') throw badRequest(`${name} is required`);
	}
}
