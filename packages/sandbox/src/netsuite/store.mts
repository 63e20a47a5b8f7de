import { noSuchRecord } from './errors.mts';
import { recordType, type RecordType } from './schema.mts';

export type Values = Record<string, unknown>;

/** A stored record. References are `{type, id}`, sublists arrays of line objects. */
export interface Row {
	readonly id: number;
	readonly type: RecordType;
	readonly values: Values;
}

export interface Ref {
	readonly type: string;
	readonly id: number;
}

export const refTo = (row: Row): Ref => ({ type: row.type.name, id: row.id });

export const isRef = (value: unknown): value is Ref =>
	typeof value === 'object' && value !== null && 'type' in value && 'id' in value && typeof value.id === 'number';

export interface Touch {
	at: string;
	what: string;
}

/** Records in memory with NetSuite's internal and external ids. Knows nothing of HTTP or manufacturing. */
export class Store {
	/** Counts every change; a page that polls can skip work while it stands still. */
	revision = 0;
	readonly touches = new Map<Row, Touch>();
	private readonly rows = new Map<string, Map<number, Row>>();
	private readonly nextIds = new Map<string, number>();
	private readonly sequences = new Map<string, number>();

	all(type: string): Row[] {
		return [...(this.rows.get(recordType(type).name)?.values() ?? [])];
	}

	count(type: string): number {
		return this.rows.get(type)?.size ?? 0;
	}

	find(type: string, id: number): Row | undefined {
		return this.rows.get(recordType(type).name)?.get(id);
	}

	/** @param key an internal id or `eid:<externalId>`. @throws NetSuiteError (404) */
	get(type: string, key: string): Row {
		const row = key.startsWith('eid:')
			? this.byExternalId(type, key.slice('eid:'.length))
			: this.find(type, Number(key));
		if (!row) throw noSuchRecord();
		return row;
	}

	byExternalId(type: string, externalId: string): Row | undefined {
		return this.all(type).find((row) => row.values.externalId === externalId);
	}

	follow(value: unknown): Row | undefined {
		return isRef(value) ? this.find(value.type, value.id) : undefined;
	}

	/** What a reference to this record shows as `refName`. */
	name(row: Row): string {
		return String(row.values[row.type.naming] ?? row.id);
	}

	insert(typeName: string, values: Values): Row {
		const type = recordType(typeName);
		const id = this.nextIds.get(type.family) ?? 1;
		this.nextIds.set(type.family, id + 1);
		const at = new Date().toISOString();
		const row: Row = { id, type, values: { ...values, createdDate: at, lastModifiedDate: at } };
		if (type.numbering && row.values.tranId === undefined) row.values.tranId = this.next(type.numbering);
		if (type.numbering && row.values.tranDate === undefined) row.values.tranDate = at.slice(0, 10);
		const table = this.rows.get(type.name) ?? new Map<number, Row>();
		this.rows.set(type.name, table.set(id, row));
		this.revision += 1;
		return row;
	}

	update(row: Row, values: Values): void {
		Object.assign(row.values, values, { lastModifiedDate: new Date().toISOString() });
		this.revision += 1;
	}

	remove(row: Row): void {
		this.rows.get(row.type.name)?.delete(row.id);
		this.touches.delete(row);
		this.revision += 1;
	}

	/** Marks a record as changed from outside: the page highlights it. */
	touch(row: Row, what: string): void {
		this.touches.set(row, { at: new Date().toISOString(), what });
		this.revision += 1;
	}

	private next(prefix: string): string {
		const number = (this.sequences.get(prefix) ?? 0) + 1;
		this.sequences.set(prefix, number);
		return `${prefix}${number}`;
	}
}
