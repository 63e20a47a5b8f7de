import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { noteSaved } from '../../../shared/events/kinds';
import { asText } from '../../../shared/events/read';
import { asEntered, option } from '../../helpers/parameters';
import { replayDescription, replayEvents, type Condition } from '../../helpers/replayEvents';
import type { Execute, Run } from '../../helpers/run';

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

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['note'], operation: ['getAll'] } },
	replayDescription(noteSaved, [filters]),
);

export const execute: Execute = async (run, item) => await replayEvents(run, item, noteSaved, readConditions(run, item));

function readConditions(run: Run, item: number): Condition[] {
	const noteId = asEntered(option(run, item, 'filters.noteId')).trim();
	return noteId === '' ? [] : [{ path: ['id', '_eq'], value: noteId, holds: ({ row }) => asText(row.id) === noteId }];
}
