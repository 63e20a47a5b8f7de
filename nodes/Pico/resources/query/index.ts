import type { INodeProperties } from 'n8n-workflow';

import type { Execute } from '../../helpers/run';
import * as run from './execute';

export const operations: Record<string, Execute> = { execute: run.execute };

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
	...run.description,
];
