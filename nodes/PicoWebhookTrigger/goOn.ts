import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { pause } from '../shared/api/pause';
import { catchUpBody } from './body';
import type { Registration } from './registration';
import { say } from './say';
import { SECRET_HEADER } from './secret';

/** Waits before each try: n8n serves a new address, and knows its secret, only after the activation. */
export const AFTER_ACTIVATION = [2_000, 5_000, 15_000];
export const AFTER_A_CALL = [200, 2_000, 10_000];
const ANSWER_WITHIN_MS = 60_000;

const underWay = new Map<string, AbortController>();

/**
 * Calls the trigger's own address in the background, so that it catches up without waiting for an event: only a webhook
 * call can start a run. Where n8n cannot reach its own address, the next event of Pico does the same.
 */
export function goOnLater(
	context: IHookFunctions | IWebhookFunctions,
	key: string,
	{ webhookUrl, secret }: Registration,
	waits: readonly number[],
): void {
	stopGoingOn(key);
	const stop = new AbortController();
	underWay.set(key, stop);
	void callWithPatience(context, webhookUrl, secret, waits, stop.signal).then((problem) => {
		if (underWay.get(key) === stop) underWay.delete(key);
		if (problem && !stop.signal.aborted) {
			say(context, 'info', `n8n does not reach its own webhook address (${problem}); missed events are fetched with the next event of Pico`);
		}
	});
}

export function stopGoingOn(key: string): void {
	underWay.get(key)?.abort();
	underWay.delete(key);
}

async function callWithPatience(
	context: IHookFunctions | IWebhookFunctions,
	url: string,
	secret: string,
	waits: readonly number[],
	signal: AbortSignal,
): Promise<string | undefined> {
	let problem: string | undefined;
	for (const wait of waits) {
		await pause(wait, signal);
		if (signal.aborted) return undefined;
		problem = await call(context, url, secret, signal);
		if (problem === undefined) return undefined;
	}
	return problem;
}

async function call(
	context: IHookFunctions | IWebhookFunctions,
	url: string,
	secret: string,
	abortSignal: AbortSignal,
): Promise<string | undefined> {
	try {
		const answer = await context.helpers.httpRequest({
			method: 'POST',
			url,
			headers: { [SECRET_HEADER]: secret },
			body: catchUpBody,
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: ANSWER_WITHIN_MS,
			abortSignal,
		});
		return answer.statusCode < 300 ? undefined : `HTTP ${answer.statusCode}`;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
