/** IDs of events that were handed over, the newest last; old ones are forgotten so that the list stays small. */
export const MOST_SEEN = 200;

export function readSeen(stored: unknown): string[] {
	return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === 'string').slice(-MOST_SEEN) : [];
}

/** A new list with the ID added. */
export function withSeen(seen: readonly string[], id: string): string[] {
	return [...seen.filter((each) => each !== id), id].slice(-MOST_SEEN);
}
