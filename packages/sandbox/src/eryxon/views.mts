import { isAlive, type Database } from './database.mts';
import type { TableName } from './schema.mts';
import type { Row, Values } from './table.mts';

/**
 * The fields that lists and single reads show. Jobs, parts, operations and cells do not show their external key
 * (REST reference, "Response fields"), so a client cannot look a record up by it; resources show every column.
 */
const plain: Partial<Record<TableName, readonly string[]>> = {
	jobs: [
		...['id', 'job_number', 'customer', 'due_date', 'due_date_override', 'status', 'notes', 'metadata'],
		...['created_at', 'updated_at'],
	],
	parts: [
		...['id', 'part_number', 'material', 'quantity', 'status', 'file_paths', 'notes', 'drawing_no'],
		...['cnc_program_name', 'is_bullet_card', 'created_at', 'updated_at'],
	],
	operations: [
		...['id', 'operation_name', 'sequence', 'status', 'estimated_time', 'actual_time', 'cell_id', 'part_id'],
		...['planned_start', 'planned_end', 'started_at', 'completed_at', 'created_at', 'updated_at'],
	],
	cells: ['id', 'name', 'color', 'sequence', 'active', 'created_at', 'updated_at'],
	operation_quantities: [
		...['id', 'operation_id', 'quantity_produced', 'quantity_good', 'quantity_scrap', 'quantity_rework'],
		...['scrap_reason_id', 'material_lot', 'material_supplier', 'material_cert_number', 'notes', 'metadata'],
		...['recorded_at', 'recorded_by', 'created_at', 'updated_at'],
	],
	time_entries: ['id', 'start_time', 'end_time', 'duration', 'is_paused', 'notes', 'time_type', 'created_at'],
	issues: [
		...['id', 'title', 'description', 'severity', 'status', 'issue_type', 'ncr_category', 'disposition'],
		...['reported_by_id', 'created_by', 'resolution_notes', 'created_at', 'updated_at', 'operation_id'],
	],
};

export const pick = (row: Row | undefined, names: readonly string[]): Values | null =>
	row ? Object.fromEntries(names.map((name) => [name, row[name] ?? null])) : null;

const jobOf = (db: Database, part: Row | undefined): Row | undefined => db.get('jobs', part?.job_id);

function operationOf(db: Database, operation: Row | undefined): Values | null {
	if (!operation) return null;
	const part = db.get('parts', operation.part_id);
	return {
		...pick(operation, ['id', 'operation_name']),
		part: part && { ...pick(part, ['id', 'part_number']), job: pick(jobOf(db, part), ['id', 'job_number']) },
	};
}

/** A row as lists and single reads show it, with what the function embeds from other tables. */
export function view(db: Database, table: TableName, row: Row, hidden: readonly string[] = []): Values {
	const names = plain[table];
	const shown: Values = names ? { ...pick(row, names) } : { ...row };
	for (const name of hidden) delete shown[name];
	switch (table) {
		case 'jobs':
			shown.parts = [...db.table('parts').pointingTo('job_id', row.id)]
				.filter(isAlive)
				.map((part) => pick(part, ['id', 'part_number', 'material', 'quantity', 'status']));
			break;
		case 'parts':
			shown.job = pick(jobOf(db, row), ['id', 'job_number', 'customer']);
			break;
		case 'operations': {
			const part = db.get('parts', row.part_id);
			shown.cell = pick(db.get('cells', row.cell_id), ['id', 'name', 'color']);
			shown.part = part && {
				...pick(part, ['id', 'part_number', 'material']),
				job: pick(jobOf(db, part), ['id', 'job_number']),
			};
			break;
		}
		case 'operation_quantities':
			shown.operation = operationOf(db, db.get('operations', row.operation_id));
			shown.scrap_reason = pick(db.get('scrap_reasons', row.scrap_reason_id), [
				'id',
				'code',
				'description',
				'category',
			]);
			shown.recorded_by_user = pick(db.get('profiles', row.recorded_by), ['id', 'full_name', 'username']);
			break;
		case 'time_entries':
			shown.operation = operationOf(db, db.get('operations', row.operation_id));
			shown.operator = pick(db.get('profiles', row.operator_id), ['id', 'username', 'full_name']);
			break;
		case 'issues':
			shown.operation = pick(db.get('operations', row.operation_id), ['id', 'operation_name']);
			shown.reporter = pick(db.get('profiles', row.reported_by_id), ['id', 'full_name', 'username']);
			break;
	}
	return shown;
}
