import type { Database, Row } from './database.mts';
import { valueError } from './errors.mts';
import type { Field } from './fields.mts';

type Test = (row: Row) => boolean;
type Leaf = readonly [string, string, unknown];

/**
 * Compiles an Odoo domain: leaves `[field, operator, value]` joined by the prefix operators `&`, `|` and `!`,
 * with an implied `&` between what is left over. `field` may be a path over relations (`product_id.default_code`).
 * @throws OdooError like Odoo for a bad leaf or an unknown field
 */
export function compileDomain(db: Database, model: string, domain: unknown): Test {
	if (domain === undefined || domain === null || domain === false) return () => true;
	if (!Array.isArray(domain)) throw valueError(`Invalid domain: ${JSON.stringify(domain)}`);
	const terms: unknown[] = domain;
	let position = 0;
	const expression = (): Test => {
		if (position >= terms.length) throw valueError(`Domain ${JSON.stringify(domain)} is missing a term`);
		const term = terms[position++];
		if (term === '!') {
			const inner = expression();
			return (row) => !inner(row);
		}
		if (term === '&' || term === '|') {
			const [left, right] = [expression(), expression()];
			return term === '&' ? (row) => left(row) && right(row) : (row) => left(row) || right(row);
		}
		return compileLeaf(db, model, term);
	};
	const tests: Test[] = [];
	while (position < terms.length) tests.push(expression());
	return (row) => tests.every((test) => test(row));
}

const operators = new Set([
	'=',
	'!=',
	'<',
	'>',
	'<=',
	'>=',
	'=?',
	'like',
	'not like',
	'ilike',
	'not ilike',
	'=like',
	'=ilike',
	'in',
	'not in',
	'child_of',
	'parent_of',
]);

function compileLeaf(db: Database, model: string, term: unknown): Test {
	if (!Array.isArray(term) || term.length !== 3) throw valueError(`Invalid domain term ${JSON.stringify(term)}`);
	const [left, operator, right] = term as unknown as Leaf;
	// (1, '=', 1) and (0, '=', 1) are Odoo's constants for true and false.
	if (typeof left === 'number' && operator === '=') return () => left === right;
	if (typeof left !== 'string' || typeof operator !== 'string' || !operators.has(operator)) {
		throw valueError(`Invalid leaf ${JSON.stringify(term)}`);
	}
	const [name = '', ...rest] = left.split('.');
	const field = fieldOf(db, model, name, term);
	if (rest.length > 0) {
		if (!field.relation) throw valueError(`Invalid field ${model}.${left} in leaf ${JSON.stringify(term)}`);
		const inner = compileLeaf(db, field.relation, [rest.join('.'), operator, right]);
		return (row) => relatedRows(db, row, name, field).some(inner);
	}
	if (operator === 'child_of' || operator === 'parent_of') return compileTree(db, model, name, field, operator, right);
	if ((operator === 'in' || operator === 'not in') && !Array.isArray(right)) {
		throw valueError(`Invalid domain term ${JSON.stringify(term)}`);
	}
	return (row) => matches(db, row, name, field, operator, right);
}

function fieldOf(db: Database, model: string, name: string, term: unknown): Field {
	try {
		return db.field(model, name);
	} catch {
		throw valueError(`Invalid field ${model}.${name} in ${db.version < 19 ? 'leaf' : 'condition'} ${python(term)}`);
	}
}

/** A value as Python writes it: Odoo shows the condition in its own words. */
function python(value: unknown): string {
	if (Array.isArray(value)) return `(${value.map(python).join(', ')})`;
	if (typeof value === 'string') return `'${value}'`;
	if (typeof value === 'boolean') return value ? 'True' : 'False';
	return value === null || value === undefined ? 'None' : JSON.stringify(value);
}

function relatedRows(db: Database, row: Row, name: string, field: Field): Row[] {
	if (field.type !== 'many2one') return db.relatedMany(row, name);
	const other = db.related(row, name);
	return other ? [other] : [];
}

function matches(db: Database, row: Row, name: string, field: Field, operator: string, right: unknown): boolean {
	if (operator === '=?') {
		if (right === false || right === null || right === undefined) return true;
		return matches(db, row, name, field, '=', right);
	}
	if (isNegative(operator)) return !matches(db, row, name, field, positive(operator), right);
	if (field.relation) return relationMatches(db, row, name, field, operator, right);
	const value = db.value(row, name);
	if (operator === 'in') return (right as unknown[]).some((each) => same(field, value, each));
	if (operator === '=') return same(field, value, right);
	if (operator.endsWith('like')) return like(value, operator, right);
	return ordered(field, value, operator, right);
}

