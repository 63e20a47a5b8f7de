import type { INodeProperties } from 'n8n-workflow';

import { EVENT_KINDS } from '../../../shared/events/kinds';
import { subscriptionIdDescription } from './subscriptionId';

/** One choice of fields for each event, since their fields differ. */
const fieldsOfEvents: INodeProperties[] = EVENT_KINDS.map((kind) => ({
	displayName: 'Fields',
	name: 'fields',
	type: 'multiOptions',
	default: [],
	displayOptions: { show: { fragmentFrom: ['event'], event: [kind.id] } },
	options: kind.selection
		.filter((field) => !field.insteadOf)
		.map(({ name }) => ({ name, value: name }))
		.sort((a, b) => a.name.localeCompare(b.name)),
	description: 'What Pico sends of each event; all when empty. The fields that tell events apart are always sent.',
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
		description: 'Address that Pico calls for every event. Pico calls once: what is missed is not sent again.',
	},
	{
		displayName: 'Content',
		name: 'fragmentFrom',
		type: 'options',
		noDataExpression: true,
		default: 'event',
		options: [
			{ name: 'Chosen Event', value: 'event', description: 'The node writes the fragment' },
			{ name: 'Own Fragment', value: 'own', description: 'A GraphQL fragment of your own' },
		],
	},
	{
		displayName: 'Event',
		name: 'event',
		type: 'options',
		default: 'orderCompleted',
		displayOptions: { show: { fragmentFrom: ['event'] } },
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
		displayOptions: { show: { fragmentFrom: ['own'] } },
		description: 'Its type condition chooses the event: Operation, SubOperation, OperationOrderComplete or NoteEvent',
	},
	{
		displayName: 'Headers',
		name: 'headers',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Header',
		default: {},
		description: 'Headers that Pico sends along, such as a secret by which the receiver knows Pico. Pico never shows them again.',
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
				displayName: 'Always Subscribe Anew',
				name: 'recreate',
				type: 'boolean',
				default: false,
				description: 'Whether to replace the webhook also when address and fragment are the same, for example to change a header',
			},
		],
	},
];
