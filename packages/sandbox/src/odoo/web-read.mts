import type { Database, Row } from './database.mts';
import { OdooError } from './errors.mts';
import type { Orm, Values } from './orm.mts';
import { toAnswer } from './values.mts';

/** What a caller wants of a record: a field to `{}`, or to `{ fields }` of the records that it refers to. */
export type Specification = Readonly<Record<string, { fields?: Specification } | undefined>>;

/**
 * Reads as Odoo's own screens do since 17: a relation without `fields` is an id or ids, one with `fields` is the record
 * or the records, to any depth.
 */
export function webRead(db: Database, rows: readonly Row[], specification: Specification): Values[] {
	return rows.map((row) => {
		const answer: Values = { id: row.id };
		for (const [name, wanted] of Object.entries(specification)) answer[name] = valueOf(db, row, name, wanted?.fields);
		return answer;
	});
}

function valueOf(db: Database, row: Row, name: string, fields: Specification | undefined): unknown {
	const { type } = db.field(row.model, name);
	if (type === 'many2one') {
		const other = db.related(row, name);
		if (!other) return false;
		return fields ? webRead(db, [other], fields)[0] : other.id;
	}
	if (type !== 'one2many' && type !== 'many2many') return toAnswer(db, row, name);
	const others = db.relatedMany(row, name);
	return fields ? webRead(db, others, fields) : others.map(({ id }) => id);
}

/** Odoo's import: rows of texts become records, all of them or none. Knows database ids of relations (`product_id/.id`). */
export function load(orm: Orm, model: string, fields: readonly string[], data: ReadonlyArray<readonly string[]>): Values {
	try {
		const ids = orm.db.transaction(() => data.map((texts) => orm.create(model, valuesOf(fields, texts)).id));
		return { ids, messages: [], nextrow: 0 };
	} catch (error) {
		if (!(error instanceof OdooError)) throw error;
		return { ids: false, messages: [{ type: 'error', message: error.message, rows: { from: 0, to: 0 }, record: 0 }], nextrow: 0 };
	}
}

const valuesOf = (fields: readonly string[], texts: readonly string[]): Values =>
	Object.fromEntries(
		fields
			.map((field, index): [string, unknown] => (field.endsWith('/.id') ? [field.slice(0, -4), Number(texts[index])] : [field, texts[index]]))
			.filter(([, value]) => value !== '' && value !== undefined),
	);
