import { createHash } from 'node:crypto';

import type { PicoEvent } from '../events/event';
import type { TriggerSettings } from './settings';

/** Events that start one run together. */
export interface Batch {
	events: readonly PicoEvent[];
	/** Number of the next attempt; above 1 when earlier ones happened before a restart. */
	attempt: number;
	/** Key to use for the first hand-over, when it repeats one from before a restart. */
	key?: string;
	/** Whether an event was read back from before the connection was made. */
	replayed: (event: PicoEvent) => boolean;
}

/** Column of n8n that holds the key. */
const LONGEST_KEY = 255;

/**
 * The key under which n8n starts at most one run. n8n keeps keys for the whole instance, so workflow and node are part
 * of it; so is the reset token, since after a reset people want the same events run again.
 */
export function deduplicationKey(settings: TriggerSettings, ids: readonly string[], attempt: number): string {
	const { workflowId, nodeId } = settings.owner;
	const subject = ids.length === 1 ? ids[0] : hash(ids.join(' '));
	const reset = settings.resetToken === '' ? '' : `:${hash(settings.resetToken).slice(0, 8)}`;
	const key = `pico:${workflowId}:${nodeId}:${subject}:${attempt}${reset}`;
	return key.length <= LONGEST_KEY ? key : `pico:${hash(key)}`;
}

function hash(text: string): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}
