import { rowsOf, toEvent, type PicoEvent } from '../shared/events/event';
import type { EventKind } from '../shared/events/types';

/** Fields that every registered fragment asks for, in every version of Pico; their values may be null. */
const TELLING: Record<EventKind['id'], readonly string[]> = {
	orderCompleted: ['externalOrderId', 'operation', 'operationSummary'],
	operationChanged: ['id', 'externalId', 'updatedAt'],
	structureChanged: ['parentId', 'childId', 'updatedAt'],
	noteSaved: ['id', 'text', 'eventType'],
};

const CATCH_UP = 'catchUp';

/** What the trigger sends to its own address to go on with catching up; an event never looks like this. */
export const catchUpBody = { [CATCH_UP]: true };

export type Body = { kind: 'events'; events: PicoEvent[] } | { kind: 'catchUp' } | { kind: 'strange'; problem: string };

/** Pico sends the bare row of one event; a list of rows is taken as well. */
export function readBody(kind: EventKind, body: unknown): Body {
	const value = typeof body === 'string' ? parse(body) : body;
	const { rows, strange } = rowsOf(value);
	if (strange.length > 0) return { kind: 'strange', problem: 'The body is not an event: a JSON object is expected' };
	if (rows.length === 1 && rows[0][CATCH_UP] === true && Object.keys(rows[0]).length === 1) return { kind: 'catchUp' };
	if (rows.length === 0) return { kind: 'strange', problem: 'The body holds no event' };
	const events: PicoEvent[] = [];
	for (const raw of rows) {
		const absent = TELLING[kind.id].filter((name) => !(name in raw));
		if (absent.length > 0) {
			return { kind: 'strange', problem: `The body is not an event '${kind.displayName}': it lacks ${absent.join(', ')}` };
		}
		events.push(toEvent(kind, raw));
	}
	return { kind: 'events', events };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
