import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { Operations } from '../../helpers/run';

export const operations: Operations = { execute: () => import('./execute') };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['query'] } },
		options: [
			{
				name: 'Execute',
				value: 'execute',
				action: 'Execute query',
				description: 'Run any GraphQL query (reads) or mutation (writes to Pico)',
			},
		],
		default: 'execute',
	},
	...updateDisplayOptions(
		{ show: { resource: ['query'], operation: ['execute'] } },
		[
			{
				displayName: 'Query',
				name: 'query',
				type: 'string',
				typeOptions: { rows: 8 },
				required: true,
				default: '',
				placeholder: 'e.g. query { operations { name updatedAt } }',
				description: 'GraphQL query or mutation. The node never repeats a mutation.',
			},
			{
				displayName: 'Variables',
				name: 'variables',
				type: 'json',
				default: '{}',
				description: 'JSON object with the variables of the query',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Return Partial Data',
						name: 'partialData',
						type: 'boolean',
						default: false,
						description: "Whether to continue if Pico sends data together with errors. The errors are in '_errors'.",
					},
					{
						displayName: 'Split Into Items',
						name: 'splitIntoItems',
						type: 'boolean',
						default: false,
						description: 'Whether to return one item for each entry if the answer contains a single list',
					},
				],
			},
		],
	),
];
