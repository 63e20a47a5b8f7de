import type { INodeProperties } from 'n8n-workflow';

import type { Execute } from '../../helpers/run';
import * as getAll from './getAll';
import * as subscribe from './subscribe';
import * as unsubscribe from './unsubscribe';

export const operations: Record<string, Execute> = {
	getAll: getAll.execute,
	subscribe: subscribe.execute,
	unsubscribe: unsubscribe.execute,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['webhook'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many webhooks',
				description: 'List the webhooks of this Pico (reads only)',
			},
			{
				name: 'Subscribe',
				value: 'subscribe',
				action: 'Subscribe webhook',
				description: 'Make Pico send events to an address (writes to Pico)',
			},
			{
				name: 'Unsubscribe',
				value: 'unsubscribe',
				action: 'Unsubscribe webhook',
				description: 'Remove a webhook from Pico (writes to Pico)',
			},
		],
		default: 'getAll',
	},
	...getAll.description,
	...subscribe.description,
	...unsubscribe.description,
];
