import { columnsOf, matchColumns } from './columns';
import type { Entity, Field, Generation, Reference, ReferenceBy } from './entities';
import { sorted } from './identity';
import { RecordProblem } from './problem';
import { asText, checkLetters, convert, isEmpty, isUuid } from './values';

/** A parent as the input names it. */
export interface Named {
	reference: Reference;
	by: ReferenceBy;
	field: string;
	value: string;
}

/** Two records with one key: what the later one says counts, what only the earlier one says stays. */
export function mergeRecords(earlier: SyncRecord, later: SyncRecord): SyncRecord {
	const named = later.parents.map(({ reference }) => reference.column);
	return {
		...later,
		values: { ...earlier.values, ...later.values },
		parents: [...later.parents, ...earlier.parents.filter(({ reference }) => !named.includes(reference.column))],
	};
}

/** One record as it came in, checked and converted. */
export interface SyncRecord {
	externalId: string;
	externalSource: string;
	/** API name → value; `null` clears. */
	values: Record<string, unknown>;
	parents: Named[];
}

export interface ReadOptions {
	/** Used where the record itself names none. */
	externalSource: string;
	/** Time zone of dates without one. */
	zone: string;
	/** Whether empty values are left out, or sent to clear the field. */
	empty: 'leaveOut' | 'clear';
	/** Whether the external key is needed; an update by ID does without. */
	keyed: boolean;
}

/** Reads records of one kind from input items; notes the columns that have no place in Eryxon. */
export class RecordReader {
	/** Columns without a place, over all records. */
	readonly unknown = new Set<string>();
	private readonly columns: Map<string, string>;
	private readonly fields: Map<string, Field>;

	constructor(
		private readonly entity: Entity,
		private readonly options: ReadOptions,
	) {
		this.columns = columnsOf(entity);
		this.fields = new Map(entity.fields.map((field) => [field.name, field]));
	}

	/** @throws RecordProblem */
	read(input: Record<string, unknown>): SyncRecord {
		const { values: found, unknown } = matchColumns(this.columns, input);
		for (const name of unknown) this.unknown.add(name);
		const externalId = asText(found.get('external_id'));
		const externalSource = asText(found.get('external_source')) || this.options.externalSource;
		if (this.options.keyed) checkKey(externalId, externalSource);
		const values: Record<string, unknown> = {};
		for (const [name, value] of found) {
			const field = this.fields.get(name);
			if (!field) continue;
			if (!isEmpty(value)) values[name] = convert(field, value, this.options.zone);
			else if (this.options.empty === 'clear') values[name] = null;
		}
		return { externalId, externalSource, values, parents: parentsOf(this.entity, found) };
	}
}

function checkKey(externalId: string, externalSource: string): void {
	checkLetters('external_id', externalId);
	checkLetters('external_source', externalSource);
	if (externalId === '') {
		throw new RecordProblem("'external_id' is missing", "Every record needs its key in the ERP: an input field 'external_id', or the parameter 'External ID'.", 'external_id');
	}
	if (externalSource === '') {
		throw new RecordProblem(
			"'external_source' is missing",
			"Enter the name of the ERP as 'External Source' in the credential or in this node, or add a field 'external_source' to the records.",
			'external_source',
		);
	}
}

function parentsOf(entity: Entity, found: Map<string, unknown>): Named[] {
	const parents: Named[] = [];
	for (const reference of entity.references) {
		const way = reference.by.find(({ field }) => !isEmpty(found.get(field)));
		if (!way) continue;
		const value = asText(found.get(way.field));
		checkLetters(way.field, value);
		if (way.by === 'id' && !isUuid(value)) {
			const others = reference.by.filter(({ by }) => by !== 'id').map(({ field }) => `'${field}'`);
			throw new RecordProblem(`'${way.field}' is ${value.slice(0, 60)}, which is not an Eryxon ID`, `Use ${others.join(' or ')} to identify the ${reference.label.toLowerCase()} another way.`, way.field);
		}
		parents.push({ reference, by: way.by, field: way.field, value });
	}
	return parents;
}

/**
 * What is sent for a record: its values that this generation can store, the parents' IDs, the external key; keys sorted.
 *
 * @param parentIds column → ID; a parent that only the server can find is given by its own field instead
 */
export function payloadOf(
	entity: Entity,
	record: SyncRecord,
	parentIds: Record<string, string>,
	generation: Generation,
): { payload: Record<string, unknown>; left: string[] } {
	const left = entity.fields
		.filter(({ name, only }) => only && !only.includes(generation) && name in record.values)
		.map(({ name }) => name);
	const values = Object.fromEntries(Object.entries(record.values).filter(([name]) => !left.includes(name)));
	const parents = { ...parentIds };
	for (const { column, only, by } of entity.references) {
		if (!only || only.includes(generation)) continue;
		for (const name of [column, ...by.map(({ field }) => field)]) {
			if (!(name in parents)) continue;
			delete parents[name];
			left.push(name);
		}
	}
	const key = record.externalId === '' ? {} : { external_id: record.externalId, external_source: record.externalSource };
	return { payload: sorted({ ...values, ...parents, ...key }), left };
}

/** Fields without which Eryxon cannot create the record. */
export function missingToCreate(entity: Entity, payload: Record<string, unknown>): string[] {
	const fields = entity.fields.filter(({ create, name }) => create && isEmpty(payload[name])).map(({ name }) => name);
	const parents = entity.references
		.filter(({ create, column, by }) => create && isEmpty(payload[column]) && by.every(({ field }) => isEmpty(payload[field])))
		.map(({ by }) => by.map(({ field }) => field).join(' or '));
	return [...fields, ...parents];
}
