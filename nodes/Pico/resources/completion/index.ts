import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { itemPer } from '../../../shared/delivery/description/itemPer';
import { orderCompleted } from '../../../shared/events/kinds';
import { operationPicker } from '../../helpers/picker';
import { replayDescription } from '../../helpers/replayDescription';
import type { Operations } from '../../helpers/run';

export const operations: Operations = { getAll: () => import('./getAll') };

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

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['completion'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many completions',
				description: 'Get finished units of a period, for reconciliation and back-fill (reads only)',
			},
		],
		default: 'getAll',
	},
	...updateDisplayOptions(
		{ show: { resource: ['completion'], operation: ['getAll'] } },
		replayDescription(orderCompleted, [filters], [{ ...itemPer, description: `${itemPer.description}. 'Limit' counts completions.` }]),
	),
];
