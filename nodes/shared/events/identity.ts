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
