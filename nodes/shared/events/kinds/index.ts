import type { EventKind, EventKindId } from '../types';
import { noteSaved } from './noteSaved';
import { operationChanged } from './operationChanged';
import { orderCompleted } from './orderCompleted';
import { structureChanged } from './structureChanged';

/** The four kinds, in the order in which people see them. */
export const EVENT_KINDS: readonly EventKind[] = [orderCompleted, operationChanged, structureChanged, noteSaved];

/** @throws RangeError for a name that is no kind */
export function eventKind(id: string): EventKind {
	const kind = EVENT_KINDS.find((candidate) => candidate.id === (id as EventKindId));
	if (!kind) throw new RangeError(`'${id}' is not an event this node knows`);
	return kind;
}

export { noteSaved, operationChanged, orderCompleted, structureChanged };
