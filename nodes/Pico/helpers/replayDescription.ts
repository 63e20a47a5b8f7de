import type { INodeProperties } from 'n8n-workflow';

import type { EventKind } from '../../shared/events/types';
import { outputDescription } from './output';
import { returnAllDescription } from './returnAll';

export const BATCH = 100;

/**
 * From, To, limit, output and options of an operation that reads past events.
 *
 * @param moreOptions further ones, with names behind 'Idle Timeout'
 */
export function replayDescription(kind: EventKind, filters: INodeProperties[], moreOptions: INodeProperties[] = []): INodeProperties[] {
	return [
		{
			displayName: 'From',
			name: 'from',
			type: 'dateTime',
			required: true,
			default: '',
			description: 'Events at or after this time are returned, oldest first. How far back Pico can go depends on the site.',
		},
		{
			displayName: 'To',
			name: 'to',
			type: 'dateTime',
			default: '',
			description: 'Events up to this time are returned. Leave empty to read up to now.',
		},
		...returnAllDescription,
		...filters,
		...outputDescription(kind),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Batch Size',
					name: 'batchSize',
					type: 'number',
					typeOptions: { minValue: 1, numberPrecision: 0 },
					default: BATCH,
					description: 'How many events Pico sends at once',
				},
				{
					displayName: 'Idle Timeout (Seconds)',
					name: 'idleTimeout',
					type: 'number',
					typeOptions: { minValue: 0.2, numberPrecision: 1 },
					default: 3,
					description: 'How long to wait for another event. Pico does not say when it has sent everything, so reading ends when no event comes for this long.',
				},
				...moreOptions,
			],
		},
	];
}
