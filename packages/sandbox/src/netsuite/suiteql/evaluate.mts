import { queryError, type Condition, type Expression } from './parse.mts';
import { labelPrefix, longPrefix, type TableRow } from './tables.mts';

/** One combination of rows while joining: table alias to row. */
export type Scope = Readonly<Record<string, TableRow | undefined>>;

/** The value of an expression for one combination of rows. @throws NetSuiteError (400) */
export function evaluate(expression: Expression, scope: Scope): unknown {
	switch (expression.kind) {
		case 'literal':
			return expression.value;
		case 'column':
			return column(expression, scope, '');
		case 'call':
			return call(expression.name, expression.args, scope);
		default:
			throw queryError('Search error occurred: * is not allowed here.');
	}
}

function column({ table, name }: { table?: string; name: string }, scope: Scope, prefix: string): unknown {
	if (table !== undefined) return scope[table]?.[prefix + name];
	for (const row of Object.values(scope)) if (row?.[prefix + name] !== undefined) return row[prefix + name];
	return undefined;
}

function call(name: string, args: readonly Expression[], scope: Scope): unknown {
	const [first] = args;
	if (!first) throw queryError(`Search error occurred: ${name} needs a parameter.`);
	const value = (): string => String(evaluate(first, scope) ?? '');
	switch (name) {
		case 'builtin.df':
			// The display value: the name behind an id, the label behind a status.
			return (first.kind === 'column' ? column(first, scope, labelPrefix) : undefined) ?? evaluate(first, scope);
		case 'upper':
			return value().toUpperCase();
		case 'lower':
			return value().toLowerCase();
		case 'to_date':
			return value();
		case 'nvl':
			return evaluate(first, scope) ?? (args[1] && evaluate(args[1], scope));
		default:
			throw queryError(`Search error occurred: Unknown function '${name}'.`);
	}
}

/** Whether a condition is true for one combination of rows. */
export function holds(condition: Condition, scope: Scope): boolean {
	switch (condition.kind) {
		case 'and':
			return condition.parts.every((part) => holds(part, scope));
		case 'or':
			return condition.parts.some((part) => holds(part, scope));
		case 'not':
			return !holds(condition.part, scope);
		case 'null':
			return isNull(evaluate(condition.left, scope));
		case 'in': {
			const spellings = spellingsOf(condition.left, scope);
			return condition.list.some((each) => spellings.some((left) => compares('=', left, evaluate(each, scope))));
		}
		case 'compare': {
			const { operator, left, right } = condition;
			const given = evaluate(right, scope);
			const spellings = spellingsOf(left, scope);
			const test = (value: unknown): boolean => compares(operator, value, given);
			return operator === '!=' ? spellings.every(test) : spellings.some(test);
		}
	}
}

function spellingsOf(expression: Expression, scope: Scope): unknown[] {
	const other = expression.kind === 'column' ? column(expression, scope, longPrefix) : undefined;
	return [evaluate(expression, scope), ...(other === undefined ? [] : [other])];
}

export const isNull = (value: unknown): boolean => value === undefined || value === null || value === '';

function compares(operator: string, left: unknown, right: unknown): boolean {
	// SQL: nothing compares to null.
	if (isNull(left) || isNull(right)) return false;
	if (operator === 'like') {
		const pattern = String(right)
			.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
			.replaceAll('%', '.*')
			.replaceAll('_', '.');
		return new RegExp(`^${pattern}$`, 's').test(String(left));
	}
	const difference = order(left, right);
	switch (operator) {
		case '=':
			return difference === 0;
		case '!=':
			return difference !== 0;
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

/** Numbers by size, everything else as text. */
export function order(left: unknown, right: unknown): number {
	const [a, b] = [Number(left), Number(right)];
	if (Number.isFinite(a) && Number.isFinite(b)) return a - b;
	const [x, y] = [String(left), String(right)];
	return x < y ? -1 : x > y ? 1 : 0;
}
