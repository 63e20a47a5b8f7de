import type { INodeProperties } from 'n8n-workflow';

import { attachStructure, lookBack, orderId, output, products, triggerOn } from '../shared/delivery/description/parameters';

/** Parameters in the same order and words as those of Pico MES Trigger. */
export const properties: INodeProperties[] = [
	{
		displayName:
			"Pico has to reach this n8n: its public address belongs into the environment variable WEBHOOK_URL, a localhost address serves only a Pico on the same machine. Pico calls once and forgets; what was missed is fetched with the next event, and an event may come twice after a crash. Where nothing may be missed or come late, use 'Pico MES Trigger', which needs no way from Pico to n8n.",
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
		placeholder: 'Add option',
		default: {},
		options: [
			attachStructure,
			lookBack,
			orderId,
			{
				displayName: 'Reset Token',
				name: 'resetToken',
				type: 'string',
				typeOptions: { password: true },
				default: '',
				placeholder: 'e.g. 2026-01-31',
				description: 'Any new value forgets the stored position when the workflow is published again: the trigger then begins with new events',
			},
		],
	},
];
