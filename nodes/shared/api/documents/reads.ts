import { operationChanged, structureChanged } from '../../events/kinds';
import type { Dialect } from '../dialect/dialect';
import { literal } from './literal';
import { selectionOf } from './subscription';

/** Filter of a query: field -> operator -> value. */
export type Where = Record<string, Record<string, unknown>>;

/**
 * Operations of the plant.
 *
 * @param fields first-level fields; all that this package knows when absent
 */
export function operationsDocument(dialect: Dialect, where: Where = {}, fields?: readonly string[]): string {
	return `query { operations${argument(dialect, 'operations', where)} ${selectionOf(operationChanged, dialect, { fields })} }`;
}

/** All operations and all steps between them, in one request. */
export function structureDocument(dialect: Dialect): string {
	return `query { operations ${selectionOf(operationChanged, dialect)} subOperations ${selectionOf(structureChanged, dialect)} }`;
}

/** All webhooks of the plant; Pico never lists their headers. */
export const WEBHOOKS = 'query { webhookSubscriptions { subscriptionId webhookUrl responseFragment createdAt lastEventAt } }';

/**
 * `(where: ...)` with those conditions that the server knows, or nothing. Only the equality of an id is documented, so
 * that one is tried where the server does not tell; all others need its word. What the server does not filter, or
 * filters wrongly, the caller must sort out of the answer.
 */
function argument(dialect: Dialect, field: string, where: Where): string {
	const known: Where = {};
	for (const [name, condition] of Object.entries(where)) {
		for (const [operator, value] of Object.entries(condition)) {
			const answer = dialect.hasFilter('Query', field, 'where', [name, operator]);
			const documented = name === 'id' && operator === '_eq';
			if (answer === true || (documented && answer === undefined)) known[name] = { ...known[name], [operator]: value };
		}
	}
	return Object.keys(known).length > 0 ? `(where: ${literal(known)})` : '';
}
