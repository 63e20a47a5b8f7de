/** The five kinds of record that an ERP keeps in step with Eryxon. */
export type EntityName = 'job' | 'part' | 'operation' | 'cell' | 'resource';

/**
 * Three generations of the API answer on the same addresses: `documented` (as the guides describe it, parents by
 * external ID), `generic` (0.2 to 0.9: table columns as they are, bulk answers only count) and `strict` (0.10 and newer:
 * the same with a list of writable fields).
 */
export type Generation = 'documented' | 'generic' | 'strict';

export type FieldType = 'text' | 'integer' | 'number' | 'boolean' | 'dateTime' | 'object' | 'textList' | 'id';

export interface Field {
	/** Name in the API, which is the column name of the vendor's CSV import as well. */
	name: string;
	label: string;
	type: FieldType;
	/** Other names that documents or spreadsheets use for it. */
	aliases?: readonly string[];
	/** Needed before the record can be created. */
	create?: true;
	min?: number;
	/** Values that the API takes. */
	values?: readonly string[];
	/** Generations that can store it; all when absent. */
	only?: readonly Generation[];
	hint?: string;
}

/** Fields and parents that the first generation does not know. */
export const LATER: readonly Generation[] = ['generic', 'strict'];

/** How a parent may be named. */
export type ReferenceBy = 'id' | 'externalId' | 'number';

export interface Reference {
	/** Column that holds the parent's ID. */
	column: string;
	label: string;
	to: EntityName;
	/** Input fields that name the parent, most exact first. */
	by: ReadonlyArray<{ field: string; label: string; by: ReferenceBy; aliases?: readonly string[] }>;
	create?: true;
	/** Generations that can store it; all when absent. */
	only?: readonly Generation[];
}

/** How a list can be read so that no row is missed. */
export interface ListOrder {
	/** A sort whose values occur once; the creation time, which nearly does, where there is none. */
	unique?: string;
	/** A filter with few values, to read the list in parts. */
	parts?: { filter: string; values: readonly string[] };
	/** A list by time, newest first, with the filter that ends it: read backwards, since some versions page it wrongly. */
	time?: { column: string; until: string };
}

export interface Entity {
	name: EntityName;
	/** Key of a bulk body and of lists. */
	plural: string;
	path: string;
	/** Title-case names for people. */
	title: string;
	titles: string;
	fields: readonly Field[];
	references: readonly Reference[];
	/** The field that people know it by. */
	number: string;
	/** Whether one value of `number` can occur once only in a workshop. */
	unique: boolean;
	/** Whether `/api-erp-sync` knows it, and with it a look-up by external key. */
	erpSync: boolean;
	/** Most records in one call, where a generation allows fewer than 1,000. */
	fewer?: Partial<Record<Generation, number>>;
	/** Text filters of the list, as the API names them. */
	filters: readonly string[];
	sorts: readonly string[];
	/** How the list is read so that no row is missed. */
	order: ListOrder;
}

export const STATUS = ['not_started', 'in_progress', 'on_hold', 'completed'] as const;

export const status = (only?: readonly Generation[]): Field => ({
	name: 'status',
	label: 'Status',
	type: 'text',
	values: STATUS,
	...(only ? { only } : {}),
});

export const notes: Field = { name: 'notes', label: 'Notes', type: 'text' };
export const metadata: Field = { name: 'metadata', label: 'Metadata (JSON)', type: 'object' };

export const currentCell: Reference = {
	column: 'current_cell_id',
	label: 'Current Cell',
	to: 'cell',
	only: LATER,
	by: [
		{ field: 'current_cell_id', label: 'Current Cell ID', by: 'id' },
		{ field: 'current_cell_name', label: 'Current Cell Name', by: 'number' },
	],
};
