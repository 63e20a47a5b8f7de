import type { Database, Row } from './database.mts';
import { compileDomain } from './domain.mts';
import type { Field } from './fields.mts';
import { validationError, valueError } from './errors.mts';
import { toAnswer, toCommands, toStored } from './values.mts';

export type Values = Record<string, unknown>;

/** Business rules of one model, called by the generic create, write and unlink. All are optional. */
export interface Rules {
	defaults?(db: Database, values: Values): Values;
	/** `given`: the names that the caller wrote. */
	created?(orm: Orm, row: Row, given: ReadonlySet<string>): void;
	/** `before`: the stored values as they were; `given`: what the caller wrote. */
	changed?(orm: Orm, row: Row, names: ReadonlySet<string>, before: Values, given: Values): void;
	removing?(orm: Orm, row: Row): void;
	removed?(orm: Orm, row: Row): void;
}

export interface Find {
	domain?: unknown;
	offset?: number;
	limit?: number | false;
	order?: string;
	/** Context `active_test: false` of the call. */
	archivedToo?: boolean;
	/** Records of other companies are not there. Left out = all companies. */
	companies?: ReadonlySet<number>;
}

/** search, read, create, write, unlink and their relatives, as the models of Odoo offer them. */
export class Orm {
	constructor(
		readonly db: Database,
		private readonly rules: Readonly<Record<string, Rules>>,
	) {}

	search(model: string, { domain, offset = 0, limit, order, archivedToo = false, companies }: Find): Row[] {
		const test = compileDomain(this.db, model, domain);
		// Archived records stay out of every search that does not ask for `active`.
		const hidesArchived =
			!archivedToo &&
			Object.hasOwn(this.db.model(model).fields, 'active') && !JSON.stringify(domain ?? []).includes('"active"');
		const rows = this.db
			.rows(model)
			.filter((row) => (!hidesArchived || this.db.value(row, 'active') !== false) && inCompanies(row, companies) && test(row));
		this.sort(model, rows, order);
		// A limit of 0 means no limit, as in Odoo.
		return rows.slice(offset, limit ? offset + limit : undefined);
	}

	/** @param fields empty or left out = all. @throws OdooError for an unknown one, also where there are no rows */
	read(model: string, rows: readonly Row[], fields?: readonly string[]): Values[] {
		const names = fields?.length ? fields : Object.keys(this.db.fields(model));
		for (const name of names) this.db.field(model, name);
		return rows.map((row) => {
			const answer: Values = { id: row.id };
			for (const name of names) answer[name] = toAnswer(this.db, row, name);
			return answer;
		});
	}

	create(model: string, given: Values): Row {
		const { db } = this;
		const values = { ...this.initial(model), ...this.rules[model]?.defaults?.(db, given), ...given };
		const commands = this.oneToMany(model, values);
		const stored: Values = {};
		for (const [name, value] of Object.entries(values)) {
			if (name === 'id' || commands.has(name) || db.field(model, name, 'write').compute) continue;
			stored[name] = toStored(db, model, name, value, this.related);
		}
		this.checkRequired(model, stored);
		return db.transaction(() => {
			const row = db.insert(model, stored);
			for (const [name, value] of commands) this.applyCommands(row, name, value);
			this.rules[model]?.created?.(this, row, new Set(Object.keys(given)));
			return row;
		});
	}

	write(rows: readonly Row[], given: Values): void {
		this.db.transaction(() => rows.forEach((row) => this.writeOne(row, given)));
	}

	private writeOne(row: Row, given: Values): void {
		const before = { ...row.values };
		const commands = this.oneToMany(row.model, given);
		const stored: Values = {};
		for (const [name, value] of Object.entries(given)) {
			if (name === 'id' || commands.has(name) || this.db.field(row.model, name, 'write').compute) continue;
			stored[name] = toStored(this.db, row.model, name, value, this.related, row);
		}
		this.db.update(row, stored);
		for (const [name, value] of commands) this.applyCommands(row, name, value);
		this.rules[row.model]?.changed?.(this, row, new Set(Object.keys(given)), before, given);
	}

	unlink(rows: readonly Row[]): void {
		this.db.transaction(() => {
			for (const row of rows) this.rules[row.model]?.removing?.(this, row);
			for (const row of rows) this.db.remove(row);
			for (const row of rows) this.rules[row.model]?.removed?.(this, row);
		});
	}

	private readonly related = (model: string, values: Values): number => this.create(model, values).id;

	private initial(model: string): Values {
		const values: Values = {};
		for (const [name, field] of Object.entries(this.db.model(model).fields)) {
			if (field.initial !== undefined) values[name] = initialOf(this.db, field);
		}
		return values;
	}

	private checkRequired(model: string, stored: Values): void {
		for (const [name, field] of Object.entries(this.db.model(model).fields)) {
			if (!field.required || (stored[name] !== undefined && stored[name] !== '')) continue;
			throw validationError(
				`The operation cannot be completed: a mandatory field is not set.\nModel: ${this.db.model(model).label} (${model})\nField: ${field.label} (${name})`,
			);
		}
	}

	private oneToMany(model: string, values: Values): Map<string, unknown> {
		const entries = Object.entries(values).filter(([name]) => this.db.field(model, name, 'write').type === 'one2many');
		return new Map(entries);
	}

	private applyCommands(row: Row, name: string, value: unknown): void {
		const { relation = '', inverse = '' } = this.db.field(row.model, name);
		const unlinkAll = (keep: readonly number[]): void => {
			const others = this.db.relatedMany(row, name).filter((other) => !keep.includes(other.id));
			this.unlink(others);
		};
		for (const [code, id, extra] of toCommands(value, name)) {
			if (code === 0) this.create(relation, { ...(extra as Values), [inverse]: row.id });
			else if (code === 1) this.write(this.db.get(relation, [id]), extra as Values);
			else if (code === 2 || code === 3) this.unlink(this.db.get(relation, [id]));
			else if (code === 4) this.write(this.db.get(relation, [id]), { [inverse]: row.id });
			else if (code === 5) unlinkAll([]);
			else if (code === 6) unlinkAll((extra as unknown[]).map(Number));
		}
	}

	private sort(model: string, rows: Row[], order: string | undefined): void {
		const keys = (order ?? '')
			.split(',')
			.map((part) => part.trim().split(/\s+/))
			.filter(([name]) => name);
		for (const [name = '', direction = 'asc'] of keys) {
			this.db.field(model, name, 'order');
			if (!/^(asc|desc)$/i.test(direction)) throw valueError(`Invalid order: ${order}`);
		}
		if (keys.length === 0) return;
		rows.sort((left, right) => {
			for (const [name = '', direction = 'asc'] of keys) {
				const difference = compareValues(this.db.value(left, name), this.db.value(right, name));
				if (difference !== 0) return /desc/i.test(direction) ? -difference : difference;
			}
			return left.id - right.id;
		});
	}
}

/** What a new record has in a field that nobody gave. */
export const initialOf = (db: Database, { initial }: Field): unknown => (typeof initial === 'function' ? (initial as (db: Database) => unknown)(db) : initial);

/** Records without a company belong to everybody. */
export const inCompanies = ({ values: { company_id: company } }: Row, companies: ReadonlySet<number> | undefined): boolean =>
	!companies || typeof company !== 'number' || companies.has(company);

function compareValues(left: unknown, right: unknown): number {
	if (typeof left === 'number' && typeof right === 'number') return left - right;
	const [a, b] = [String(left), String(right)];
	return a < b ? -1 : a > b ? 1 : 0;
}
