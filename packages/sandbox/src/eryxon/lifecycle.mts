import type { Database } from './database.mts';
import { ApiError, conflict, notFound } from './errors.mts';
import { ok, type ApiAnswer, type ApiRequest } from './request.mts';
import type { Status } from './schema.mts';
import type { Site } from './site.mts';
import type { Row, Values } from './table.mts';
import { isUuid } from './values.mts';
import { view } from './views.mts';
import { oldJobData, oldOperationData } from './webhooks/old-events.mts';

const steps = ['start', 'pause', 'resume', 'complete'] as const;
export type Step = (typeof steps)[number];

const target: Readonly<Record<Step, Status>> = {
	start: 'in_progress',
	pause: 'on_hold',
	resume: 'in_progress',
	complete: 'completed',
};
const from: Readonly<Record<Step, readonly Status[]>> = {
	start: ['not_started', 'on_hold'],
	pause: ['in_progress'],
	resume: ['on_hold'],
	complete: ['in_progress'],
};

export const readStep = (text: string): Step | undefined => steps.find((step) => step === text);

const invalid = (code: string, message: string): ApiError => new ApiError(400, code, message);

function readCall(request: ApiRequest, stepText: string): { step: Step; id: string } {
	if (request.method !== 'POST') throw new ApiError(405, 'METHOD_NOT_ALLOWED', `Method ${request.method} not allowed`);
	const step = readStep(stepText);
	if (!step) throw invalid('INVALID_OPERATION', `Unknown operation "${stepText}"`);
	const id = request.query.get('id');
	if (!id || !isUuid(id)) throw invalid('VALIDATION_ERROR', 'A valid id is required');
	return { step, id };
}

/** `POST /api-job-lifecycle/{start|stop|pause|resume|complete}?id=`; gone from the documentation with 0.11. */
export function jobLifecycle(site: Site, request: ApiRequest): ApiAnswer {
	const { step, id } = readCall(request, request.action === 'stop' ? 'pause' : request.action);
	const job = site.db.alive('jobs', id);
	if (!job) throw notFound('Job');
	const previous = job.status;
	moveJob(site, job, step);
	return ok({ job: { ...job }, operation: request.action, previous_status: previous, new_status: job.status });
}

const jobEvents: Readonly<Record<Step, string>> = {
	start: 'job.started',
	pause: 'job.stopped',
	resume: 'job.resumed',
	complete: 'job.completed',
};

export function moveJob(site: Site, job: Row, step: Step): void {
	const previous = job.status;
	refuseUnless(from[step], previous, step, 'job');
	const now = site.db.now();
	site.db.update('jobs', job, { status: target[step], ...timesOf(job, step, now) });
	if (step === 'complete') site.db.update('jobs', job, { actual_duration: minutesBetween(job.started_at, now) });
	if (site.dialect !== 'g3') site.webhooks.emit(jobEvents[step], oldJobData(job, { previous, next: job.status }));
}

function refuseUnless(allowed: readonly Status[], status: unknown, step: Step, what: string): void {
	if ((allowed as readonly unknown[]).includes(status)) return;
	throw invalid('INVALID_STATE_TRANSITION', `Cannot ${step} a ${what} with status ${String(status)}`);
}

/** `POST /api-operation-lifecycle/{start|pause|resume|complete}?id=&user_id=` */
export function operationLifecycle(site: Site, request: ApiRequest): ApiAnswer {
	const { step, id } = readCall(request, request.action);
	const operation = site.db.alive('operations', id);
	if (!operation) throw notFound('Operation');
	const previous = operation.status;
	const moved = moveOperation(site, operation, step, request.query.get('user_id'));
	if (site.dialect !== 'g3') {
		const names = { start: 'started', pause: 'paused', resume: 'resumed', complete: 'completed' };
		const data = oldOperationData(site.db, operation, { previous, next: operation.status });
		site.webhooks.emit(`operation.${names[step]}`, data);
	}
	return ok({
		operation: view(site.db, 'operations', operation),
		operation_type: step,
		previous_status: previous,
		new_status: operation.status,
		...moved,
	});
}

