import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { noteSaved } from '../../../shared/events/kinds';
import { replayDescription } from '../../helpers/replayDescription';
import type { Operations } from '../../helpers/run';

export const operations: Operations = { getAll: () => import('./getAll') };

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
		{
			displayName: 'Note ID',
			name: 'noteId',
			type: 'string',
			default: '',
			placeholder: 'e.g. note-17',
			description: 'Only this note and its updates',
		},
	],
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['note'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many notes',
				description: 'Get the notes that operators wrote or changed in a period (reads only)',
			},
		],
		default: 'getAll',
	},
	...updateDisplayOptions(
		{ show: { resource: ['note'], operation: ['getAll'] } },
		replayDescription(noteSaved, [filters]),
	),
];
