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
				'JSON object with more input fields that your Pico accepts, for example {"reservedSerialNumber": "SN-1"}. They are sent with each unit.',
		},
		{
			displayName: 'First Index',
			name: 'firstIndex',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 0,
			description: 'Index of the first unit. Use it to add units to an order that Pico already has.',
		},
		{
			displayName: 'If Order Exists',
			name: 'onExisting',
			type: 'options',
			default: 'accept',
			options: [
				{ name: 'Accept', value: 'accept', description: "Continue with the result 'exists' for that unit" },
				{ name: 'Stop', value: 'fail', description: 'Stop with an error' },
			],
			description: 'What to do if Pico refuses a unit because the order already exists. Sites that update existing orders do not refuse it.',
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
				'Whether to save even if the order ID is empty. Works only for operations with a single process, and each repeat creates one more order.',
		},
	],
};
