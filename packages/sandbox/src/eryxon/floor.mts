import type { JsonObject } from '../web/http.mts';
import { isAlive } from './database.mts';
import { moveJob, moveOperation, type Step } from './lifecycle.mts';
import type { Site } from './site.mts';
import type { Row } from './table.mts';
import { browserOperationData } from './webhooks/old-events.mts';

/**
 * What people do in the workshop, in the browser. Throws an Error with a plain message when the rules forbid it.
 * Which record: `{id}`, `{externalId, externalSource?}`, `{jobNumber}` or `{partNumber}`, the last two with `sequence?`.
 */
export function stepOperations(site: Site, step: Step, input: JsonObject): Row[] {
	const moved: Row[] = [];
	for (const operation of operationsNamed(site, input)) {
		if (step === 'complete' && operation.status === 'completed' && moved.length === 0 && !isSingle(input)) continue;
		if (step === 'complete' && operation.status === 'not_started') move(site, operation, 'start', input);
		// Before 0.10 only a running operation could be completed.
		if (step === 'complete' && operation.status === 'on_hold' && site.dialect !== 'g3')
			move(site, operation, 'resume', input);
		if (step !== 'complete' || operation.status !== 'completed') move(site, operation, step, input);
		moved.push(operation);
	}
	return moved;
}

const isSingle = (input: JsonObject): boolean => input.id !== undefined || input.externalId !== undefined;

function move(site: Site, operation: Row, step: Step, input: JsonObject): void {
	const operator = operatorNamed(site, input.operator);
	moveOperation(site, operation, step, operator?.id ?? null);
	if (site.dialect === 'g3' || (step !== 'start' && step !== 'complete')) return;
	const event = step === 'start' ? 'operation.started' : 'operation.completed';
	site.webhooks.emit(event, browserOperationData(site.db, operation, operator, new Date().toISOString()));
}

function operatorNamed(site: Site, name: unknown): Row | undefined {
	if (name === undefined) return undefined;
	for (const row of site.db.table('profiles').rows.values()) if (row.username === name || row.id === name) return row;
	throw new Error(`There is no operator ${JSON.stringify(name)}`);
}

/** Starts or completes all operations of a job; a job of the earlier generations then changes by its own call. */
export function stepJob(site: Site, step: 'start' | 'complete', input: JsonObject): Row {
	const job = jobNamed(site, input);
	const operations = operationsOfJob(site, job);
	if (operations.length === 0 && site.dialect === 'g3') throw new Error('The job has no operations to work on');
	if (step === 'start') {
		if (operations.length > 0 && operations[0].status === 'not_started') move(site, operations[0], 'start', input);
		if (site.dialect !== 'g3') moveJob(site, job, 'start');
		return job;
	}
	for (const operation of operations) {
		if (operation.status !== 'completed') stepOperations(site, 'complete', { ...input, id: operation.id });
	}
	if (site.dialect !== 'g3') {
		if (job.status === 'not_started') moveJob(site, job, 'start');
		if (job.status === 'on_hold') moveJob(site, job, 'resume');
		if (job.status !== 'completed') moveJob(site, job, 'complete');
	}
	return job;
}

/** Books finished quantities on an operation. */
export function reportProduction(site: Site, input: JsonObject): Row {
	const [operation] = operationsNamed(site, input);
	const number = (name: string): number => {
		const value = input[name] ?? 0;
		if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
			throw new Error(`${name} must be an integer from 0`);
		return value;
	};
	const [good, scrap, rework] = [number('good'), number('scrap'), number('rework')];
	return site.db.insert('operation_quantities', {
		operation_id: operation.id,
		quantity_produced: good + scrap + rework,
		quantity_good: good,
		quantity_scrap: scrap,
		quantity_rework: rework,
		scrap_reason_id: input.scrapReason === undefined ? null : scrapReason(site, input.scrapReason).id,
		material_lot: input.materialLot ?? null,
		recorded_at: site.db.now(),
		recorded_by: operatorNamed(site, input.operator)?.id ?? null,
		notes: input.notes ?? null,
	});
}

function scrapReason(site: Site, code: unknown): Row {
	for (const row of site.db.table('scrap_reasons').rows.values()) if (row.code === code) return row;
	throw new Error(`There is no scrap reason ${JSON.stringify(code)}`);
}

function jobNamed(site: Site, { id, externalId, externalSource, jobNumber }: JsonObject): Row {
	return only(
		'jobs',
		rowsWhere(site, 'jobs', { id, external_id: externalId, external_source: externalSource, job_number: jobNumber }),
	);
}

function operationsNamed(site: Site, input: JsonObject): Row[] {
	const { id, externalId, externalSource, jobNumber, partNumber, sequence } = input;
	if (isSingle(input)) {
		return [
			only(
				'operations',
				rowsWhere(site, 'operations', { id, external_id: externalId, external_source: externalSource }),
			),
		];
	}
	const operations =
		jobNumber !== undefined
			? operationsOfJob(site, jobNamed(site, input))
			: operationsOfPart(site, only('parts', rowsWhere(site, 'parts', { part_number: partNumber })));
	const wanted = sequence === undefined ? operations : operations.filter((each) => each.sequence === sequence);
	if (wanted.length === 0) throw new Error('There is no such operation');
	return wanted;
}

function only(what: string, rows: readonly Row[]): Row {
	if (rows.length === 1) return rows[0];
	throw new Error(rows.length === 0 ? `There is no such record in ${what}` : `More than one record of ${what} fits`);
}

function rowsWhere(site: Site, table: 'jobs' | 'parts' | 'operations', wanted: JsonObject): Row[] {
	const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
	if (given.length === 0) throw new Error('Expected id, externalId, jobNumber or partNumber');
	return [...site.db.table(table).rows.values()].filter(
		(row) => isAlive(row) && given.every(([name, value]) => row[name] === value),
	);
}

const bySequence = (a: Row, b: Row): number => Number(a.sequence) - Number(b.sequence);

const operationsOfPart = (site: Site, part: Row): Row[] =>
	[...site.db.table('operations').pointingTo('part_id', part.id)].filter(isAlive).sort(bySequence);

export const operationsOfJob = (site: Site, job: Row): Row[] =>
	[...site.db.table('parts').pointingTo('job_id', job.id)]
		.filter(isAlive)
		.flatMap((part) => operationsOfPart(site, part));
