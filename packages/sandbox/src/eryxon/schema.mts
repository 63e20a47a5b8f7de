/**
 * Tables and columns an integrator touches, after the public schema of Eryxon (database types and migrations of
 * 2026): what is required without a default, what is unique, what points to another table.
 */
export type Scalar = 'text' | 'int' | 'number' | 'bool' | 'json' | 'time' | 'uuid' | 'list';

export interface Column {
	type: Scalar;
	required?: boolean;
	default?: unknown;
	/** The allowed values of a database enum, and its name. */
	values?: readonly string[];
	enumName?: string;
	/** Table whose id this is. */
	references?: TableName;
}

export interface UniqueKey {
	name: string;
	columns: readonly string[];
}

export interface TableSchema {
	columns: Readonly<Record<string, Column>>;
	unique: readonly UniqueKey[];
}

export const entityNames = ['jobs', 'parts', 'operations', 'cells', 'resources'] as const;
/** The five tables that can be synchronised with an ERP. */
export type EntityName = (typeof entityNames)[number];
export type TableName =
	| EntityName
	| 'operation_quantities'
	| 'scrap_reasons'
	| 'time_entries'
	| 'issues'
	| 'assignments'
	| 'substeps'
	| 'substep_templates'
	| 'operation_batches'
	| 'webhooks'
	| 'webhook_logs'
	| 'webhook_deliveries'
	| 'sync_imports'
	| 'profiles';

const text: Column = { type: 'text' };
const int: Column = { type: 'int' };
const number: Column = { type: 'number' };
const bool: Column = { type: 'bool' };
const json: Column = { type: 'json' };
const time: Column = { type: 'time' };
const uuid: Column = { type: 'uuid' };
const list: Column = { type: 'list' };
const need = (column: Column): Column => ({ ...column, required: true });
const or = (column: Column, value: unknown): Column => ({ ...column, default: value });
const ref = (references: TableName): Column => ({ type: 'uuid', references });
const oneOf = (enumName: string, values: readonly string[]): Column => ({ type: 'text', enumName, values });

export const statuses = ['not_started', 'in_progress', 'on_hold', 'completed'] as const;
export type Status = (typeof statuses)[number];
const status = (name: string): Column => or(oneOf(name, statuses), 'not_started');

const base = { id: uuid, tenant_id: uuid, created_at: time, updated_at: time };
const external = {
	external_id: text,
	external_source: text,
	synced_at: time,
	sync_hash: text,
	deleted_at: time,
	deleted_by: uuid,
};
const lifecycle = { started_at: time, paused_at: time, resumed_at: time, completed_at: time };

const externalKey = (table: EntityName): UniqueKey => ({
	name: `idx_${table}_external_id`,
	columns: ['external_source', 'external_id'],
});
const table = (columns: Record<string, Column>, ...unique: UniqueKey[]): TableSchema => ({
	columns: { ...base, ...columns },
	unique,
});

