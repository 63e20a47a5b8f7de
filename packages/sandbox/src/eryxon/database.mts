import { schema, type TableName } from './schema.mts';
import type { Dialect, Switches } from './switches.mts';
import { Table, type Row, type Values } from './table.mts';
import { timeText } from './values.mts';

export interface Change {
	table: TableName;
	kind: 'insert' | 'update' | 'delete';
	row: Row;
	/** The changed columns as they were. */
	before: Values;
}

/** Who wrote a row last from outside: shown tinted on the page. */
export interface Touch {
	at: string;
	what: string;
	via: string;
}

export const tenantId = '7e2d6a0e-0000-4000-8000-000000000001';

const lateWebhookColumns = ['name', 'consecutive_failures', 'disabled_reason', 'last_delivery_at', 'last_status_code'];

const none: readonly string[] = [];
const priority: readonly string[] = ['priority'];
const syncHash: readonly string[] = ['sync_hash'];
const times: readonly string[] = ['started_at', 'paused_at', 'resumed_at', 'completed_at'];
const timesAndHash: readonly string[] = [...times, ...syncHash];

/** The tables of one workshop. Every write goes through here, so that changes can be announced and shown. */
export class Database {
	revision = 0;
	/** The API call that is being carried out; undefined while the shop floor or the seed writes. */
	writer: Omit<Touch, 'at'> | undefined;
	readonly touches = new WeakMap<Row, Touch>();
	private readonly tables = new Map<TableName, Table>();
	private quiet = false;
	private clock = 0;
	private clockText = '';
	private stampedAt = '';
	private microsecond = 0;

	constructor(
		private readonly generation: () => Dialect,
		private readonly switches: () => Switches,
		private readonly random: () => number,
		private readonly announce: (change: Change) => void,
	) {
		for (const name of Object.keys(schema) as TableName[]) {
			this.tables.set(
				name,
				new Table(name, {
					newId: () => this.newId(),
					now: () => this.now(),
					tenantId,
					exists: (other, id) => this.table(other).rows.has(id),
					lacking: (table) => this.lacking(table),
					keyOf: (table, key, row) => this.ruledKey(table, key, row),
				}),
			);
		}
	}

	table(name: TableName): Table {
		const table = this.tables.get(name);
		if (!table) throw new Error(`There is no table ${name}`);
		return table;
	}

	/** When a statement ran, to the microsecond: no two have the same moment, the rows of one statement do. */
	private statement(): string {
		const now = this.now();
		this.microsecond = now === this.stampedAt ? this.microsecond + 1 : 0;
		this.stampedAt = now;
		const thousandths = String(Math.min(this.microsecond, 999)).padStart(3, '0');
		return now.replace(/(\.\d{3})\d*/, `$1${thousandths}`);
	}

	now(): string {
		const now = Date.now();
		if (now !== this.clock) {
			this.clock = now;
			this.clockText = timeText(new Date(now));
		}
		return this.clockText;
	}

	/** Columns that are not there in every generation. */
	private lacking(table: TableName): readonly string[] {
		const { priorityColumn, missingTimes } = this.switches();
		switch (table) {
			case 'jobs':
				return priorityColumn ? none : priority;
			case 'operations':
				if (missingTimes) return this.lacksHash(table) ? timesAndHash : times;
				return this.lacksHash(table) ? syncHash : none;
			case 'cells':
			case 'resources':
				return this.lacksHash(table) ? syncHash : none;
			default:
				return table === 'webhooks' && this.generation() !== 'g3' ? lateWebhookColumns : none;
		}
	}

	/** Every public schema up to 0.9 has sync_hash on jobs and parts only; the first handlers wrote it for resources. */
	private lacksHash(table: TableName): boolean {
		return this.switches().missingSyncHash && (this.generation() !== 'g1' || table === 'resources');
	}

	/** A version 4 UUID out of the seeded numbers: the same seed gives the same ids. */
	newId(): string {
		let hex = '';
		for (let part = 0; part < 4; part += 1) {
			hex += Math.floor(this.random() * 2 ** 32)
				.toString(16)
				.padStart(8, '0');
		}
		const variant = '89ab'[Number.parseInt(hex[16], 16) % 4];
		return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
	}

	/** Row with this id, soft-deleted ones included. */
	get(name: TableName, id: unknown): Row | undefined {
		return typeof id === 'string' ? this.table(name).rows.get(id.toLowerCase()) : undefined;
	}

	/** Row with this id unless it is soft-deleted. */
	alive(name: TableName, id: unknown): Row | undefined {
		const row = this.get(name, id);
		return row && isAlive(row) ? row : undefined;
	}

	insert(name: TableName, values: Values): Row {
		const row = this.table(name).insert(values, this.statement());
		this.changed({ table: name, kind: 'insert', row, before: {} });
		return row;
	}

	/** One statement: all rows or none. */
	insertAll(name: TableName, all: readonly Values[]): Row[] {
		const rows: Row[] = [];
		try {
			const at = this.statement();
			for (const values of all) rows.push(this.table(name).insert(values, at));
		} catch (error) {
			for (const row of rows) this.table(name).remove(row);
			throw error;
		}
		for (const row of rows) this.changed({ table: name, kind: 'insert', row, before: {} });
		return rows;
	}

	update(name: TableName, row: Row, values: Values): Row {
		const before = Object.fromEntries(Object.keys(values).map((column) => [column, row[column]]));
		this.table(name).update(row, values);
		this.changed({ table: name, kind: 'update', row, before });
		return row;
	}

	remove(name: TableName, row: Row): void {
		this.table(name).remove(row);
		this.changed({ table: name, kind: 'delete', row, before: { ...row } });
	}

	/** Announces nothing while `fill` runs: what a seed writes was always there. */
	quietly(fill: () => void): void {
		this.quiet = true;
		try {
			fill();
		} finally {
			this.quiet = false;
		}
	}

	private changed(change: Change): void {
		this.revision += 1;
		if (this.writer) this.touches.set(change.row, { at: this.now(), ...this.writer });
		else this.touches.delete(change.row);
		if (!this.quiet) this.announce(change);
	}

	private ruledKey(table: TableName, key: string, row: Row): string | null | undefined {
		const switches = this.switches();
		if (switches.deletedKeys === 'free' && !isAlive(row)) return null;
		if (switches.partNumbers === 'job' && table === 'parts' && key === 'parts_tenant_id_part_number_key') {
			return `${String(row.job_id)} ${String(row.part_number)}`;
		}
		return undefined;
	}
}

export const isAlive = (row: Row): boolean => row.deleted_at === null || row.deleted_at === undefined;