const isNegative = (operator: string): boolean => operator === '!=' || operator.startsWith('not ');
const positive = (operator: string): string => (operator === '!=' ? '=' : operator.slice(4));

/** Relations compare by id; a text on the right compares by display name, as name_search would. */
function relationMatches(
	db: Database,
	row: Row,
	name: string,
	field: Field,
	operator: string,
	right: unknown,
): boolean {
	const others = relatedRows(db, row, name, field);
	if (operator.endsWith('like')) return others.some((other) => like(db.displayName(other), operator, right));
	const wanted = Array.isArray(right) ? right : [right];
	if (operator === '=' || operator === 'in') {
		return wanted.some((each) => {
			if (each === false || each === null) return others.length === 0;
			if (typeof each === 'string' && !/^\d+$/.test(each)) {
				return others.some((other) => db.displayName(other) === each);
			}
			return others.some((other) => other.id === Number(each));
		});
	}
	return others.some((other) => compare(operator, other.id - Number(right)));
}

function same(field: Field, value: unknown, right: unknown): boolean {
	if (right === false || right === null || right === undefined || right === '') {
		// Numbers are never "unset" in Odoo: 0 equals false. Texts: unset equals false.
		return value === false || value === '' || value === 0;
	}
	if (isNumeric(field)) return value === Number(right);
	if (field.type === 'boolean') return value === (right === true || right === 1 || /^true$/i.test(String(right)));
	return String(value) === String(right);
}

const isNumeric = (field: Field): boolean => ['integer', 'float', 'monetary'].includes(field.type);

function ordered(field: Field, value: unknown, operator: string, right: unknown): boolean {
	if (value === false) return false;
	if (isNumeric(field)) return compare(operator, Number(value) - Number(right));
	const [left, other] = [
		String(value),
		String(right)
			.replace('T', ' ')
			.replace(/(\.\d+)?Z$/, ''),
	];
	return compare(operator, left < other ? -1 : left > other ? 1 : 0);
}

function compare(operator: string, difference: number): boolean {
	switch (operator) {
		case '<':
			return difference < 0;
		case '>':
			return difference > 0;
		case '<=':
			return difference <= 0;
		default:
			return difference >= 0;
	}
}

/** SQL LIKE with `%` and `_`; `like` and `ilike` search anywhere, `=like` and `=ilike` the whole text. */
function like(value: unknown, operator: string, right: unknown): boolean {
	if (value === false || value === null || value === undefined) return false;
	const pattern = String(right)
		.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
		.replaceAll('%', '.*')
		.replaceAll('_', '.');
	const whole = operator.startsWith('=');
	return new RegExp(whole ? `^${pattern}$` : pattern, operator.endsWith('ilike') ? 'is' : 's').test(String(value));
}

/** `child_of`/`parent_of` walk `parent_id`; on a model without one they mean "is one of". */
function compileTree(db: Database, model: string, name: string, field: Field, operator: string, right: unknown): Test {
	const target = field.relation ?? model;
	const start = (Array.isArray(right) ? right : [right]).flatMap((each) => {
		if (typeof each === 'number' || /^\d+$/.test(String(each))) return [Number(each)];
		return db
			.rows(target)
			.filter((row) => like(db.displayName(row), 'ilike', each))
			.map((row) => row.id);
	});
	const found = new Set(start);
	const parentField = target === 'stock.location' ? 'location_id' : 'parent_id';
	const hasParent = Object.hasOwn(db.model(target).fields, parentField);
	for (let before = -1; hasParent && before !== found.size; ) {
		before = found.size;
		for (const row of db.rows(target)) {
			const parent = db.value(row, parentField);
			if (typeof parent !== 'number') continue;
			if (operator === 'child_of' && found.has(parent)) found.add(row.id);
			if (operator === 'parent_of' && found.has(row.id)) found.add(parent);
		}
	}
	return (row) => {
		if (!field.relation) return found.has(row.id);
		return relatedRows(db, row, name, field).some((other) => found.has(other.id));
	};
}
