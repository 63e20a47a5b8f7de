import { eventId, subjectId } from './identity';
import { asObject } from './read';
import type { EventKind, Row } from './types';

/** One event, ready to be delivered. */
export interface PicoEvent {
	/** Stable id; see `eventId`. */
	id: string;
	/** Id of the ordered unit, operation or note it is about. */
	subject: string;
	/** The event's own timestamp, as Pico wrote it; empty when Pico sent none. */
	cursor: string;
	/** The row under the current names. */
	row: Row;
}

export function toEvent(kind: EventKind, raw: Row): PicoEvent {
	const row = kind.normalise(raw);
	const cursor = row[kind.cursorField];
	return { id: eventId(kind, row), subject: subjectId(kind, row), cursor: typeof cursor === 'string' ? cursor : '', row };
}

/**
 * The rows of a result: servers send one object or a list, and lists may hold nulls.
 *
 * @returns rows, and the entries that are neither object nor null
 */
export function rowsOf(value: unknown): { rows: Row[]; strange: unknown[] } {
	const list = value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];
	const rows: Row[] = [];
	const strange: unknown[] = [];
	for (const entry of list) {
		const row = asObject(entry);
		if (row) rows.push(row);
		else if (entry !== null && entry !== undefined) strange.push(entry);
	}
	return { rows, strange };
}
