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
		displayOptions: { show: { resource: ['note'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many notes',
				description: 'Get the notes that operators wrote or changed in a period (reads only)',
			},
		],
		default: 'getAll',
	},
	...getAll.description,
];
