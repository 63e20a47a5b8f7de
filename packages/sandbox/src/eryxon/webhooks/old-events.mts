import type { Database } from '../database.mts';
import type { Row, Values } from '../table.mts';

interface Change {
	previous: unknown;
	next: unknown;
}

/** Data of job events until 0.10: named fields, no external key. */
export function oldJobData(job: Row, { previous, next }: Change): Values {
	return {
		job_id: job.id,
		job_number: job.job_number,
		customer: job.customer,
		previous_status: previous,
		new_status: next,
		timestamp: new Date().toISOString(),
		started_at: job.started_at,
		completed_at: job.completed_at,
		actual_duration: job.actual_duration,
	};
}

const around = (db: Database, operation: Row): Values => {
	const part = db.get('parts', operation.part_id);
	const job = db.get('jobs', part?.job_id);
	return {
		operation_id: operation.id,
		operation_name: operation.operation_name,
		part_id: part?.id ?? null,
		part_number: part?.part_number ?? null,
		job_id: job?.id ?? null,
		job_number: job?.job_number ?? null,
		customer: job?.customer ?? null,
	};
};

/** Data of operation events that a REST call caused, until 0.10. */
export function oldOperationData(db: Database, operation: Row, { previous, next }: Change): Values {
	return {
		...around(db, operation),
		previous_status: previous,
		new_status: next,
		timestamp: new Date().toISOString(),
		estimated_time: operation.estimated_time,
		actual_time: operation.actual_time,
		completion_percentage: operation.completion_percentage,
	};
}

/** Data of the same events when somebody works in the browser: who and when instead of the states before and after. */
export function browserOperationData(db: Database, operation: Row, operator: Row | undefined, at: string): Values {
	const time = operation.status === 'completed' ? 'completed_at' : 'started_at';
	return {
		...around(db, operation),
		operator_id: operator?.id ?? null,
		operator_name: operator?.full_name ?? null,
		[time]: at,
	};
}
