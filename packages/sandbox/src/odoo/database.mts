import { invalidField, missingError, noSuchModel } from './errors.mts';
import { commonFields, existsIn, type Field, type Fields } from './fields.mts';
import type { Version } from './versions.mts';

/** A stored record. `many2one` is an id or false, `many2many` a list of ids, `one2many` is not stored. */
export interface Row {
	readonly id: number;
	readonly model: string;
	readonly values: Record<string, unknown>;
}

export interface Model {
	readonly name: string;
	readonly label: string;
	/** The label up to Odoo 17, where it was another. */
	readonly labelIn17?: string;
	readonly fields: Fields;
	/** For what hangs on records of any model: the field that names the model. */
	readonly byModel?: string;
	/** Text shown wherever another record refers to this one; default is the field `name`. */
	readonly displayName?: (row: Row, db: Database) => string;
}

/** Who changed a record from outside last: what the page highlights. */
export interface Touch {
	at: string;
	via: string;
	what: string;
}

/** The user whom every database has: all rights, all companies. */
export const administrator = 2;

/** Tables in memory with Odoo's ids, sequences and relations. Knows nothing of protocols or business rules. */
export class Database {
	/** Counts every change; a page that polls can skip work while it stands still. */
	revision = 0;
	readonly touches = new Map<string, Touch>();
	private readonly models = new Map<string, Model>();
	private readonly tables = new Map<string, Map<number, Row>>();
	private readonly nextIds = new Map<string, number>();
	private readonly sequences = new Map<string, number>();
	/** Who is calling: stands in `create_uid` and `write_uid`. */
	user: number = administrator;
	/** The company that this call works in. */
	company = 1;
	/** `model.field` of each many2one that is looked up backwards, to the ids pointing at an id. */
	private readonly backwards = new Map<string, Map<number, Set<number>>>();

	constructor(
		models: readonly Model[],
		readonly now: () => Date,
		readonly version: Version,
	) {
		for (const model of models) {
			const fields = Object.entries({ ...commonFields, ...model.fields }).filter(([, field]) => existsIn(field, version));
			const label = version < 18 ? (model.labelIn17 ?? model.label) : model.label;
			this.models.set(model.name, { ...model, label, fields: Object.fromEntries(fields) });
			this.tables.set(model.name, new Map());
			for (const { type, relation, inverse } of Object.values(model.fields)) {
				if (type === 'one2many') this.backwards.set(`${relation}.${inverse}`, new Map());
			}
		}
	}

	/** What takes back each change of the call that is going on. */
	private undo: Array<() => void> | undefined;

	/** All or nothing, as a call of Odoo is: what throws leaves no trace. Within another one it is part of that. */
	transaction<T>(work: () => T): T {
		if (this.undo) return work();
		const undo: Array<() => void> = (this.undo = []);
		try {
			return work();
		} catch (error) {
			this.undo = undefined;
			for (const back of undo.reverse()) back();
			throw error;
		} finally {
			this.undo = undefined;
		}
	}

	/** UTC in Odoo's own text form, `2026-01-31 08:15:00`. */
	timestamp(): string {
		return this.now().toISOString().slice(0, 19).replace('T', ' ');
	}

	modelNames(): string[] {
		return [...this.models.keys()];
	}

	hasModel(name: string): boolean {
		return this.models.has(name);
	}

	/** @throws OdooError (404) for an unknown model */
	model(name: string): Model {
		const model = this.models.get(name);
		if (!model) throw noSuchModel(name);
		return model;
	}

	fields(name: string): Fields {
		return this.model(name).fields;
	}

	/** @throws OdooError for a field that this model does not have */
	field(model: string, name: string, use: 'read' | 'write' | 'order' = 'read'): Field {
		const { fields } = this.model(model);
		if (!Object.hasOwn(fields, name)) throw invalidField(name, model, this.version, use);
		return fields[name];
	}

	/** A field that a customer adds to a model while Odoo runs. */
	addField(model: string, name: string, field: Field): void {
		this.model(model).fields[name] = field;
	}

	rows(model: string): Row[] {
		this.model(model);
		return [...(this.tables.get(model)?.values() ?? [])];
	}

	count(model: string): number {
		return this.tables.get(model)?.size ?? 0;
	}

	find(model: string, id: number): Row | undefined {
		this.model(model);
		return this.tables.get(model)?.get(id);
	}

	/** Those of the ids that exist. */
	existing(model: string, ids: readonly number[]): Row[] {
		return ids.map((id) => this.find(model, id)).filter((row) => row !== undefined);
	}

	/** @throws OdooError (404) naming every id that does not exist */
	get(model: string, ids: readonly number[]): Row[] {
		const rows = this.existing(model, ids);
		const missing = ids.filter((id) => !this.find(model, id));
		if (missing.length > 0) throw missingError(model, missing, this.user);
		return rows;
	}

