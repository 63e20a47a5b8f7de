import type { Store } from '../store.mts';
import { parse, queryError, type Condition, type Expression, type Query, type Source } from './parse.mts';
import { columnsOf, labelPrefix, tableRows, type TableRow } from './tables.mts';

/** One combination of rows while joining: table alias to row. */
type Scope = Readonly<Record<string, TableRow | undefined>>;

/**
 * Runs a SuiteQL SELECT over `transaction`, `transactionline`, `item`, `customer` and `inventorynumber`.
 * As in NetSuite all values come back as texts, keys in lower case, empty values left out.
 * @throws NetSuiteError (400)
 */
export function runSuiteQL(store: Store, text: string): Record<string, unknown>[] {
	const query = parse(text);
	checkColumns(query);
	const { where } = query;
	let scopes = join(store, query.sources);
	if (where) scopes = scopes.filter((scope) => holds(where, scope));
	sort(scopes, query);
	if (isCount(query)) return [{ links: [], ...countRow(query, scopes.length) }];
	const rows = scopes.map((scope) => project(query, scope));
	if (!query.distinct) return rows;
	return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

function join(store: Store, sources: readonly Source[]): Scope[] {
	let scopes: Scope[] = [{}];
	for (const { table, alias, on, outer } of sources) {
		const rows = tableRows(store, table);
		if (!rows) throw queryError(`Search error occurred: Record '${table}' was not found.`);
		const candidates = lookUp(rows, alias, on);
		scopes = scopes.flatMap((scope) => {
			const matching = candidates(scope)
				.map((row) => ({ ...scope, [alias]: row }))
				.filter((joined) => !on || holds(on, joined));
			return matching.length === 0 && outer ? [{ ...scope, [alias]: undefined }] : matching;
		});
	}
	return scopes;
}

/** Joins on `new.column = known.column` go through an index, so that thousands of lines stay quick. */
function lookUp(rows: TableRow[], alias: string, on: Condition | undefined): (scope: Scope) => TableRow[] {
	const equality = on?.kind === 'and' ? on.parts.find(isEquality) : on;
	if (!equality || !isEquality(equality)) return () => rows;
	const { left, right } = equality;
	const own = left.kind === 'column' && left.table === alias ? left : right;
	const other = own === left ? right : left;
	if (own.kind !== 'column' || own.table !== alias || other.kind !== 'column') return () => rows;
	const index = new Map<string, TableRow[]>();
	for (const row of rows) {
		const key = String(row[own.name]);
		index.set(key, [...(index.get(key) ?? []), row]);
	}
	return (scope) => index.get(String(evaluate(other, scope))) ?? [];
}

const isEquality = (condition: Condition): condition is Extract<Condition, { kind: 'compare' }> =>
	condition.kind === 'compare' && condition.operator === '=';

function evaluate(expression: Expression, scope: Scope): unknown {
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

function holds(condition: Condition, scope: Scope): boolean {
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
			const left = evaluate(condition.left, scope);
			return condition.list.some((each) => compares('=', left, evaluate(each, scope)));
		}
		case 'compare':
			return compares(condition.operator, evaluate(condition.left, scope), evaluate(condition.right, scope));
	}
}

const isNull = (value: unknown): boolean => value === undefined || value === null || value === '';

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

function order(left: unknown, right: unknown): number {
	const [a, b] = [Number(left), Number(right)];
	if (Number.isFinite(a) && Number.isFinite(b)) return a - b;
	const [x, y] = [String(left), String(right)];
	return x < y ? -1 : x > y ? 1 : 0;
}

function sort(scopes: Scope[], { orderBy, columns }: Query): void {
	if (orderBy.length === 0) return;
	const resolve = (expression: Expression): Expression => {
		if (expression.kind !== 'column' || expression.table !== undefined) return expression;
		return columns.find(({ alias }) => alias?.toLowerCase() === expression.name)?.expression ?? expression;
	};
	const keys = orderBy.map(({ expression, descending }) => ({ expression: resolve(expression), descending }));
	scopes.sort((left, right) => {
		for (const { expression, descending } of keys) {
			const difference = order(evaluate(expression, left) ?? '', evaluate(expression, right) ?? '');
			if (difference !== 0) return descending ? -difference : difference;
		}
		return 0;
	});
}

const isCount = (query: Query): boolean =>
	query.columns.length === 1 &&
	query.columns.every(({ expression }) => expression.kind === 'call' && expression.name === 'count');

const countRow = (query: Query, count: number): Record<string, string> => ({
	[query.columns[0]?.alias?.toLowerCase() ?? 'expr1']: String(count),
});

function project({ columns }: Query, scope: Scope): Record<string, unknown> {
	const row: Record<string, unknown> = { links: [] };
	let unnamed = 0;
	for (const { expression, alias } of columns) {
		if (expression.kind === 'all') {
			const rows = expression.table === undefined ? Object.values(scope) : [scope[expression.table]];
			for (const [name, value] of rows.flatMap((each) => Object.entries(each ?? {}))) put(row, name, value);
		} else {
			const name = alias ?? (expression.kind === 'column' ? expression.name : `expr${(unnamed += 1)}`);
			put(row, name.toLowerCase(), evaluate(expression, scope));
		}
	}
	return row;
}

function put(row: Record<string, unknown>, name: string, value: unknown): void {
	if (!name.startsWith(labelPrefix) && !isNull(value)) row[name] = String(value);
}

/** Names every unknown column, as NetSuite does, instead of answering nothing for it. */
function checkColumns(query: Query): void {
	const known = new Map(query.sources.map(({ table, alias }) => [alias, columnsOf(table)]));
	const check = (expression: Expression): void => {
		if (expression.kind === 'call') expression.args.filter((each) => each.kind !== 'all').forEach(check);
		if (expression.kind === 'all' && expression.table !== undefined && !known.has(expression.table)) {
			throw queryError(`Search error occurred: Unknown identifier '${expression.table}'.`);
		}
		if (expression.kind !== 'column') return;
		const { table, name } = expression;
		const tables = table === undefined ? [...known.values()] : [known.get(table)];
		const aliases = query.columns.some(({ alias }) => alias?.toLowerCase() === name);
		if (aliases || tables.some((columns) => columns?.has(name)) || /^cust/.test(name)) return;
		throw queryError(
			`Search error occurred: Unknown identifier '${name}'. Available identifiers are: ${aliasList(known)}`,
		);
	};
	query.columns.forEach(({ expression }) => check(expression));
	query.orderBy.forEach(({ expression }) => check(expression));
	const walk = (condition: Condition | undefined): void => {
		if (!condition) return;
		if (condition.kind === 'and' || condition.kind === 'or') condition.parts.forEach(walk);
		else if (condition.kind === 'not') walk(condition.part);
		else {
			check(condition.left);
			if (condition.kind === 'compare') check(condition.right);
			if (condition.kind === 'in') condition.list.forEach(check);
		}
	};
	walk(query.where);
	query.sources.forEach(({ on }) => walk(on));
}

const aliasList = (known: ReadonlyMap<string, ReadonlySet<string>>): string =>
	`{${[...known].map(([alias, columns]) => `${alias}=${[...columns].join(', ')}`).join('; ')}}`;
