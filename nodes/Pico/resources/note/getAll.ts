import { noteSaved } from '../../../shared/events/kinds';
import { asText } from '../../../shared/events/read';
import { asEntered, option } from '../../helpers/parameters';
import { replayEvents, type Condition } from '../../helpers/replayEvents';
import type { Execute, Run } from '../../helpers/run';

export const execute: Execute = async (run, item) => await replayEvents(run, item, noteSaved, readConditions(run, item));

function readConditions(run: Run, item: number): Condition[] {
	const noteId = asEntered(option(run, item, 'filters.noteId')).trim();
	return noteId === '' ? [] : [{ path: ['id', '_eq'], value: noteId, holds: ({ row }) => asText(row.id) === noteId }];
}
