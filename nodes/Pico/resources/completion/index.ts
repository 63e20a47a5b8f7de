import type { INodeProperties } from 'n8n-workflow';

import type { Execute } from '../../helpers/run';
import * as getAll from './getAll';

export const operations: Record<string, Execute> = { getAll: getAll.execute };

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
	...getAll.description,
];
