import type { Database } from './database.mts';
import type { TableName } from './schema.mts';
import type { Row } from './table.mts';

/** What a list can be filtered, searched and sorted by. Everything else in the query is silently ignored. */
export interface ListRules {
	equals: readonly string[];
	/** Case-insensitive "contains" filters. */
	contains: readonly string[];
	search: readonly string[];
	/** The first is the default. */
	sorts: readonly string[];
	order: 'asc' | 'desc';
	/** Filters that need more than one column: a test for the row, or undefined when the query does not ask. */
	more?: (db: Database, query: URLSearchParams) => ((row: Row) => boolean) | undefined;
}

const newestFirst = { contains: [], search: [], sorts: ['created_at'], order: 'desc' } as const;

/** Filters of a list as the public REST reference (and, where that is wrong, 0.8.5) has them. */
export const listRules: Readonly<Record<TableName, ListRules>> = {
	jobs: {
		equals: ['status'],
		contains: ['customer', 'job_number'],
		search: ['job_number', 'customer'],
		sorts: ['created_at', 'job_number', 'customer', 'due_date', 'status'],
		order: 'desc',
	},
	parts: {
		equals: ['job_id', 'status'],
		contains: ['material'],
		search: ['part_number', 'material'],
		sorts: ['created_at', 'part_number', 'status'],
		order: 'desc',
	},
	operations: {
		equals: ['cell_id', 'part_id', 'status'],
		contains: [],
		search: ['operation_name'],
		sorts: ['sequence', 'operation_name', 'created_at', 'status'],
		order: 'asc',
	},
	cells: {
		equals: ['active'],
		contains: [],
		search: ['name'],
		sorts: ['sequence', 'name', 'created_at'],
		order: 'asc',
	},
	resources: {
		equals: ['type', 'status', 'active', 'external_source', 'external_id'],
		contains: [],
		search: ['name', 'description', 'identifier'],
		sorts: ['name', 'type', 'status', 'created_at'],
		order: 'asc',
	},
	operation_quantities: {
		equals: ['operation_id', 'material_lot', 'scrap_reason_id', 'recorded_by'],
		contains: [],
		search: ['material_lot'],
		sorts: ['recorded_at', 'quantity_good', 'quantity_scrap', 'quantity_rework'],
		order: 'desc',
		more: (db, query) => quantityTest(db, query),
	},
	scrap_reasons: {
		...newestFirst,
		equals: ['category', 'active'],
		search: ['code', 'description'],
		sorts: ['code'],
		order: 'asc',
		more: (_db, query) => (query.has('active') ? undefined : (row) => row.active === true),
	},
	time_entries: {
		equals: ['operation_id', 'operator_id', 'time_type'],
		contains: [],
		search: ['notes'],
		sorts: ['start_time', 'end_time', 'duration', 'created_at'],
		order: 'desc',
		more: (_db, query) => between('start_time', query.get('start_date'), query.get('end_date')),
	},
	issues: {
		...newestFirst,
		search: ['title', 'description'],
		sorts: ['created_at', 'severity', 'status', 'updated_at'],
		equals: ['severity', 'status', 'issue_type', 'ncr_category', 'reported_by_id', 'operation_id'],
	},
	assignments: { ...newestFirst, equals: ['operator_id', 'job_id', 'part_id', 'status'] },
	substeps: { ...newestFirst, equals: ['operation_id', 'status'], sorts: ['sequence'], order: 'asc' },
	substep_templates: { ...newestFirst, equals: ['operation_type', 'active'] },
	operation_batches: { ...newestFirst, equals: ['status', 'batch_type', 'cell_id'] },
	webhooks: { ...newestFirst, equals: ['active'] },
	webhook_logs: { ...newestFirst, equals: ['webhook_id', 'event_type', 'status_code'] },
	webhook_deliveries: { ...newestFirst, equals: ['webhook_id', 'event', 'status'] },
	sync_imports: { ...newestFirst, equals: [] },
	profiles: { ...newestFirst, equals: [] },
};

function between(column: string, from: string | null, to: string | null): ((row: Row) => boolean) | undefined {
	if (from === null && to === null) return undefined;
	const start = from === null ? -Infinity : Date.parse(from);
	const end = to === null ? Infinity : Date.parse(to);
	return (row) => {
		const at = Date.parse(String(row[column]));
		return at >= start && at <= end;
	};
}

function quantityTest(db: Database, query: URLSearchParams): (row: Row) => boolean {
	const inTime = between('recorded_at', query.get('from_date'), query.get('to_date'));
	const [partId, jobId] = [query.get('part_id'), query.get('job_id')];
	return (row) => {
		if (inTime && !inTime(row)) return false;
		if (query.get('has_scrap') === 'true' && !(Number(row.quantity_scrap) > 0)) return false;
		if (query.get('has_rework') === 'true' && !(Number(row.quantity_rework) > 0)) return false;
		if (partId === null && jobId === null) return true;
		const part = db.get('parts', db.get('operations', row.operation_id)?.part_id);
		return (partId === null || part?.id === partId) && (jobId === null || part?.job_id === jobId);
	};
}
