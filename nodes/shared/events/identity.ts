import { createHash } from 'node:crypto';

import type { EventKind, Row } from './types';

/**
 * The stable id of an event: 24 URL-safe characters (144 bits) of a hash over the kind and the identity values. The
 * same event gives the same id after any restart, on any machine and in any version of this package, so it can be used
 * as external id in an ERP.
 */
export function eventId(kind: EventKind, row: Row): string {
	return digest([kind.id, ...kind.identity(row)]);
}

/** The id of the thing an event is about (an ordered unit, an operation, a note), equal for its corrections. */
export function subjectId(kind: EventKind, row: Row): string {
	return digest([kind.id, 'subject', ...kind.subject(row)]);
}

function digest(values: readonly unknown[]): string {
	return createHash('sha256').update(canonicalJson(values)).digest('base64url').slice(0, 24);
}

/** JSON with sorted keys, so that the order in which a server writes fields cannot change an id. */
export function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_key, inner: unknown) =>
		typeof inner === 'object' && inner !== null && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
			: inner,
	);
}
