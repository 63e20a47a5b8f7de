import type { Store } from '../store.mts';
import { checkColumns } from './check.mts';
import { evaluate, holds, isNull, order, type Scope } from './evaluate.mts';
import { parse, queryError, type Condition, type Expression, type Query, type Source } from './parse.mts';
import { tableRows, type TableRow } from './tables.mts';

/**
 * Runs a SuiteQL SELECT over `transaction`, `transactionline`, `item`, `customer`, `inventorynumber` and `inventoryassignment`.
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
	if (!name.startsWith(' ') && !isNull(value)) row[name] = String(value);
}
