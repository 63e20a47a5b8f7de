import type { INodeProperties } from 'n8n-workflow';

import { EVENT_KINDS, fieldOptions } from '../../../shared/events/kinds';
import { subscriptionIdDescription } from './subscriptionId';

/** One choice of fields for each event, since their fields differ. */
const fieldsOfEvents: INodeProperties[] = EVENT_KINDS.map((kind) => ({
	displayName: 'Fields',
	name: 'fields',
	type: 'multiOptions',
	default: [],
	displayOptions: { show: { payload: ['event'], event: [kind.id] } },
	options: fieldOptions(kind),
	description: 'Fields that Pico sends with each event. Leave empty for all. Those that identify the event are always included.',
}));

export const subscribeFields: INodeProperties[] = [
	subscriptionIdDescription,
	{
		displayName: 'Webhook URL',
		name: 'webhookUrl',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/pico',
		description: 'Address that Pico calls for each event. Pico calls only once: missed events are not sent again.',
	},
	{
		displayName: 'Payload',
		name: 'payload',
		type: 'options',
		noDataExpression: true,
		default: 'event',
		options: [
			{ name: 'Chosen Event', value: 'event', description: 'The node writes the fragment' },
			{ name: 'Custom Fragment', value: 'own', description: 'A GraphQL fragment of your own' },
		],
	},
	{
		displayName: 'Event',
		name: 'event',
		type: 'options',
		default: 'orderCompleted',
		displayOptions: { show: { payload: ['event'] } },
		options: EVENT_KINDS.map(({ id, displayName, description }) => ({ name: displayName, value: id, description })),
	},
	...fieldsOfEvents,
	{
		displayName: 'Fragment',
		name: 'fragment',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		required: true,
		placeholder: 'e.g. fragment F on Operation { name updatedAt }',
		displayOptions: { show: { payload: ['own'] } },
		description: 'The type in the fragment selects the event: Operation, SubOperation, OperationOrderComplete or NoteEvent',
	},
	{
		displayName: 'Headers',
		name: 'headers',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Header',
		default: {},
		description: 'Headers that Pico sends with each call, such as a secret that the receiver checks. Pico never shows them again.',
		options: [
			{
				displayName: 'Header',
				name: 'header',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. x-webhook-secret',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						typeOptions: { password: true },
						default: '',
					},
				],
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Always Recreate',
				name: 'alwaysRecreate',
				type: 'boolean',
				default: false,
				description: 'Whether to replace the webhook even if address and payload are the same, for example to change a header',
			},
		],
	},
];
