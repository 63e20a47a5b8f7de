import type { Database, Row } from './database.mts';
import type { Version } from './versions.mts';

export type FieldType =
	| 'integer'
	| 'float'
	| 'monetary'
	| 'char'
	| 'text'
	| 'html'
	| 'boolean'
	| 'date'
	| 'datetime'
	| 'selection'
	| 'many2one'
	| 'one2many'
	| 'many2many'
	| 'json';

export interface Field {
	readonly type: FieldType;
	/** Label, `string` in fields_get. */
	readonly label: string;
	readonly relation?: string;
	/** one2many: the many2one on the other model that points back. */
	readonly inverse?: string;
	readonly required?: boolean;
	readonly readonly?: boolean;
	readonly selection?: readonly (readonly [string, string])[];
	readonly help?: string;
	/** A value, or what makes it. */
	readonly initial?: unknown;
	/** First and last version of Odoo that has the field; left out = no bound. */
	readonly since?: Version;
	readonly until?: Version;
	/** Not stored: worked out on every read. */
	readonly compute?: (row: Row, db: Database) => unknown;
}

export type Fields = Record<string, Field>;

type Extra = Partial<Omit<Field, 'type' | 'label'>>;

const make =
	(type: FieldType) =>
	(label: string, extra: Extra = {}): Field => ({ type, label, ...extra });

export const integer = make('integer');
export const float = make('float');
export const monetary = make('monetary');
export const char = make('char');
export const text = make('text');
export const html = make('html');
export const boolean = make('boolean');
export const date = make('date');
export const datetime = make('datetime');

export const selection = (
	label: string,
	options: readonly (readonly [string, string])[],
	extra: Extra = {},
): Field => ({
	type: 'selection',
	label,
	selection: options,
	...extra,
});

export const many2one = (label: string, relation: string, extra: Extra = {}): Field => ({
	type: 'many2one',
	label,
	relation,
	...extra,
});

export const many2many = (label: string, relation: string, extra: Extra = {}): Field => ({
	type: 'many2many',
	label,
	relation,
	...extra,
});

export const one2many = (label: string, relation: string, inverse: string, extra: Extra = {}): Field => ({
	type: 'one2many',
	label,
	relation,
	inverse,
	...extra,
});

/** Fields that every Odoo model has. */
export const commonFields: Fields = {
	id: integer('ID', { readonly: true }),
	display_name: char('Display Name', {
		readonly: true,
		compute: (row, db) => db.displayName(row),
	}),
	create_date: datetime('Created on', { readonly: true }),
	create_uid: many2one('Created by', 'res.users', { readonly: true }),
	write_date: datetime('Last Updated on', { readonly: true }),
	write_uid: many2one('Last Updated by', 'res.users', { readonly: true }),
};

/** The company of whoever makes the record. */
export const ownCompany = (db: Database): number => db.company;

export const existsIn = ({ since, until }: Field, version: Version): boolean =>
	(since === undefined || version >= since) && (until === undefined || version <= until);
