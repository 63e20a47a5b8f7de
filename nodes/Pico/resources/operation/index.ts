import type { INodeProperties } from 'n8n-workflow';

import type { Execute } from '../../helpers/run';
import * as get from './get';
import * as getAll from './getAll';
import * as getStructure from './getStructure';

export const operations: Record<string, Execute> = {
	get: get.execute,
	getAll: getAll.execute,
	getStructure: getStructure.execute,
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
	...getAll.description,
	...get.description,
	...getStructure.description,
];
