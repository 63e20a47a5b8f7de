import { eventId, subjectId } from './identity';
import { asObject, asText } from './read';
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
	return new LazyEvent(kind, kind.normalise(raw));
}

/** Its ids are computed when somebody asks for them: hashing costs more than all the rest of reading an event. */
class LazyEvent implements PicoEvent {
	readonly cursor: string;
	private knownId: string | undefined;
	private knownSubject: string | undefined;

	constructor(
		private readonly kind: EventKind,
		readonly row: Row,
	) {
		this.cursor = asText(row[kind.cursorField]) ?? '';
	}

	get id(): string {
		return (this.knownId ??= eventId(this.kind, this.row));
	}

	get subject(): string {
		return (this.knownSubject ??= subjectId(this.kind, this.row));
	}
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
