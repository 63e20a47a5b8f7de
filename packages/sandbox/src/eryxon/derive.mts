import { isAlive, type Change, type Database } from './database.mts';
import type { Status } from './schema.mts';
import type { Row } from './table.mts';

/** In 0.10.0 and later a part follows its operations and a job follows its parts; nobody sets their status by hand. */
export function deriveStatus(db: Database, { table, kind, row, before }: Change): void {
	if (kind !== 'update' || before.status === undefined || before.status === row.status) return;
	if (table === 'operations')
		follow(db, 'parts', row.part_id, db.table('operations').pointingTo('part_id', String(row.part_id)));
	if (table === 'parts') follow(db, 'jobs', row.job_id, db.table('parts').pointingTo('job_id', String(row.job_id)));
}

function follow(db: Database, table: 'parts' | 'jobs', id: unknown, children: Iterable<Row>): void {
	const parent = db.alive(table, id);
	if (!parent) return;
	const status = statusOf([...children].filter(isAlive).map((child) => child.status as Status));
	if (!status || status === parent.status) return;
	const now = db.now();
	const times =
		table === 'parts'
			? {}
			: status === 'completed'
				? { completed_at: now, actual_duration: minutesSince(parent.started_at) }
				: status === 'in_progress' && parent.started_at === null
					? { started_at: now }
					: {};
	db.update(table, parent, { status, ...times });
}

const minutesSince = (at: unknown): number =>
	typeof at === 'string' ? Math.round((Date.now() - Date.parse(at)) / 60_000) : 0;

function statusOf(children: readonly Status[]): Status | undefined {
	if (children.length === 0) return undefined;
	if (children.every((status) => status === 'completed')) return 'completed';
	if (children.includes('in_progress')) return 'in_progress';
	if (children.every((status) => status === 'not_started')) return 'not_started';
	if (children.includes('on_hold')) return 'on_hold';
	return 'in_progress';
}
