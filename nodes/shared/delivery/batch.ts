import { createHash } from 'node:crypto';

import type { PicoEvent } from '../events/event';
import type { EventChoice } from './settings';

/** Events that start one run together. */
export interface Batch {
	events: readonly PicoEvent[];
	/** Number of the next attempt; above 1 when earlier ones happened before a restart. */
	attempt: number;
	/** Runs of this attempt that failed because another system was down, and so do not count. */
	outages: number;
	/** Key of the next run, when it repeats one from before a restart. */
	key?: string;
	/** Whether n8n said that it had a run of that key already. */
	startedBefore?: boolean;
	/** Whether an event was read back from before the connection was made. */
	replayed: (event: PicoEvent) => boolean;
}

/** What n8n can store as a key is 255 characters long; a few more of them name the run on the Failed output. */
const LONGEST_KEY = 240;

/**
 * The key under which n8n starts at most one run. n8n keeps keys for the whole instance, so workflow and node are part
 * of it; so is the reset key, since after a reset people want the same events run again.
 */
export function deduplicationKey(
	{ owner, resetKey }: Pick<EventChoice, 'owner' | 'resetKey'>,
	ids: readonly string[],
	{ attempt, outages }: Pick<Batch, 'attempt' | 'outages'>,
): string {
	const subject = ids.length === 1 ? ids[0] : hash(ids.join(' '));
	const reset = resetKey === '' ? '' : `:${hash(resetKey).slice(0, 8)}`;
	const run = outages > 0 ? `${attempt}.${outages}` : String(attempt);
	const key = `pico:${owner.workflowId}:${owner.nodeId}:${subject}:${run}${reset}`;
	return key.length <= LONGEST_KEY ? key : `pico:${hash(key)}`;
}

function hash(text: string): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}
