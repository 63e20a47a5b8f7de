import type { EventKind } from '../events/types';
import type { PicoClient } from './client';
import { fragmentOf, subscribeDocument, unsubscribeDocument, type WebhookToSubscribe } from './documents/webhooks';
import { WEBHOOKS } from './documents/reads';
import type { StreamOptions } from './documents/subscription';
import { PicoFailure } from './failure';
import { readSubscribed, readUnsubscribed, readWebhooks, type WebhookHandle } from './models/webhook';

export interface NewWebhook extends Omit<WebhookToSubscribe, 'responseFragment'> {
	kind: EventKind;
	/** First-level fields; all that this package knows when absent. */
	fields: StreamOptions['fields'];
	headers: Record<string, string>;
}

/** All webhooks of the plant, also those of others. */
export async function listWebhooks(client: PicoClient, signal?: AbortSignal): Promise<WebhookHandle[]> {
	const { data } = await client.execute({ document: WEBHOOKS, repeatable: true, signal });
	const webhooks = readWebhooks(data);
	if (!webhooks) throw new PicoFailure('graphql', 'Pico lists its webhooks in a form that this node cannot read');
	return webhooks;
}

/**
 * Registers a webhook whose id is free. Not repeated by itself, since what Pico does with an id that is taken is
 * documented nowhere.
 *
 * @returns the fragment that Pico accepted
 */
export async function subscribeWebhook(client: PicoClient, webhook: NewWebhook, signal?: AbortSignal): Promise<string> {
	const { kind, fields, headers, subscriptionId, webhookUrl } = webhook;
	let responseFragment = '';
	const { data } = await client.executeAdapted(
		(dialect) => {
			responseFragment = fragmentOf(kind, dialect, { fields });
			return { document: subscribeDocument({ subscriptionId, webhookUrl, responseFragment }, true), variables: { headers }, signal };
		},
		{ repeatable: false },
	);
	const created = readSubscribed(data);
	if ('instead' in created) {
		throw new PicoFailure('graphql', `Pico did not subscribe '${subscriptionId}' (it answered with ${created.instead})`, {
			hint: 'Ask who runs the Pico server whether webhooks are switched on.',
		});
	}
	return responseFragment;
}

/** @returns `success: false` for an id that Pico does not know */
export async function unsubscribeWebhook(client: PicoClient, subscriptionId: string, signal?: AbortSignal) {
	const { data } = await client.execute({ document: unsubscribeDocument(subscriptionId), repeatable: true, signal });
	return readUnsubscribed(data);
}
