import type { Dialect } from '../dialect/dialect';
import { PicoFailure } from '../failure';
import { literal } from './literal';

/** One unit of an order. */
export interface UnitToSave {
	operationId: string;
	/** Empty only where a single process is ordered without an order id. */
	orderId: string;
	orderIndex: number;
	/** Optional child operations to include. */
	optionalOperationIds?: readonly string[];
	/** Fields of the input that this package does not know. */
	extra?: Record<string, unknown>;
}

export interface UnitToCancel {
	operationId: string;
	orderId: string;
	/** `undefined` cancels every index. */
	orderIndex?: number;
}

const SAVE = 'operationOrderSave';
const CANCEL = 'operationOrderCancel';

/** Names of input fields that have their own place in `UnitToSave`. */
export const OWN_SAVE_FIELDS = [
	'externalOrderId',
	'operationId',
	'orderIndex',
	'operationIndex',
	'selectOptionalOperationIds',
	'selectGroupOperations',
];

/** @throws PicoFailure when the server cannot take what is asked for */
export function saveDocument(dialect: Dialect, unit: UnitToSave): string {
	const input: Record<string, unknown> = { ...unit.extra, operationId: unit.operationId };
	if (unit.orderId !== '') input.externalOrderId = unit.orderId;
	const index = nameOf(dialect, SAVE, ['orderIndex', 'operationIndex']);
	if (index) input[index] = unit.orderIndex;
	else if (unit.orderIndex > 0) throw lacks('more than one unit of an order (orderIndex)');
	if (unit.optionalOperationIds?.length) {
		const optional = nameOf(dialect, SAVE, ['selectOptionalOperationIds', 'selectGroupOperations']);
		if (!optional) throw lacks('a choice of child operations (selectOptionalOperationIds)');
		input[optional] = unit.optionalOperationIds;
	}
	return `mutation { ${SAVE}(input: ${literal(input)}) { message } }`;
}

export function cancelDocument(dialect: Dialect, unit: UnitToCancel): string {
	const input: Record<string, unknown> = { externalOrderId: unit.orderId, operationId: unit.operationId };
	if (unit.orderIndex === undefined) input.cancelAll = true;
	else input[nameOf(dialect, CANCEL, ['orderIndex', 'operationIndex']) ?? 'orderIndex'] = unit.orderIndex;
	return `mutation { ${CANCEL}(input: ${literal(input)}) { message } }`;
}

/** Extra fields that the server is known not to have. */
export function unknownSaveFields(dialect: Dialect, names: readonly string[]): string[] {
	if (!dialect.isComplete) return [];
	return names.filter((name) => dialect.hasFilter('Mutation', SAVE, 'input', [name]) === false);
}

/** The first name that the server has or that nobody has refused yet; names of older servers come last. */
function nameOf(dialect: Dialect, mutation: string, names: readonly string[]): string | undefined {
	return names.find((name) => dialect.hasFilter('Mutation', mutation, 'input', [name]) !== false);
}

function lacks(what: string): PicoFailure {
	return new PicoFailure('graphql', `This Pico does not accept ${what}`, { hint: 'Ask Pico for an update.' });
}
