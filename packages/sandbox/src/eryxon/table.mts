import { DatabaseError } from './errors.mts';
import { schema, type Column, type TableName, type UniqueKey } from './schema.mts';
import { cast } from './values.mts';

export type Row = Record<string, unknown> & { id: string };
export type Values = Record<string, unknown>;

/** What a table asks of the database around it. */
export interface Surroundings {
	newId(): string;
	now(): string;
	tenantId: string;
	exists(table: TableName, id: string): boolean;
	/** Columns of a table that this installation does not have, e.g. `priority` of jobs. */
	lacking(table: TableName): readonly string[];
	/** Unique key of a row that is ruled differently by a switch; undefined = as in the schema. */
	keyOf(table: TableName, key: string, row: Row): string | null | undefined;
}

const separator = '\u0000';

/** One table: rows by id in the order of insertion, an index for every unique key and every reference. */
export class Table {
	readonly rows = new Map<string, Row>();
	private readonly unique = new Map<string, Map<string, Row>>();
	private readonly keys = new WeakMap<Row, Map<string, string>>();
	private readonly children = new Map<string, Map<string, Set<Row>>>();
	readonly columns: Readonly<Record<string, Column>>;
	/** A row with nothing but defaults, by the columns that are missing. */
	private readonly templates = new Map<string, Row>();
	/** Columns that a row must satisfy: required ones and references. */
	private readonly checked: readonly (readonly [string, Column])[];
	private readonly uniqueKeys: readonly UniqueKey[];
	private readonly references: readonly string[];

	constructor(
		readonly name: TableName,
		private readonly around: Surroundings,
	) {
		this.columns = schema[name].columns;
		this.checked = Object.entries(this.columns).filter(([, column]) => column.required || column.references);
		this.uniqueKeys = schema[name].unique;
		for (const key of this.uniqueKeys) this.unique.set(key.name, new Map());
		this.references = Object.keys(this.columns).filter((column) => this.columns[column].references);
		for (const column of this.references) this.children.set(column, new Map());
	}

	/** Adds a row, written at `now`; throws a DatabaseError in the words of PostgreSQL and then leaves everything as it was. */
	insert(values: Values, now: string): Row {
		this.refuseUnknown(values);
		const row: Row = { ...this.template() };
		for (const [name, value] of Object.entries(values)) {
			if (value !== undefined) row[name] = cast(this.columns[name], value);
		}
		row.id = typeof row.id === 'string' && row.id !== '' ? row.id : this.around.newId();
		row.tenant_id = this.around.tenantId;
		row.created_at ??= now;
		row.updated_at ??= now;
		this.check(row);
		this.rows.set(row.id, row);
		this.index(row);
		return row;
	}

	/** Changes the given columns; throws a DatabaseError and then leaves the row as it was. */
	update(row: Row, values: Values): Row {
		this.refuseUnknown(values);
		const before: Values = {};
		const after: Values = {};
		for (const [name, value] of Object.entries(values)) {
			if (value === undefined) continue;
			before[name] = row[name];
			after[name] = cast(this.columns[name], value);
		}
		this.unindex(row);
		Object.assign(row, after);
		try {
			this.check(row);
		} catch (error) {
			Object.assign(row, before);
			this.index(row);
			throw error;
		}
		this.index(row);
		return row;
	}

	remove(row: Row): void {
		this.unindex(row);
		this.rows.delete(row.id);
	}

	/** The row that holds this unique key, e.g. `find('idx_jobs_external_id', 'SAP', 'SO-1')`. */
	find(key: string, ...parts: unknown[]): Row | undefined {
		return this.unique.get(key)?.get(parts.map(String).join(separator));
	}

	/** Rows whose reference `column` points to this id, e.g. the parts of a job. */
	pointingTo(column: string, id: string): Iterable<Row> {
		return this.children.get(column)?.get(id) ?? [];
	}

	hasIndex(column: string): boolean {
		return this.children.has(column);
	}

	private template(): Row {
		const lacking = this.around.lacking(this.name);
		const key = lacking.join();
		const known = this.templates.get(key);
		if (known) return known;
		const columns = Object.entries(this.columns).filter(([name]) => !lacking.includes(name));
		const made = Object.fromEntries(columns.map(([name, column]) => [name, column.default ?? null]));
		const template: Row = { ...made, id: '' };
		this.templates.set(key, template);
		return template;
	}

	private refuseUnknown(values: Values): void {
		const lacking = this.around.lacking(this.name);
		for (const name in values) {
			if (!Object.hasOwn(this.columns, name) || lacking.includes(name)) {
				throw new DatabaseError(`Could not find the '${name}' column of '${this.name}' in the schema cache`);
			}
		}
	}

	private check(row: Row): void {
		for (const [name, column] of this.checked) {
			const value = row[name];
			if ((value === null || value === undefined) && column.required) {
				throw new DatabaseError(
					`null value in column "${name}" of relation "${this.name}" violates not-null constraint`,
				);
			}
			if (column.references && typeof value === 'string' && !this.around.exists(column.references, value)) {
				throw new DatabaseError(
					`insert or update on table "${this.name}" violates foreign key constraint "${this.name}_${name}_fkey"`,
				);
			}
		}
		for (const unique of this.uniqueKeys) {
			const key = this.keyFor(unique, row);
			const holder = key === null ? undefined : this.unique.get(unique.name)?.get(key);
			if (holder && holder !== row) {
				throw new DatabaseError(`duplicate key value violates unique constraint "${unique.name}"`);
			}
		}
		if (this.name === 'operation_quantities') {
			const { quantity_produced: all, quantity_good: good, quantity_scrap: scrap, quantity_rework: rework } = row;
			if (all !== Number(good) + Number(scrap) + Number(rework)) {
				throw new DatabaseError(
					'new row for relation "operation_quantities" violates check constraint "valid_quantity_sum"',
				);
			}
		}
	}

	private keyFor({ name, columns }: UniqueKey, row: Row): string | null {
		const ruled = this.around.keyOf(this.name, name, row);
		if (ruled !== undefined) return ruled;
		const parts = columns.map((column) => row[column]);
		return parts.some((part) => part === null || part === undefined) ? null : parts.map(String).join(separator);
	}

	private index(row: Row): void {
		const held = new Map<string, string>();
		for (const unique of this.uniqueKeys) {
			const key = this.keyFor(unique, row);
			if (key === null) continue;
			this.unique.get(unique.name)?.set(key, row);
			held.set(unique.name, key);
		}
		this.keys.set(row, held);
		for (const column of this.references) {
			const id = row[column];
			if (typeof id !== 'string') continue;
			const byId = this.children.get(column);
			const rows = byId?.get(id);
			if (rows) rows.add(row);
			else byId?.set(id, new Set([row]));
		}
	}

	private unindex(row: Row): void {
		for (const [name, key] of this.keys.get(row) ?? []) this.unique.get(name)?.delete(key);
		for (const column of this.references) {
			const id = row[column];
			if (typeof id === 'string') this.children.get(column)?.get(id)?.delete(row);
		}
	}
}