	insert(model: string, values: Record<string, unknown>): Row {
		const id = this.nextIds.get(model) ?? 1;
		this.nextIds.set(model, id + 1);
		const at = this.timestamp();
		const row: Row = {
			id,
			model,
			values: { ...values, create_date: at, create_uid: this.user, write_date: at, write_uid: this.user },
		};
		this.put(row);
		this.undo?.push(() => this.take(row));
		return row;
	}

	update(row: Row, values: Record<string, unknown>): void {
		const change = { ...values, write_date: this.timestamp(), write_uid: this.user };
		const before = Object.fromEntries(Object.keys(change).map((name) => [name, row.values[name]]));
		this.assign(row, change);
		this.undo?.push(() => this.assign(row, before));
	}

	remove(row: Row): void {
		this.take(row);
		this.undo?.push(() => this.put(row));
		this.touches.delete(`${row.model}:${row.id}`);
	}

	private put(row: Row): void {
		this.tables.get(this.model(row.model).name)?.set(row.id, row);
		for (const [name, value] of Object.entries(row.values)) this.index(row, name, undefined, value);
		this.revision += 1;
	}

	private take(row: Row): void {
		this.tables.get(row.model)?.delete(row.id);
		for (const [name, value] of Object.entries(row.values)) this.index(row, name, value, undefined);
		this.revision += 1;
	}

	private assign(row: Row, values: Record<string, unknown>): void {
		for (const [name, value] of Object.entries(values)) this.index(row, name, row.values[name], value);
		Object.assign(row.values, values);
		this.revision += 1;
	}

	/** The stored or computed value of a field, in stored form (ids, not pairs). */
	value(row: Row, name: string): unknown {
		if (name === 'id') return row.id;
		const field = this.field(row.model, name);
		if (field.compute) return field.compute(row, this);
		if (field.type === 'one2many') return this.pointingAt(row, field).map((other) => other.id);
		const stored = row.values[name];
		if (stored !== undefined && stored !== null) return stored;
		return emptyValue(field);
	}

	/** The record behind a many2one, if set. */
	related(row: Row, name: string): Row | undefined {
		const field = this.field(row.model, name);
		const id = this.value(row, name);
		return field.relation && typeof id === 'number' ? this.find(field.relation, id) : undefined;
	}

	/** The records behind a one2many or many2many. */
	relatedMany(row: Row, name: string): Row[] {
		const field = this.field(row.model, name);
		const ids = this.value(row, name);
		if (!field.relation || !Array.isArray(ids)) return [];
		const relation = field.relation;
		return ids.map((id) => this.find(relation, Number(id))).filter((other) => other !== undefined);
	}

	displayName(row: Row): string {
		const named = this.model(row.model).displayName?.(row, this) ?? row.values.name;
		return typeof named === 'string' && named !== '' ? named : `${row.model},${row.id}`;
	}

	/** Next number of a sequence, e.g. `WH/MO/00001`. */
	next(prefix: string, digits = 5, sequence = prefix): string {
		const number = (this.sequences.get(sequence + prefix) ?? 0) + 1;
		this.sequences.set(sequence + prefix, number);
		return prefix + String(number).padStart(digits, '0');
	}

	touch(model: string, ids: readonly number[], via: string, what: string): void {
		const at = this.now().toISOString();
		for (const id of ids) if (this.find(model, id)) this.touches.set(`${model}:${id}`, { at, via, what });
		this.revision += 1;
	}

	touched(row: Row): Touch | undefined {
		return this.touches.get(`${row.model}:${row.id}`);
	}

	/** Records of `model` whose many2one `name` holds `id`; quick where some one2many is the other side of it. */
	pointing(model: string, name: string, id: number): Row[] {
		const index = this.backwards.get(`${model}.${name}`);
		if (!index) return this.rows(model).filter((row) => row.values[name] === id);
		const ids = [...(index.get(id) ?? [])].sort((left, right) => left - right);
		return ids.map((each) => this.find(model, each)).filter((row) => row !== undefined);
	}

	private pointingAt(row: Row, { relation, inverse }: Field): Row[] {
		if (!relation || !inverse) return [];
		const { byModel } = this.model(relation);
		const found = this.pointing(relation, inverse, row.id);
		return byModel ? found.filter((other) => this.value(other, byModel) === row.model) : found;
	}

	private index(row: Row, name: string, before: unknown, after: unknown): void {
		const index = this.backwards.get(`${row.model}.${name}`);
		if (!index || before === after) return;
		if (typeof before === 'number') index.get(before)?.delete(row.id);
		if (typeof after === 'number') index.set(after, (index.get(after) ?? new Set()).add(row.id));
	}
}

/** What Odoo answers for a field that was never set. */
export function emptyValue(field: Field): unknown {
	switch (field.type) {
		case 'integer':
		case 'float':
		case 'monetary':
			return 0;
		case 'one2many':
		case 'many2many':
			return [];
		default:
			return false;
	}
}
