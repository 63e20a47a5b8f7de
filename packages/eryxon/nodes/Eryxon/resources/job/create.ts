import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { EryxonFailure } from '../../../shared/api/failure';
import { isObject, type Row } from '../../../shared/core/answers';
import { differingFields } from '../../../shared/core/compare';
import { ENTITIES, type Entity, type Generation } from '../../../shared/core/entities';
import { only } from '../../../shared/core/parents';
import { RecordProblem } from '../../../shared/core/problem';
import { payloadOf, RecordReader, type SyncRecord } from '../../../shared/core/record';
import { isEmpty } from '../../../shared/core/values';
import { apiVersionOption, FieldReader, fieldsDescription, sourceOf, sourceOption } from '../../helpers/fields';
import { refuse } from '../../helpers/parameters';
import type { Execute, Run } from '../../helpers/run';
import { findByNumber } from '../../sync/find';
import { optionsOf } from '../records/options';

export const describeCreate: INodeProperties[] = [
	fieldsDescription,
	{
		displayName: 'Parts (JSON)',
		name: 'parts',
		type: 'json',
		default: '={{ $json.parts }}',
		description:
			'List of parts, each with a list of operations: [{"part_number": "A", "material": "S235", "quantity": 4, "operations": [{"operation_name": "Cut", "cell_name": "Laser", "sequence": 1, "estimated_time": 10}]}]',
	},
	...optionsOf([apiVersionOption, sourceOption]),
];

interface Sent {
	job: Record<string, unknown>;
	parts: Array<Record<string, unknown> & { operations: Array<Record<string, unknown>> }>;
}

/** A job with all that is below it, in one call that counts once against the quota. */
export const create: Execute = {
	each: async (run, item) => {
		const generation = await run.generation();
		const sent = await read(run, item, generation);
		const { data } = await run.client.send({
			method: 'POST',
			path: 'api-jobs',
			body: { ...sent.job, ...(sent.parts.length > 0 ? { parts: sent.parts } : {}) },
			signal: run.signal,
		});
		const answered = isObject(data) && isObject(data.job) ? data.job : isObject(data) ? data : {};
		const { warnings, ...job } = answered;
		const id = job.id ?? job.job_id;
		checkStored(sent, job, warnings, id);
		return [{ ...job, id } as IDataObject];
	},
};

async function read(run: Run, item: number, generation: Generation): Promise<Sent> {
	const { job: entity, part, operation } = ENTITIES;
	const job = new FieldReader(run, entity, false).read(item);
	const source = sourceOf(run, item);
	const options = { externalSource: source, zone: run.context.getTimezone(), empty: 'leaveOut' as const, keyed: false };
	const [parts, operations] = [new RecordReader(part, options), new RecordReader(operation, options)];
	const list: Sent['parts'] = [];
	for (const [index, input] of rowsOf(run.parameter('parts', item, []), 'Parts (JSON)').entries()) {
		const at = `parts[${index}]`;
		const below: Array<Record<string, unknown>> = [];
		for (const [step, each] of rowsOf(input.operations, `${at}.operations`).entries()) {
			const where = `${at}.operations[${step}]`;
			const record = located(where, () => operations.read(each));
			below.push({ ...bodyOf(operation, record, generation), sequence: record.values.sequence ?? step + 1, ...(await cellOf(run, where, record, generation)) });
		}
		list.push({ ...bodyOf(part, located(at, () => parts.read(without(input, 'operations'))), generation), operations: below });
	}
	const unknown = [...parts.unknown, ...operations.unknown];
	if (unknown.length > 0) throw refuse('Parts (JSON)', `has fields that Eryxon does not store: ${unknown.join(', ')}`, 'Leave them out, or check their spelling.');
	return { job: bodyOf(entity, job, generation), parts: list };
}

