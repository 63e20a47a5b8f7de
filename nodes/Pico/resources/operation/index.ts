import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { operationChanged } from '../../../shared/events/kinds';
import { outputDescription } from '../../helpers/output';
import { operationPicker, revision } from '../../helpers/picker';
import { returnAllDescription } from '../../helpers/returnAll';
import type { Operations } from '../../helpers/run';

export const operations: Operations = {
	get: () => import('./get'),
	getAll: () => import('./getAll'),
	getStructure: () => import('./getStructure'),
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['operation'] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get operation',
				description: 'Get one product, subassembly or process (reads only)',
			},
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many operations',
				description: 'Find products, subassemblies and processes by part number, name or date (reads only)',
			},
			{
				name: 'Get Structure',
				value: 'getStructure',
				action: 'Get structure of operation',
				description: 'Get the routing of a product: steps in order, parallel steps, expected serials (reads only)',
			},
		],
		default: 'getAll',
	},
	...updateDisplayOptions(
		{ show: { resource: ['operation'], operation: ['getAll'] } },
		[
			...returnAllDescription,
			{
				displayName: 'Filters',
				name: 'filters',
				type: 'collection',
				placeholder: 'Add Filter',
				default: {},
				options: [
					{
						displayName: 'Include Archived',
						name: 'includeArchived',
						type: 'boolean',
						default: false,
						description: 'Whether to return operations that are archived in Pico as well',
					},
					{
						displayName: 'Name Contains',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. pump',
						description: 'Part of the name, in upper or lower case',
					},
					{
						displayName: 'Part Number',
						name: 'partNumber',
						type: 'string',
						default: '',
						placeholder: 'e.g. PUMP-100',
					},
					{
						displayName: 'Revision',
						name: 'revision',
						type: 'string',
						default: '',
						placeholder: 'e.g. B',
					},
					{
						displayName: 'Updated After',
						name: 'updatedAfter',
						type: 'dateTime',
						default: '',
						description: 'Only operations that were deployed or changed after this time',
					},
				],
			},
			...outputDescription(operationChanged),
		],
	),
	...updateDisplayOptions(
		{ show: { resource: ['operation'], operation: ['get'] } },
		[operationPicker, revision, ...outputDescription(operationChanged)],
	),
	...updateDisplayOptions(
		{ show: { resource: ['operation'], operation: ['getStructure'] } },
		[
			operationPicker,
			revision,
			{
				displayName: 'Format',
				name: 'format',
				type: 'options',
				noDataExpression: true,
				default: 'tree',
				options: [
					{ name: 'Flat Rows', value: 'flat', description: 'One item for each operation, with level and path' },
					{ name: 'Tree', value: 'tree', description: 'One item with its steps, and the steps of these, nested' },
				],
			},
			...outputDescription(operationChanged),
		],
	),
];
