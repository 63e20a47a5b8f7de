import { queryError, type Condition, type Expression, type Query } from './parse.mts';
import { columnsOf } from './tables.mts';

/** Names every unknown column, as NetSuite does, instead of answering nothing for it. */
export function checkColumns(query: Query): void {
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
