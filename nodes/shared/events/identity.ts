import { hash } from 'node:crypto';

import type { EventKind, Row } from './types';

/**
 * The stable id of an event: 24 URL-safe characters (144 bits) of a hash over the kind and the identity values. The
 * same event gives the same id after any restart, on any machine and in any version of this package, so it can be used
 * as external id in an ERP.
 */
export function eventId(kind: EventKind, row: Row): string {
	return digest(identityText(kind, row));
}

/** What the id is a hash of: tells events apart as the id does, and costs less where nobody sees it. */
export function identityText(kind: EventKind, row: Row): string {
	return canonicalJson([kind.id, ...kind.identity(row)]);
}

/** The id of the thing an event is about (an ordered unit, an operation, a note), equal for its corrections. */
export function subjectId(kind: EventKind, row: Row): string {
	return digest(canonicalJson([kind.id, 'subject', ...kind.subject(row)]));
}

/** The id of something that is no event: a hash of its text. */
export function textId(text: string): string {
	return digest(canonicalJson(['text', text]));
}

/**
 * The stable id of one line of an event: the id of the event, a hyphen and 8 URL-safe characters for what was filled in.
 * It does not depend on the order in which the server lists the lines.
 *
 * @param attribute id of the attribute that the serial was entered for, or its part number; `null` for no serial at all
 * @param nth counted from 0, where an attribute has several serials
 */
export function lineId(event: string, attribute: string | null, nth: number): string {
	return `${event}-${digest(canonicalJson(['line', attribute, nth])).slice(0, 8)}`;
}

function digest(text: string): string {
	return hash('sha256', text, 'base64url').slice(0, 24);
}

/** JSON with sorted keys, so that the order in which a server writes fields cannot change an id. */
export function canonicalJson(value: unknown): string {
	// Nothing to sort: without a replacer the same text is written several times faster.
	if (Array.isArray(value) && value.every((entry) => typeof entry !== 'object' || entry === null)) return JSON.stringify(value);
	return JSON.stringify(value, (_key, inner: unknown) =>
		typeof inner === 'object' && inner !== null && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
			: inner,
	);
}