interface Moved {
	time_entry_created: boolean;
	time_entry_ended: boolean;
}

/** Changes the status by the rules of this generation and keeps the clocks. */
export function moveOperation(site: Site, operation: Row, step: Step, operatorId: string | null): Moved {
	const { db } = site;
	if (site.dialect === 'g3') strictRules(site, operation, step, operatorId);
	else refuseUnless(from[step], operation.status, step, 'operation');
	if (step === 'complete' && operation.status === 'completed')
		return { time_entry_created: false, time_entry_ended: false };
	const now = db.now();
	const ended = step === 'pause' || step === 'complete' ? stopClocks(db, operation, now) : false;
	const starts = step === 'start' || step === 'resume';
	// Until 0.10 the insert of the time entry named a wrong column: none was made although the answer said so.
	if (starts && site.dialect === 'g3') {
		db.insert('time_entries', { operation_id: operation.id, operator_id: operatorId, start_time: now });
	}
	db.update('operations', operation, {
		status: target[step],
		...timesOf(operation, step, now),
		...(step === 'complete' ? { completion_percentage: 100 } : {}),
		...(ended ? { actual_time: workedMinutes(db, operation) } : {}),
	});
	return { time_entry_created: starts, time_entry_ended: ended };
}

function timesOf(row: Row, step: Step, now: string): Values {
	switch (step) {
		case 'start':
			return { started_at: row.started_at ?? now };
		case 'pause':
			return { paused_at: now };
		case 'resume':
			return { resumed_at: now };
		case 'complete':
			return { completed_at: now };
	}
}

/** The rules of 0.10.0 and later, each a 409 with the rule as its message. */
function strictRules(site: Site, operation: Row, step: Step, operatorId: string | null): void {
	const { db } = site;
	const { status } = operation;
	if (step === 'pause' && status !== 'in_progress') throw conflict('Only a running operation can be paused');
	if (step === 'resume' && status !== 'on_hold') throw conflict('Only a paused operation can be resumed');
	if (step === 'complete' && status === 'not_started') throw conflict('Operation must be started before completing');
	if (step !== 'start') return;
	if (status === 'completed') throw conflict('A completed operation cannot be started');
	for (const issue of db.table('issues').pointingTo('operation_id', operation.id)) {
		if (issue.severity === 'critical' && issue.status === 'pending') {
			throw conflict('An open standstill issue blocks this operation');
		}
	}
	if (operatorId !== null) {
		for (const entry of db.table('time_entries').pointingTo('operator_id', operatorId)) {
			if (entry.end_time === null && entry.operation_id !== operation.id) {
				throw conflict('Operator is already clocked on to another operation');
			}
		}
	}
	if (!site.switches.sequentialRelease) return;
	for (const other of db.table('operations').pointingTo('part_id', String(operation.part_id))) {
		if (Number(other.sequence) < Number(operation.sequence) && other.status !== 'completed') {
			throw conflict(`Operation "${String(other.operation_name)}" must be completed first`);
		}
	}
}

function stopClocks(db: Database, operation: Row, now: string): boolean {
	let stopped = false;
	for (const entry of [...db.table('time_entries').pointingTo('operation_id', operation.id)]) {
		if (entry.end_time !== null) continue;
		db.update('time_entries', entry, { end_time: now, duration: minutesBetween(entry.start_time, now) });
		stopped = true;
	}
	return stopped;
}

function workedMinutes(db: Database, operation: Row): number {
	let minutes = 0;
	for (const entry of db.table('time_entries').pointingTo('operation_id', operation.id))
		minutes += Number(entry.duration);
	return Math.round(minutes);
}

const minutesBetween = (start: unknown, end: string): number =>
	typeof start === 'string' ? Math.round((Date.parse(end) - Date.parse(start)) / 60_000) : 0;
