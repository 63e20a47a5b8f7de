import type { INodeProperties } from 'n8n-workflow';

import { attachStructure, itemPerCompletion, lookBack, orderId, output, products, triggerOn } from '../shared/delivery/description/parameters';

/** Parameters in the order in which a person decides. */
export const properties: INodeProperties[] = [
	triggerOn,
	products,
	{
		displayName: 'Start From',
		name: 'startFrom',
		type: 'options',
		default: 'new',
		description: 'Where to begin when the workflow is published for the first time. Later the stored position always wins.',
		options: [
			{ name: 'New Events', value: 'new', description: 'What happens after the workflow is published' },
			{ name: 'A Date', value: 'date', description: 'Events since then are replayed first' },
			{ name: 'As Far Back as Pico Keeps Events', value: 'earliest', description: 'Everything that Pico still has is replayed first' },
		],
	},
	{
		displayName: 'Start Date',
		name: 'startDate',
		type: 'dateTime',
		default: '',
		required: true,
		displayOptions: { show: { startFrom: ['date'] } },
		description: 'In the time zone of the workflow, unless the value names one',
	},
	{
		displayName: 'Move On',
		name: 'moveOn',
		type: 'options',
		default: 'finished',
		description: 'When an event counts as done and the next one is handed over',
		options: [
			{ name: 'When the Run Finishes', value: 'finished', description: 'Also when it fails: n8n then holds the failed execution with the event' },
			{ name: 'When the Run Succeeds', value: 'succeeded', description: 'A failed run is tried again, see Attempts under Options' },
			{ name: 'As Soon as It Starts', value: 'started', description: 'Without waiting; up to 50 runs may overlap and overtake each other' },
		],
	},
	{
		displayName:
			"A restart of n8n between two attempts ends the attempts, since n8n is not asked to start an event twice. To have it run again, add the option 'After an Unclean Stop'.",
		name: 'attemptsNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { moveOn: ['succeeded'] } },
	},
	...output,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'After an Unclean Stop',
				name: 'afterUncleanStop',
				type: 'options',
				default: 'never',
				description: 'What to do on a restart with an event whose run was cut off by a crash',
				options: [
					{ name: 'Never Start an Event Twice', value: 'never', description: 'A run that a crash cut off is in the list of executions; run it again by hand' },
					{ name: 'Run Again', value: 'again', description: 'The last event before any stop comes again, after a clean stop too; the workflow has to stand that' },
				],
			},
			{
				displayName: 'After the Last Attempt',
				name: 'afterLastAttempt',
				type: 'options',
				default: 'skip',
				displayOptions: { show: { '/moveOn': ['succeeded'] } },
				options: [
					{ name: 'Hold the Stream', value: 'hold', description: 'Keep trying; later events wait' },
					{ name: 'Send to the Failed Output', value: 'failedOutput', description: 'The event leaves through a second output, with the reason, and the stream goes on' },
					{ name: 'Skip Loudly', value: 'skip', description: 'Record a failed execution that holds the event, and go on' },
				],
			},
			attachStructure,
			{
				displayName: 'Attempts',
				name: 'attempts',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 100 },
				default: 3,
				displayOptions: { show: { '/moveOn': ['succeeded'] } },
				description: 'How many runs an event gets at most before it counts as failed',
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
				displayName: 'Events per Run',
				name: 'eventsPerRun',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 500 },
				default: 1,
				description: 'How many waiting events may start one run together. A single event is never kept waiting for others.',
			},
			lookBack,
			orderId,
			{
				displayName: 'Reset Token',
				name: 'resetToken',
				type: 'string',
				typeOptions: { password: true },
				default: '',
				placeholder: 'e.g. 2026-01-31',
				description: 'Any new value forgets the stored position when the workflow is published: the trigger then begins at Start From again',
			},
			itemPerCompletion,
			{
				displayName: 'Silence Limit (Seconds)',
				name: 'silenceLimit',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 86400 },
				default: 90,
				description:
					'Time without a sign of life after which the connection counts as dead and is made anew. 0 switches this off.',
			},
		],
	},
];
