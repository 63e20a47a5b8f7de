import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { operationPicker, revision } from '../../helpers/picker';
import type { Operations } from '../../helpers/run';
import { orderIdDescription } from './orderId';
import { saveOptions } from './saveOptions';

export const operations: Operations = { cancel: () => import('./cancel'), save: () => import('./save') };

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
	...updateDisplayOptions(
		{ show: { resource: ['operationOrder'], operation: ['save'] } },
		[
			operationPicker,
			revision,
			// Not required by the description: n8n would then refuse to run with 'Save Without Order ID'.
			{ ...orderIdDescription, required: false },
			{
				displayName: 'Quantity',
				name: 'quantity',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 1,
				description: 'Number of units. Pico gets one order per unit, numbered from index 0.',
			},
			saveOptions,
		],
	),
	...updateDisplayOptions(
		{ show: { resource: ['operationOrder'], operation: ['cancel'] } },
		[
			operationPicker,
			revision,
			orderIdDescription,
			{
				displayName: 'Units to Cancel',
				name: 'unitsToCancel',
				type: 'options',
				noDataExpression: true,
				default: 'one',
				options: [
					{ name: 'All Units', value: 'all', description: 'All units of this order and operation that have not been started' },
					{ name: 'One Unit', value: 'one', description: 'The unit with this index' },
				],
			},
			{
				displayName: 'Index',
				name: 'orderIndex',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 0,
				displayOptions: { show: { unitsToCancel: ['one'] } },
				description: 'Index of the unit, counted from 0',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Ignore If Already Canceled',
						name: 'ignoreIfCanceled',
						type: 'boolean',
						default: false,
						description: 'Whether to continue if the order is already canceled',
					},
				],
			},
		],
	),
];
