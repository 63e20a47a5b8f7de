import type { INodeProperties } from 'n8n-workflow';

import type { Operations } from '../../helpers/run';

export const operations: Operations = { check: () => import('./check') };

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
