import { orderCompleted } from '../../../shared/events/kinds';
import { asText, at } from '../../../shared/events/read';
import { asEntered, option } from '../../helpers/parameters';
import { readLocator } from '../../helpers/picker';
import { replayEvents, type Condition } from '../../helpers/replayEvents';
import type { Execute, Run } from '../../helpers/run';

export const execute: Execute = async (run, item) => await replayEvents(run, item, orderCompleted, readConditions(run, item));

function readConditions(run: Run, item: number): Condition[] {
	const conditions: Condition[] = [];
	const orderId = asEntered(option(run, item, 'filters.orderId'));
	if (orderId.trim() !== '') {
		conditions.push({ path: ['externalOrderId', '_eq'], value: orderId, holds: ({ row }) => asText(row.externalOrderId) === orderId });
	}
	const { mode, value } = readLocator(option(run, item, 'filters.operationId'));
	if (value !== '') {
		// A part number need not be unique here: completions of all its revisions are wanted.
		const field = mode === 'partNumber' ? 'externalId' : 'id';
		conditions.push({
			path: ['operation', field, '_eq'],
			value,
			holds: ({ row }) => asText(at(row, `operation.${field}`)) === value,
		});
	}
	return conditions;
}
