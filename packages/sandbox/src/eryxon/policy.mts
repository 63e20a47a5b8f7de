import { badRequest } from './errors.mts';
import { schema, type TableName } from './schema.mts';
import type { Site } from './site.mts';
import type { Values } from './table.mts';
import { isUuid } from './values.mts';

const external = ['external_id', 'external_source'];

/** Fields that 0.10.0 and later let a client write, by table (its changelog and API documentation). */
const writable: Partial<Record<TableName, readonly string[]>> = {
	jobs: [
		...['actual_duration', 'completed_at', 'current_cell_id', 'customer', 'delivery_address', 'delivery_city'],
		...['delivery_postal_code', 'delivery_country', 'delivery_lat', 'delivery_lng', 'due_date', 'due_date_override'],
		...['job_number', 'metadata', 'notes', 'package_count', 'paused_at', 'resumed_at', 'started_at', 'status'],
		...['total_volume_m3', 'total_weight_kg', ...external],
	],
	parts: [
		...['cnc_program_name', 'current_cell_id', 'drawing_no', 'file_paths', 'height_mm', 'image_paths'],
		...['is_bullet_card', 'job_id', 'length_mm', 'material', 'material_cert_number', 'material_lot'],
		...['material_supplier', 'metadata', 'notes', 'parent_part_id', 'part_number', 'quantity', 'status'],
		...['weight_kg', 'width_mm', ...external],
	],
	// No status and no actual_time: those change through the lifecycle alone.
	operations: [
		...['assigned_operator_id', 'cell_id', 'changeover_time', 'estimated_time', 'icon_name', 'metadata', 'notes'],
		...['operation_name', 'part_id', 'planned_end', 'planned_start', 'run_time_per_unit', 'sequence'],
		...['setup_time', 'wait_time', ...external],
	],
	cells: [
		...['active', 'capacity_hours_per_day', 'color', 'description', 'enforce_wip_limit', 'icon_name', 'image_url'],
		...['name', 'sequence', 'show_capacity_warning', 'wip_limit', 'wip_warning_threshold', ...external],
	],
	resources: [
		...['active', 'description', 'identifier', 'location', 'metadata', 'name', 'status', 'type', ...external],
	],
	webhooks: ['active', 'events', 'name', 'secret_key', 'url'],
};

const kept = ['id', 'tenant_id', 'created_at'];

/** The part of a body that goes to the table. Throws a 400 for what a strict server refuses. */
export function writableValues(site: Site, table: TableName, body: Values): Values {
	const { unknownFields, priorityColumn } = site.switches;
	const columns = schema[table].columns;
	if (unknownFields === '400') {
		const allowed = writable[table] ?? Object.keys(columns).filter((name) => !kept.includes(name));
		const extra = priorityColumn && table === 'jobs' ? ['priority'] : [];
		const foreign = Object.keys(body).find((name) => !allowed.includes(name) && !extra.includes(name));
		if (foreign !== undefined) throw badRequest(`Field ${foreign} is not writable`);
	}
	const values: Values = {};
	for (const name in body) if (!kept.includes(name)) values[name] = body[name];
	if (unknownFields !== 'ignore') return values;
	const known = (name: string): boolean => Object.hasOwn(columns, name) && (name !== 'priority' || priorityColumn);
	return Object.fromEntries(Object.entries(values).filter(([name]) => known(name)));
}

/** Ids of parents must be UUIDs of the same workshop (0.10.0 and later); before, the database found out. */
export function checkParents(site: Site, table: TableName, values: Values): void {
	if (!site.switches.parentChecks) return;
	for (const [name, value] of Object.entries(values)) {
		const references = schema[table].columns[name]?.references;
		if (!references || value === null || value === undefined) continue;
		if (!isUuid(value)) throw badRequest(`${name} must be a UUID`);
		// A deleted parent is still a record of this workshop.
		if (!site.db.get(references, value)) throw badRequest(`${name} does not reference a record in this tenant`);
	}
}
