/** What happens after a call was handed back to n8n, which then starts the run, saves static data and answers. */
import type { IWebhookFunctions } from 'n8n-workflow';

import { pause } from '../shared/api/pause';
import { store, type Progress } from './progress';

/**
 * n8n saves static data after it started the run, which is the right order: a run that could not be started leaves the
 * old position. But n8n 2.41 forgets that they were changed when it prepares the run, so they are changed again right
 * after that: in the first turn of the event loop after this call, before n8n hears from its database.
 */
export async function storeOnceMore(context: IWebhookFunctions, progress: Progress): Promise<void> {
	await pause(0);
	store(context, progress);
}

/** Settles when n8n has answered, which it does after it started the run: `false` when it could not start one. */
export async function answered(context: IWebhookFunctions): Promise<boolean> {
	const response = context.getResponseObject();
	// Pico may have hung up already; n8n starts the run all the same.
	if (!response.closed && !response.destroyed) await new Promise<void>((resolve) => response.once('close', () => resolve()));
	return response.statusCode < 400;
}
