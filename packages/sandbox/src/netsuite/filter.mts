import { invalidParameter } from './errors.mts';
import { isRef, type Row } from './store.mts';

type Test = (row: Row) => boolean;

const operators = [
	'IS',
	'IS_NOT',
	'CONTAIN',
	'CONTAIN_NOT',
	'START_WITH',
	'START_WITH_NOT',
	'END_WITH',
	'END_WITH_NOT',
	'EQUAL',
	'EQUAL_NOT',
	'GREATER',
	'GREATER_OR_EQUAL',
	'LESS',
	'LESS_OR_EQUAL',
	'ANY_OF',
	'ANY_OF_NOT',
	'ON',
	'BEFORE',
	'AFTER',
	'ON_OR_BEFORE',
	'ON_OR_AFTER',
	'EMPTY',
	'EMPTY_NOT',
];

/**
 * The `q` parameter of record lists: conditions `field OPERATOR value` joined by AND and OR, with brackets.
 * @throws NetSuiteError (400)
 */
export function compileFilter(query: string): Test {
	const words = query.match(/"[^"]*"|\[[^\]]*\]|[()]|[^\s"[\]()]+/g) ?? [];
	let position = 0;
	const next = (): string => {
		const word = words[position++];
		if (word === undefined) throw invalidParameter(`Invalid query parameter q: ${query} ends too early.`);
		return word;
	};
	const follows = (word: string): boolean => {
		if (words[position]?.toUpperCase() !== word) return false;
		position += 1;
		return true;
	};
	const either = (): Test => {
		const tests = [all()];
		while (follows('OR')) tests.push(all());
		return (row) => tests.some((test) => test(row));
	};
	const all = (): Test => {
		const tests = [single()];
		while (follows('AND')) tests.push(single());
		return (row) => tests.every((test) => test(row));
	};
	const single = (): Test => {
		if (!follows('(')) return condition();
		const inner = either();
		if (!follows(')')) throw invalidParameter(`Invalid query parameter q: ) is missing in ${query}.`);
		return inner;
	};
	const condition = (): Test => {
		const name = next();
		const operator = next().toUpperCase();
		if (!operators.includes(operator)) throw invalidParameter(`Invalid search operator ${operator} in q.`);
		if (operator.startsWith('EMPTY')) return (row) => (valueOf(row, name) === '') === (operator === 'EMPTY');
		const wanted = next();
		const values = (wanted.startsWith('[') ? wanted.slice(1, -1).split(',') : [wanted]).map(unquote);
		const negative = operator.endsWith('_NOT');
		return (row) => compare(valueOf(row, name), operator.replace(/_NOT$/, ''), values) !== negative;
	};
	const test = either();
	if (position < words.length) {
		throw invalidParameter(`Invalid query parameter q: AND or OR expected instead of ${words[position]}.`);
	}
	return test;
}

const unquote = (text: string): string => text.trim().replace(/^"(.*)"$/, '$1');

function valueOf(row: Row, name: string): string {
	if (name === 'id' || name === 'internalId') return String(row.id);
	const value = row.values[name];
	if (isRef(value)) return String(value.id);
	return value === undefined || value === null ? '' : String(value);
}

function compare(value: string, operator: string, values: readonly string[]): boolean {
	const [first = ''] = values;
	const [left, right] = [value.toLowerCase(), first.toLowerCase()];
	const numeric = value !== '' && Number.isFinite(Number(value)) && Number.isFinite(Number(first));
	const difference = numeric ? Number(value) - Number(first) : left < right ? -1 : left > right ? 1 : 0;
	switch (operator) {
		case 'CONTAIN':
			return left.includes(right);
		case 'START_WITH':
			return left.startsWith(right);
		case 'END_WITH':
			return left.endsWith(right);
		case 'ANY_OF':
			return values.includes(value);
		case 'GREATER':
		case 'AFTER':
			return value !== '' && difference > 0;
		case 'GREATER_OR_EQUAL':
		case 'ON_OR_AFTER':
			return value !== '' && difference >= 0;
		case 'LESS':
		case 'BEFORE':
			return value !== '' && difference < 0;
		case 'LESS_OR_EQUAL':
		case 'ON_OR_BEFORE':
			return value !== '' && difference <= 0;
		default:
			return difference === 0;
	}
}
