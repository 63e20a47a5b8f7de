import { isAlive, type Change, type Database } from '../database.mts';
import type { TableName } from '../schema.mts';
import type { Row, Values } from '../table.mts';

export interface Happening {
	event: string;
	data: Values;
}

const prefixes: Partial<Record<TableName, string>> = {
	jobs: 'job',
	parts: 'part',
	operations: 'operation',
	operation_batches: 'batch',
	issues: 'issue',
	operation_quantities: 'production',
};

/**
 * Events of 0.11.0 and later: database triggers, so every way to write tells the same. `data` carries the whole row,
 * hence also its external key (public page "Connectivity: webhooks").
 */
export function eventsOf(db: Database, change: Change): Happening[] {
	const prefix = prefixes[change.table];
	const verb = prefix && verbOf(change);
	if (!verb) return [];
	const previous = change.before.status;
	return [
		{
			event: `${prefix}.${verb}`,
			data: {
				record: { ...change.row },
				previous_status: change.kind === 'update' && previous !== undefined ? previous : null,
				context: contextOf(db, change.table, change.row),
				actor_id: null,
			},
		},
	];
}

function verbOf({ table, kind, row, before }: Change): string | undefined {
	if (table === 'operation_quantities') {
		return kind === 'insert' ? 'reported' : kind === 'delete' ? 'deleted' : undefined;
	}
	if (kind === 'insert') return 'created';
	if (kind === 'delete') return 'deleted';
	if ('deleted_at' in before && !isAlive(row)) return 'deleted';
	const changed = before.status !== undefined && before.status !== row.status;
	if (!changed) return 'updated';
	if (table === 'issues') return row.status === 'closed' ? 'resolved' : 'updated';
	switch (row.status) {
		case 'in_progress':
			return before.status === 'on_hold' && table !== 'operation_batches' ? 'resumed' : 'started';
		case 'on_hold':
			return 'paused';
		case 'completed':
			return 'completed';
		default:
			return 'updated';
	}
}

/** The records around a row, as every event names them. */
export function contextOf(db: Database, table: TableName, row: Row): Values {
	const operation = table === 'operations' ? row : db.get('operations', row.operation_id);
	const part = table === 'parts' ? row : db.get('parts', operation?.part_id);
	const job = table === 'jobs' ? row : db.get('jobs', part?.job_id);
	const cell = db.get('cells', operation?.cell_id ?? row.cell_id ?? row.current_cell_id);
	return {
		job_id: job?.id ?? null,
		job_number: job?.job_number ?? null,
		customer: job?.customer ?? null,
		part_id: part?.id ?? null,
		part_number: part?.part_number ?? null,
		cell_id: cell?.id ?? null,
		cell: cell?.name ?? null,
	};
}
