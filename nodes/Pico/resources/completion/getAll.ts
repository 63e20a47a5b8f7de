import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { itemPer } from '../../../shared/delivery/description/itemPer';
import { orderCompleted } from '../../../shared/events/kinds';
import { asText, at } from '../../../shared/events/read';
import { asEntered, option } from '../../helpers/parameters';
import { operationPicker, readLocator } from '../../helpers/picker';
import { replayDescription, replayEvents, type Condition } from '../../helpers/replayEvents';
import type { Execute, Run } from '../../helpers/run';

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
		{
			displayName: 'Order ID',
			name: 'orderId',
			type: 'string',
			default: '',
			placeholder: 'e.g. MO-00042',
			description: 'Only completions of this order',
		},
		{ ...operationPicker, required: false, description: 'Only completions of this product, subassembly or process' },
	],
};

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['completion'], operation: ['getAll'] } },
	replayDescription(orderCompleted, [filters], [{ ...itemPer, description: `${itemPer.description}. 'Limit' counts completions.` }]),
);

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
