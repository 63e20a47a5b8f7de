import type { INodeProperties } from 'n8n-workflow';

import type { Execute } from '../../helpers/run';
import * as check from './check';

export const operations: Record<string, Execute> = { check: check.execute };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['connection'] } },
		options: [
			{
				name: 'Check',
				value: 'check',
				action: 'Check connection',
				description: 'Find out within a minute whether this n8n and this Pico work together, and what to do where they do not (reads only)',
			},
		],
		default: 'check',
	},
];
