import type { Entity } from './entities';

/** Headings differ in case, spaces, `_` and `-`, as the vendor's own import allows. */
export function plainName(name: string): string {
	return name.toLowerCase().replace(/[\s_-]+/g, '');
}

/** Input name → name in the API, for one kind of record. */
export function columnsOf(entity: Entity): Map<string, string> {
	const columns = new Map<string, string>();
	const add = (name: string, aliases: readonly string[] = []) => {
		for (const each of [name, ...aliases]) if (!columns.has(plainName(each))) columns.set(plainName(each), name);
	};
	for (const field of entity.fields) add(field.name, field.aliases);
	for (const { by } of entity.references) for (const way of by) add(way.field, way.aliases);
	add('external_id');
	add('external_source');
	// Labels, so that a sheet made by a person works as well as one from the vendor's template.
	for (const field of entity.fields) add(field.name, [field.label]);
	return columns;
}

/** What Eryxon itself puts into its answers, so that one node's output can be another one's input. */
const READ_ONLY = new Set(
	['id', 'tenant_id', 'created_at', 'updated_at', 'deleted_at', 'deleted_by', 'synced_at', 'sync_hash', 'action', 'confirmed_by', 'record'].map(plainName),
);

export interface Matched {
	/** API name → value as it came. */
	values: Map<string, unknown>;
	/** Input columns that this kind of record does not have. */
	unknown: string[];
}

/** Finds the fields of a record in an input item. The exact API name wins over other spellings. */
export function matchColumns(columns: Map<string, string>, input: Record<string, unknown>): Matched {
	const values = new Map<string, unknown>();
	const unknown: string[] = [];
	for (const [heading, value] of Object.entries(input)) {
		const name = columns.get(plainName(heading));
		if (name === undefined) {
			if (!READ_ONLY.has(plainName(heading))) unknown.push(heading);
		} else if (heading === name || !values.has(name)) values.set(name, value);
	}
	return { values, unknown };
}
