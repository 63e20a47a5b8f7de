import type { INodeProperties } from 'n8n-workflow';

import type { Execute } from '../../helpers/run';
import * as cancel from './cancel';
import * as save from './save';

export const operations: Record<string, Execute> = { cancel: cancel.execute, save: save.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['operationOrder'] } },
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				action: 'Cancel operation order',
				description: 'Cancel one unit of an order, or all units that have not been started (writes to Pico)',
			},
			{
				name: 'Save',
				value: 'save',
				action: 'Save operation order',
				description: 'Release an order to the shop floor, one Pico order per unit, without duplicates when repeated (writes to Pico)',
			},
		],
		default: 'save',
	},
	...save.description,
	...cancel.description,
];
