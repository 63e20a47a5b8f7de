import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { returnAllDescription } from '../../helpers/returnAll';
import type { Operations } from '../../helpers/run';
import { subscribeFields } from './subscribeFields';
import { subscriptionIdDescription } from './subscriptionId';

export const operations: Operations = {
	getAll: () => import('./getAll'),
	subscribe: () => import('./subscribe'),
	unsubscribe: () => import('./unsubscribe'),
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
	...updateDisplayOptions(
		{ show: { resource: ['webhook'], operation: ['getAll'] } },
		returnAllDescription,
	),
	...updateDisplayOptions(
		{ show: { resource: ['webhook'], operation: ['subscribe'] } },
		subscribeFields,
	),
	...updateDisplayOptions(
		{ show: { resource: ['webhook'], operation: ['unsubscribe'] } },
		[
			subscriptionIdDescription,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Ignore If Not Found',
						name: 'ignoreIfNotFound',
						type: 'boolean',
						default: false,
						description: 'Whether to continue if Pico has no webhook with this ID',
					},
				],
			},
		],
	),
];
