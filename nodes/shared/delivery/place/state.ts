import { toNanos } from '../../events/timestamp';
import { z } from '../../vendor/zod';

/** Raise when the meaning of a stored value changes, and teach `loadState` the step from the version before. */
export const STATE_VERSION = 1;

const timestamp = z.string().refine((text) => toNanos(text) !== undefined);

const stored = z.object({
	v: z.literal(STATE_VERSION),
	/** Fingerprint of host and kind of event; see `sourceOf`. */
	source: z.string(),
	/** 'Position Reset Key' as entered. */
	resetKey: z.string(),
	/** Pico's own timestamp up to which everything is delivered. */
	cursor: timestamp,
	/** Where the trigger first began. */
	start: timestamp,
	/** Delivered events inside the look-back window, and ahead of the cursor; see `StoredWindow`. */
	seen: z.array(z.string()),
	ahead: z.array(z.string()),
	/** Time (ms) up to which ids of delivered events are no longer known. */
	forgottenUpTo: z.number().nullish(),
	/** Ordered units delivered last, to tell corrections. */
	subjects: z.array(z.string()),
	/** How long runs took of late, and whether through n8n's queue: how long to wait for the end of the next one. */
	runs: z.object({ queued: z.boolean(), longestMs: z.number().nonnegative() }).nullish(),
	/** What was handed to n8n last and is not known to be done. */
	inFlight: z
		.object({
			ids: z.array(z.string()).min(1),
			key: z.string(),
			attempt: z.number().int().min(1),
			/** Runs of this attempt that failed because another system was down. */
			outages: z.number().int().nonnegative().nullish(),
		})
		.nullish(),
});

/** What a trigger keeps in workflow static data. A few KB, always written as a whole. */
export type StoredState = z.infer<typeof stored>;

export type LoadedState =
	| { kind: 'none' }
	| { kind: 'state'; state: StoredState }
	/** Stored for another host or event, or before a reset: start at 'Start From'. */
	| { kind: 'other'; reason: string }
	/** Something is stored that cannot be understood: a person decides, since a guess could lose events. */
	| { kind: 'unreadable'; reason: string };

/**
 * Reads stored state.
 *
 * A state of a newer version of this package still has a cursor; with it nothing is lost, and what comes twice is
 * dropped by the deduplication key. Without a readable cursor there is nothing safe to start from.
 */
export function loadState(raw: unknown, source: string, resetKey: string): LoadedState {
	if (raw === undefined || raw === null) return { kind: 'none' };
	const plain = toPlain(raw);
	const state = stored.safeParse(plain);
	const { cursor, start, source: storedSource, resetKey: storedKey } = (plain ?? {}) as Partial<Record<string, unknown>>;
	if (typeof storedKey === 'string' && storedKey !== resetKey) {
		return { kind: 'other', reason: "'Position Reset Key' was changed" };
	}
	if (typeof storedSource === 'string' && storedSource !== source) {
		return { kind: 'other', reason: 'the host of the endpoint or the event was changed' };
	}
	if (state.success) return { kind: 'state', state: state.data };
	if (typeof cursor === 'string' && toNanos(cursor) !== undefined && typeof storedSource === 'string') {
		const began = typeof start === 'string' && toNanos(start) !== undefined ? start : cursor;
		return { kind: 'state', state: { v: STATE_VERSION, source, resetKey, cursor, start: began, seen: [], ahead: [], subjects: [] } };
	}
	return { kind: 'unreadable', reason: state.error.issues[0]?.message ?? 'not an object' };
}

/**
 * Removes what is stored for nodes that the workflow no longer has.
 *
 * @param prefix of the keys, before the id of the node
 * @param nodeIds of all nodes of the workflow
 */
export function forgetDeletedNodes(staticData: Record<string, unknown>, prefix: string, nodeIds: ReadonlySet<string>): void {
	for (const key of Object.keys(staticData)) {
		if (key.startsWith(prefix) && !nodeIds.has(key.slice(prefix.length))) delete staticData[key];
	}
}

/** Static data comes wrapped in proxies that note changes; this takes a plain copy. */
function toPlain(raw: unknown): unknown {
	try {
		return JSON.parse(JSON.stringify(raw));
	} catch {
		return undefined;
	}
}
