import type { INodeProperties } from 'n8n-workflow';

import { attachStructure, itemPerCompletion, lookBack, orderId, output, positionResetKey, products, triggerOn } from '../shared/delivery/description/parameters';

const RETRIES = { '/deliverNext': ['afterSuccess'] };

/** One option in two forms, since its default follows from 'Deliver Next Event'. */
const afterRestart: INodeProperties = {
	displayName: 'After a Restart',
	name: 'afterRestart',
	type: 'options',
	default: 'skip',
	description: 'What to do with the last event when n8n starts again. After a crash, its run may have been cut off.',
	options: [
		{ name: 'Run Last Event Again', value: 'again', description: 'Start one more run for it. The workflow must be able to handle an event twice.' },
		{ name: 'Skip Last Event', value: 'skip', description: 'Never start an event twice. A run that a crash cut off is in the list of executions; run it again by hand.' },
	],
};

/** Parameters in the order in which a person decides. */
export const properties: INodeProperties[] = [
	triggerOn,
	products,
	{
		displayName: 'Start From',
		name: 'startFrom',
		type: 'options',
		default: 'new',
		description: 'Where to begin when the workflow is published for the first time. After that, the trigger always continues from its stored position.',
		options: [
			{ name: 'New Events', value: 'new', description: 'Only what happens after the workflow is published' },
			{ name: 'Specific Date', value: 'date', description: 'First everything since then, then new events' },
			{ name: 'Earliest Available', value: 'earliest', description: 'First everything that Pico still has, then new events' },
		],
	},
	{
		displayName: 'Start Date',
		name: 'startDate',
		type: 'dateTime',
		default: '',
		required: true,
		displayOptions: { show: { startFrom: ['date'] } },
		description: 'In the time zone of the workflow, unless the value includes a time zone',
	},
	{
		displayName: 'Deliver Next Event',
		name: 'deliverNext',
		type: 'options',
		default: 'afterFinish',
		description: 'When to start the workflow for the next event',
		options: [
			{ name: 'After Run Finishes', value: 'afterFinish', description: 'Also when the run fails. The failed execution in n8n contains the event.' },
			{ name: 'After Run Succeeds', value: 'afterSuccess', description: 'A failed run is started again, see Attempts and Outage Patience under Options' },
			{ name: 'Immediately', value: 'immediately', description: 'Without waiting. Up to 50 runs can overlap and finish in any order.' },
		],
	},
	...output,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{ ...afterRestart, displayOptions: { hide: RETRIES } },
			{ ...afterRestart, default: 'again', displayOptions: { show: RETRIES } },
			{
				displayName: 'After Last Attempt',
				name: 'afterLastAttempt',
				type: 'options',
				default: 'recordFailure',
				displayOptions: { show: RETRIES },
				description: 'What to do with an event whose last attempt failed',
				options: [
					{ name: 'Keep Retrying', value: 'keepRetrying', description: 'Try again every minute. Later events wait.' },
					{ name: 'Record Failure and Continue', value: 'recordFailure', description: 'Add a failed execution that contains the event, then continue with the next event' },
					{ name: 'Send to Failed Output', value: 'failedOutput', description: 'Send the event, with the reason, through a second output, then continue with the next event' },
				],
			},
			attachStructure,
			{
				displayName: 'Attempts',
				name: 'attempts',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 100 },
				default: 3,
				displayOptions: { show: RETRIES },
				description: 'How often to start the workflow for an event before it counts as failed. Runs that fail because another system is down are not counted, see Outage Patience.',
			},
			{
				displayName: 'Connection',
				name: 'connection',
				type: 'options',
				default: 'sse',
				options: [
					{ name: 'Server-Sent Events', value: 'sse', description: 'Plain HTTPS, with the proxy and TLS settings of n8n' },
					{ name: 'WebSocket', value: 'webSocket', description: 'For sites whose proxy holds back streamed answers. Does not use the proxy settings of n8n.' },
				],
			},
			{
				displayName: 'Connection Timeout (Seconds)',
				name: 'connectionTimeout',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 86400 },
				default: 90,
				description: 'How long the connection can be silent before the trigger reconnects. Set to 0 to never reconnect for this reason.',
			},
			{
				displayName: 'Events per Run',
				name: 'eventsPerRun',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 500 },
				default: 1,
				description: 'How many waiting events can start one run together. A single event never waits for others.',
			},
			lookBack,
			orderId,
			{
				displayName: 'Outage Patience (Minutes)',
				name: 'outagePatience',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 10080 },
				default: 240,
				displayOptions: { show: RETRIES },
				description: 'How long to keep retrying an event whose run fails because another system is down or busy. These retries do not use up attempts. Set to 0 to count them as attempts.',
			},
			positionResetKey,
			itemPerCompletion,
		],
	},
];