function bodyOf(entity: Entity, record: SyncRecord, generation: Generation): Record<string, unknown> {
	const { payload, left } = payloadOf(entity, record, {}, generation);
	if (left.length > 0) throw refuse(left.join(', '), 'cannot be stored by this version of Eryxon', 'Leave it out.');
	if (generation !== 'documented' || entity.name !== 'operation') return payload;
	// The first generation has names of its own here.
	const { estimated_time: minutes, ...rest } = payload;
	return { ...rest, ...(minutes === undefined ? {} : { estimated_time_minutes: minutes }) };
}

async function cellOf(run: Run, where: string, record: SyncRecord, generation: Generation): Promise<Record<string, unknown>> {
	const named = record.parents.find(({ reference }) => reference.to === 'cell');
	if (!named) throw new RecordProblem(`'${where}' has no cell`, "Add a 'cell_name' or 'cell_id' to every operation.", where);
	if (generation === 'documented' && named.by === 'number') return { cell_name: named.value };
	if (named.by === 'id') return { cell_id: named.value };
	const found = await run.once(`number cell ${named.value}`, async () => await findByNumber(run, 'cell', [named.value]));
	return { cell_id: located(where, () => only(named, found.get(named.value))) };
}

/** @throws EryxonFailure when something of what was sent is not there */
function checkStored(sent: Sent, job: Row, warnings: unknown, id: unknown): void {
	const problems: string[] = [];
	if (isObject(warnings)) problems.push(...reasonsIn(warnings.details));
	const parts = Array.isArray(job.parts) ? job.parts.filter(isObject) : [];
	for (const part of sent.parts) {
		const stored = parts.find(({ part_number: number }) => number === part.part_number);
		if (!stored) problems.push(`part ${String(part.part_number)} is missing`);
		else {
			const steps = Array.isArray(stored.operations) ? stored.operations.length : 0;
			if (steps < part.operations.length) problems.push(`part ${String(part.part_number)} has ${steps} of ${part.operations.length} operations`);
			problems.push(...differingFields(without(part, 'operations'), stored).map((field) => `'${field}' of part ${String(part.part_number)} is stored as ${JSON.stringify(stored[field])}`));
		}
	}
	problems.push(...differingFields(sent.job, job).map((field) => `'${field}' of the job is stored as ${JSON.stringify(job[field])}`));
	if (problems.length === 0) return;
	const shown = problems.slice(0, 10).join('; ');
	throw new EryxonFailure('refused', `The job ${String(sent.job.job_number)} was created incompletely: ${shown}`, {
		hint: 'Add what is missing with Part: Sync and Operation: Sync, or delete the job in Eryxon before you try again.',
		facts: { id: id as string, job_number: sent.job.job_number },
	});
}

function without(row: Record<string, unknown>, name: string): Record<string, unknown> {
	return Object.fromEntries(Object.entries(row).filter(([each]) => each !== name));
}

function reasonsIn(details: unknown): string[] {
	if (!isObject(details)) return [];
	const list = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : []);
	return [
		...list(details.parts).map(({ part, error }) => `part ${isObject(part) ? String(part.part_number) : ''}: ${String(error)}`),
		...list(details.operations).map(({ operation, error }) => `operation ${isObject(operation) ? String(operation.operation_name) : ''}: ${String(error)}`),
	];
}

function rowsOf(value: unknown, label: string): Array<Record<string, unknown>> {
	let list = value;
	if (typeof value === 'string' && value.trim() !== '') {
		try {
			list = JSON.parse(value);
		} catch (error) {
			throw refuse(label, `is not valid JSON: ${error instanceof Error ? error.message : ''}`, 'Enter a list such as [{"part_number": "A"}].');
		}
	}
	if (isEmpty(list)) return [];
	if (Array.isArray(list) && list.every(isObject)) return list;
	throw refuse(label, 'is not a list of objects', 'Enter a list such as [{"part_number": "A"}].');
}

function located<T>(where: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw inPlace(where, error);
	}
}

function inPlace(where: string, error: unknown): Error {
	if (error instanceof RecordProblem) return new RecordProblem(`${where}: ${error.message}`, error.hint, error.field);
	return error instanceof Error ? error : new Error(String(error));
}
