import type { INodeProperties } from 'n8n-workflow';

import { attachStructure, itemPerCompletion, lookBack, orderId, output, positionResetKey, products, triggerOn } from '../shared/delivery/description/parameters';

/** Parameters in the same order and words as those of Pico MES Trigger. */
export const properties: INodeProperties[] = [
	{
		displayName:
			'Pico must be able to call this n8n: set the environment variable WEBHOOK_URL to its public address. Pico calls once; what it misses is fetched with the next event, and after a crash one event may come twice. Where that will not do, use <b>Pico MES Trigger</b>, which needs no way from Pico to n8n.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	triggerOn,
	products,
	...output,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			attachStructure,
			lookBack,
			orderId,
			positionResetKey,
			itemPerCompletion,
		],
	},
];
