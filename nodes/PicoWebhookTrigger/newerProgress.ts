import type { IWebhookFunctions } from 'n8n-workflow';

import type { PicoClient } from '../shared/api/client';
import type { PicoEvent } from '../shared/events/event';
import { compareTimestamps } from '../shared/events/timestamp';
import { Progress, readStored, type StoredProgress } from './progress';
import { say } from './say';
import { sourceOf, type WebhookSettings } from './settings';
import type { Memory } from './turns';

/**
 * The newer of what n8n read for this call and what this process did last: n8n reads before a call waits for its turn,
 * and the end of any other run may put an older copy back.
 */
export function newerProgress(
	context: IWebhookFunctions,
	client: PicoClient | undefined,
	settings: WebhookSettings,
	arrived: readonly PicoEvent[],
	{ latest, seen }: Memory,
): Progress {
	const raw = readStored(context) as Partial<StoredProgress> | undefined;
	const source = client
		? sourceOf(client, settings)
		: { source: raw?.source ?? '', resetKey: settings.resetKey, lookbackMs: settings.lookbackMs };
	const stored = Progress.load(raw, source, seen);
	const remembered = latest ? Progress.load(latest, source, seen) : stored;
	if (remembered.kind === 'progress') {
		if (stored.kind !== 'progress' || compareTimestamps(remembered.progress.cursor, stored.progress.cursor) >= 0) {
			return remembered.progress;
		}
	}
	if (stored.kind === 'progress') return stored.progress;
	const why = 'reason' in stored ? stored.reason : 'nothing is stored';
	say(context, 'warn', `Begins with the event that has just arrived, since ${why}`);
	const first = arrived.map(({ cursor }) => cursor).filter((cursor) => cursor !== '');
	return Progress.at(first.sort(compareTimestamps)[0] ?? new Date().toISOString(), source, seen);
}
