import type { INodeProperties } from 'n8n-workflow';

export const saveOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Extra Fields',
			name: 'extraFields',
			type: 'json',
			default: '{}',
			description:
				'JSON object with further input fields that your Pico takes, for example {"reservedSerialNumber": "SN-1"}. They are sent with every unit.',
		},
		{
			displayName: 'First Index',
			name: 'firstIndex',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 0,
			description: 'Index of the first unit; the others follow. Use it to add units to an order that Pico has already.',
		},
		{
			displayName: 'If Order Exists',
			name: 'onExisting',
			type: 'options',
			default: 'accept',
			options: [
				{ name: 'Accept', value: 'accept', description: "Go on; the result of that unit is 'exists'" },
				{ name: 'Stop', value: 'fail', description: 'Stop with a message' },
			],
			description: 'What to do when Pico refuses a unit because it has the order already. A Pico that updates orders does not refuse it.',
		},
		{
			displayName: 'Optional Child Operation Names or IDs',
			name: 'optionalOperationIds',
			type: 'multiOptions',
			typeOptions: { loadOptionsMethod: 'getChildOperations', loadOptionsDependsOn: ['operationId.value', 'operationId.mode', 'revision'] },
			default: [],
			description:
				'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			hint: 'Called selectOptionalOperationIds in Pico, in older versions selectGroupOperations',
		},
		{
			displayName: 'Return One Item Per',
			name: 'itemPer',
			type: 'options',
			default: 'unit',
			options: [
				{ name: 'Order', value: 'order', description: 'One item for each order, with the number of units created, updated and existing' },
				{ name: 'Unit', value: 'unit', description: 'One item for each unit' },
			],
			description: 'What one output item stands for',
		},
		{
			displayName: 'Save Without Order ID',
			name: 'saveWithoutOrderId',
			type: 'boolean',
			default: false,
			description:
				'Whether to save although the order ID is empty. Works for operations with a single process only, and every repeat makes one more order.',
		},
	],
};
