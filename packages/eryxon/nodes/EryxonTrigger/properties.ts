import type { INodeProperties } from 'n8n-workflow';

import { EVENTS } from '../shared/core/webhook/events';

export const properties: INodeProperties[] = [
	{
		displayName: 'Eryxon calls n8n, so n8n needs an address that Eryxon can reach (WEBHOOK_URL), with https from version 0.10 on. While you listen for a test event, the test URL is registered too, for two minutes.',
		name: 'addressNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Trigger On',
		name: 'events',
		type: 'multiOptions',
		required: true,
		default: ['operation.completed'],
		options: [...EVENTS],
		description: 'Events that start the workflow. Before 0.11, Eryxon accepts every name but sends only some.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'API Version',
				name: 'apiVersion',
				type: 'options',
				default: 'auto',
				options: [
					{ name: '0.10 and Newer', value: 'strict' },
					{ name: '0.2 to 0.9', value: 'generic' },
					{ name: 'As Documented (Before 0.2)', value: 'documented' },
					{ name: 'Automatic', value: 'auto', description: 'Ask Eryxon with two small calls' },
				],
				description: 'Which version of the API the server uses, for the registration. Calls of all versions are accepted.',
			},
			{
				displayName: 'Check Every (Minutes)',
				name: 'checkEvery',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 1440, numberPrecision: 0 },
				default: 60,
				description: 'How often to ask Eryxon for missed events, with two or three calls each time. Set to 0 to ask only when n8n starts. Versions before 0.2 do not keep missed events.',
			},
			{
				displayName: 'External Source',
				name: 'externalSource',
				type: 'string',
				default: '',
				placeholder: 'e.g. Odoo',
				description: 'Only records of this ERP. Events before 0.11 do not say where a record comes from, and always pass.',
			},
			{
				displayName: 'Replay Window (Seconds)',
				name: 'replayWindow',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 300,
				description: 'How old a signed call can be. Older ones are refused, because somebody may have recorded them. Set to 0 to accept any age.',
			},
		],
	},
];