export const schema: Readonly<Record<TableName, TableSchema>> = {
	jobs: table(
		{
			job_number: need(text),
			customer: text,
			due_date: time,
			due_date_override: time,
			status: status('job_status'),
			priority: or(int, 0),
			notes: text,
			metadata: json,
			current_cell_id: ref('cells'),
			delivery_address: text,
			delivery_city: text,
			delivery_postal_code: text,
			delivery_country: or(text, 'NL'),
			delivery_lat: number,
			delivery_lng: number,
			total_weight_kg: number,
			total_volume_m3: number,
			package_count: or(int, 1),
			actual_duration: number,
			...lifecycle,
			...external,
		},
		{ name: 'jobs_tenant_id_job_number_key', columns: ['job_number'] },
		externalKey('jobs'),
	),
	parts: table(
		{
			job_id: need(ref('jobs')),
			part_number: need(text),
			material: need(text),
			quantity: or(int, 1),
			status: status('job_status'),
			notes: text,
			metadata: json,
			current_cell_id: ref('cells'),
			parent_part_id: ref('parts'),
			drawing_no: text,
			cnc_program_name: text,
			is_bullet_card: or(bool, false),
			material_lot: text,
			material_supplier: text,
			material_cert_number: text,
			length_mm: number,
			width_mm: number,
			height_mm: number,
			weight_kg: number,
			file_paths: list,
			image_paths: or(list, []),
			...external,
		},
		{ name: 'parts_tenant_id_part_number_key', columns: ['part_number'] },
		externalKey('parts'),
	),
	operations: table(
		{
			part_id: need(ref('parts')),
			cell_id: need(ref('cells')),
			operation_name: need(text),
			sequence: need(int),
			estimated_time: need(int),
			actual_time: or(int, 0),
			setup_time: or(number, 0),
			run_time_per_unit: or(number, 0),
			wait_time: or(number, 0),
			changeover_time: or(number, 0),
			planned_start: time,
			planned_end: time,
			assigned_operator_id: ref('profiles'),
			completion_percentage: or(int, 0),
			status: status('task_status'),
			notes: text,
			metadata: json,
			icon_name: text,
			...lifecycle,
			...external,
		},
		externalKey('operations'),
	),
	cells: table(
		{
			name: need(text),
			sequence: need(int),
			description: text,
			color: text,
			active: or(bool, true),
			capacity_hours_per_day: or(number, 8),
			wip_limit: int,
			wip_warning_threshold: int,
			enforce_wip_limit: or(bool, false),
			show_capacity_warning: or(bool, true),
			icon_name: text,
			image_url: text,
			...external,
		},
		externalKey('cells'),
	),
	resources: table(
		{
			name: need(text),
			type: need(text),
			description: text,
			identifier: text,
			location: text,
			status: or(text, 'available'),
			metadata: json,
			active: or(bool, true),
			...external,
		},
		{ name: 'resources_tenant_id_name_key', columns: ['name'] },
		externalKey('resources'),
	),
	operation_quantities: table({
		operation_id: need(ref('operations')),
		quantity_produced: or(int, 0),
		quantity_good: or(int, 0),
		quantity_scrap: or(int, 0),
		quantity_rework: or(int, 0),
		scrap_reason_id: ref('scrap_reasons'),
		material_lot: text,
		material_supplier: text,
		material_cert_number: text,
		recorded_at: time,
		recorded_by: ref('profiles'),
		notes: text,
		metadata: json,
	}),
	scrap_reasons: table(
		{
			code: need(text),
			description: need(text),
			category: need(oneOf('scrap_category', ['material', 'process', 'equipment', 'operator', 'design', 'other'])),
			active: or(bool, true),
			metadata: json,
		},
		{ name: 'scrap_reasons_tenant_id_code_key', columns: ['code'] },
	),
	time_entries: table({
		operation_id: need(ref('operations')),
		operator_id: ref('profiles'),
		time_type: or(oneOf('time_type', ['setup', 'run', 'rework', 'wait', 'breakdown']), 'run'),
		start_time: need(time),
		end_time: time,
		is_paused: or(bool, false),
		duration: number,
		notes: text,
	}),
	issues: table({
		operation_id: need(ref('operations')),
		title: need(text),
		description: need(text),
		severity: need(oneOf('issue_severity', ['low', 'medium', 'high', 'critical'])),
		status: or(oneOf('issue_status', ['pending', 'approved', 'rejected', 'closed']), 'pending'),
		issue_type: or(oneOf('issue_type', ['general', 'ncr']), 'general'),
		ncr_category: oneOf('ncr_category', ['material_defect', 'dimensional', 'surface_finish', 'process_error', 'other']),
		disposition: oneOf('ncr_disposition', ['scrap', 'rework', 'use_as_is', 'return_to_supplier']),
		created_by: need(ref('profiles')),
		reported_by_id: ref('profiles'),
		resolution_notes: text,
		metadata: json,
	}),
	assignments: table({
		operator_id: need(ref('profiles')),
		job_id: ref('jobs'),
		part_id: ref('parts'),
		assigned_by: ref('profiles'),
		status: or(text, 'assigned'),
		notes: text,
	}),
	substeps: table({
		operation_id: need(ref('operations')),
		name: need(text),
		sequence: need(int),
		status: or(oneOf('substep_status', ['not_started', 'in_progress', 'completed', 'blocked']), 'not_started'),
		notes: text,
	}),
	substep_templates: table({
		name: need(text),
		description: text,
		operation_type: text,
		items: json,
		active: or(bool, true),
	}),
	operation_batches: table({
		batch_number: need(text),
		batch_type: or(
			oneOf('batch_type', ['laser_nesting', 'tube_batch', 'saw_batch', 'finishing_batch', 'general']),
			'general',
		),
		status: or(oneOf('batch_status', ['draft', 'ready', 'in_progress', 'completed', 'cancelled', 'blocked']), 'draft'),
		cell_id: ref('cells'),
		material: text,
		notes: text,
		operation_ids: list,
		started_at: time,
		completed_at: time,
	}),
	webhooks: table({
		name: text,
		url: need(text),
		events: need(list),
		secret_key: need(text),
		active: or(bool, true),
		consecutive_failures: or(int, 0),
		disabled_reason: text,
		last_delivery_at: time,
		last_status_code: int,
	}),
	webhook_logs: table({
		webhook_id: uuid,
		event_type: text,
		payload: json,
		status_code: int,
		error_message: text,
	}),
	webhook_deliveries: table({
		webhook_id: uuid,
		event_id: text,
		event: text,
		status: text,
		status_code: int,
		attempts: int,
		latency_ms: int,
		error: text,
		payload: json,
	}),
	sync_imports: table({
		source: text,
		entity_type: text,
		status: text,
		total_records: int,
		created_count: int,
		updated_count: int,
		skipped_count: int,
		error_count: int,
		errors: json,
		started_at: time,
		completed_at: time,
	}),
	profiles: table({ username: need(text), full_name: need(text), role: or(text, 'operator'), active: or(bool, true) }),
};

export const isEntity = (name: string): name is EntityName => (entityNames as readonly string[]).includes(name);

/** The key under which a single record is answered: the table's name without a final "s", whatever that gives. */
export const singularOf = (name: TableName): string => name.replace(/s$/, '');
