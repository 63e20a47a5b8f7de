import { createHash } from 'node:crypto';

/** One record of one source; a space that no name holds keeps both apart. */
export function keyOf(externalSource: string, externalId: string): string {
	return `${externalSource}\u0000${externalId}`;
}

/** The same content with all keys in alphabetical order, at every depth; nothing undefined. */
export function sorted<T>(value: T): T {
	if (Array.isArray(value)) return value.map((entry) => sorted(entry)) as T;
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).filter(([, each]) => each !== undefined);
	return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)])) as T;
}

/**
 * Hash of what is sent for a record: the first 32 hex digits of SHA-256 over its JSON text with sorted keys.
 *
 * That is how Eryxon's ERP sync computes `sync_hash`. The sync of a single kind hashes the text as it was received, so
 * a body with sorted keys gives the same value on both ways, and a preview recognises what was stored on either.
 */
export function contentHash(payload: Record<string, unknown>): string {
	return hashOfSorted(sorted(payload));
}

/** The same for a payload whose keys are sorted already. */
export function hashOfSorted(payload: Record<string, unknown>): string {
	return createHash('sha256').update(JSON.stringify(payload)).digest('hex').slice(0, 32);
}
