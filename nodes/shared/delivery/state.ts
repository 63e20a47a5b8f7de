import { createHash } from 'node:crypto';

import { canonicalJson } from '../events/identity';
import { toNanos } from '../events/timestamp';
import { z } from '../vendor/zod';
import type { EventChoice } from './settings';

/** Raise when the meaning of a stored value changes, and teach `loadState` the step from the version before. */
export const STATE_VERSION = 1;

const stored = z.object({
	v: z.literal(STATE_VERSION),
	/** Fingerprint of what is listened to. */
	source: z.string(),
	resetToken: z.string(),
	/** Pico's own timestamp up to which everything is delivered. */
	cursor: z.string().refine((text) => toNanos(text) !== undefined),
	/** Where the trigger first began, while looking back would reach behind it. */
	start: z.string().refine((text) => toNanos(text) !== undefined).nullish(),
	/** Delivered events inside the look-back window. */
	seen: z.array(z.string()),
	/** Time (ms) up to which ids had to be dropped for want of room. */
	floor: z.number().nullish(),
	/** Ordered units delivered last, to tell corrections. */
	subjects: z.array(z.string()),
	/** How long runs took of late, and whether through n8n's queue: how long to wait for the end of the next one. */
	runs: z.object({ queued: z.boolean(), longestMs: z.number().nonnegative() }).nullish(),
	/** What was handed to n8n last and is not known to be done. */
	inFlight: z.object({ ids: z.array(z.string()).min(1), key: z.string(), attempt: z.number().int().min(1) }).nullish(),
});

/** What a trigger keeps in workflow static data. A few KB, always written as a whole. */
export type StoredState = z.infer<typeof stored>;

export type LoadedState =
	| { kind: 'none' }
	| { kind: 'state'; state: StoredState }
	/** Stored for another endpoint, event or filter, or before a reset: start anew. */
	| { kind: 'other'; reason: string }
	/** Something is stored that cannot be understood: a person decides, since a guess could lose events. */
	| { kind: 'unreadable'; reason: string };

/**
 * Reads stored state.
 *
 * A state of a newer version of this package still holds a cursor; with it nothing is lost, and what comes twice is
 * dropped by the deduplication key. Without a readable cursor there is nothing safe to start from.
 */
export function loadState(raw: unknown, source: string, resetToken: string): LoadedState {
	if (raw === undefined || raw === null) return { kind: 'none' };
	const plain = toPlain(raw);
	const state = stored.safeParse(plain);
	const { cursor, source: storedSource, resetToken: storedToken } = (plain ?? {}) as Partial<Record<string, unknown>>;
	if (typeof storedToken === 'string' && storedToken !== resetToken) {
		return { kind: 'other', reason: 'the reset token was changed' };
	}
	if (typeof storedSource === 'string' && storedSource !== source) {
		return { kind: 'other', reason: 'endpoint, event or filter was changed' };
	}
	if (state.success) return { kind: 'state', state: state.data };
	if (typeof cursor === 'string' && toNanos(cursor) !== undefined && typeof storedSource === 'string') {
		return {
			kind: 'state',
			state: { v: STATE_VERSION, source, resetToken, cursor, seen: [], subjects: [], floor: null, inFlight: null },
		};
	}
	return { kind: 'unreadable', reason: state.error.issues[0]?.message ?? 'not an object' };
}

/** Tells one thing to listen to from another: endpoint, event and filter. */
export function sourceFingerprint(endpoint: string, { kind, products, orderFilter }: EventChoice): string {
	return createHash('sha256')
		.update(canonicalJson([endpoint, kind.id, [...products].sort(), orderFilter]))
		.digest('base64url')
		.slice(0, 16);
}

/** Static data comes wrapped in proxies that note changes; this takes a plain copy. */
function toPlain(raw: unknown): unknown {
	try {
		return JSON.parse(JSON.stringify(raw));
	} catch {
		return undefined;
	}
}
