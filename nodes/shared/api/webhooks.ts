import { graphqlFailure } from './classify';
import type { PicoClient, PicoResult } from './client';
import type { Dialect } from './dialect/dialect';
import { comparable, subscribeDocument, unsubscribeDocument } from './documents/webhooks';
import { WEBHOOKS } from './documents/reads';
import { asFailure, isTransient, PicoFailure } from './failure';
import { readSubscribed, readUnsubscribed, readWebhooks, type WebhookHandle } from './models/webhook';

/** A webhook as it should be at Pico. */
export interface WantedWebhook {
	subscriptionId: string;
	webhookUrl: string;
	/** The fragment to send, which depends on what the server calls its fields. */
	fragment: (dialect: Dialect) => string;
	headers?: Record<string, string>;
}

/** All webhooks of the plant, also those of others. */
export async function listWebhooks(client: PicoClient, signal?: AbortSignal): Promise<WebhookHandle[]> {
	const webhooks = readWebhooks(whole(await client.execute({ document: WEBHOOKS, repeatable: true, signal })));
	if (!webhooks) throw new PicoFailure('graphql', 'Pico lists its webhooks in a form that this node cannot read');
	return webhooks;
}

export async function findWebhook(client: PicoClient, subscriptionId: string, signal?: AbortSignal): Promise<WebhookHandle | undefined> {
	return (await listWebhooks(client, signal)).find((webhook) => webhook.subscriptionId === subscriptionId);
}

/** Whether a webhook sends the wanted content to the wanted address. Headers are never shown. */
export function isAsWanted(found: WebhookHandle, { webhookUrl, fragment }: WantedWebhook, dialect: Dialect): boolean {
	return found.webhookUrl === webhookUrl && comparable(found.responseFragment) === comparable(fragment(dialect));
}

/**
 * Registers a webhook. One under the same id is removed first: what Pico does with an id that is taken is not documented.
 *
 * @param known what Pico has under this id now
 * @throws PicoFailure that tells when the old webhook is gone and the new one is not there
 */
export async function putWebhook(
	client: PicoClient,
	wanted: WantedWebhook,
	known: WebhookHandle | undefined,
	signal?: AbortSignal,
): Promise<WebhookHandle> {
	if (known) await unsubscribeWebhook(client, wanted.subscriptionId, { repeatable: true, signal });
	try {
		return await subscribe(client, wanted, signal);
	} catch (error) {
		const failure = asFailure(error);
		// Pico may have it although its answer did not reach us.
		const arrived = isTransient(failure) ? await foundAsWanted(client, wanted, signal) : undefined;
		if (arrived) return arrived;
		throw known ? withoutOld(failure, wanted.subscriptionId) : failure;
	}
}

/**
 * @param repeatable whether "no such webhook" after a lost answer may be taken for the work of the first try
 * @returns `success: false` for an id that Pico does not know
 */
export async function unsubscribeWebhook(
	client: PicoClient,
	subscriptionId: string,
	{ repeatable, signal }: { repeatable: boolean; signal?: AbortSignal },
): Promise<{ success: boolean; message?: string }> {
	return readUnsubscribed(whole(await client.execute({ document: unsubscribeDocument(subscriptionId), repeatable, signal })));
}

async function subscribe(client: PicoClient, { subscriptionId, webhookUrl, fragment, headers }: WantedWebhook, signal?: AbortSignal) {
	let responseFragment = '';
	const result = await client.executeAdapted(
		(dialect) => {
			responseFragment = fragment(dialect);
			const document = subscribeDocument({ subscriptionId, webhookUrl, responseFragment }, headers !== undefined);
			return { document, variables: headers && { headers }, signal };
		},
		{ repeatable: false },
	);
	const created = readSubscribed(whole(result));
	if (!('instead' in created)) return { ...created, subscriptionId, webhookUrl, responseFragment: created.responseFragment ?? responseFragment };
	throw new PicoFailure('graphql', `Pico did not subscribe '${subscriptionId}' (it answered with ${created.instead})`, {
		hint: 'Check address and fragment, and ask the administrator of the Pico server whether webhooks are turned on.',
	});
}

async function foundAsWanted(client: PicoClient, wanted: WantedWebhook, signal?: AbortSignal): Promise<WebhookHandle | undefined> {
	try {
		const found = await findWebhook(client, wanted.subscriptionId, signal);
		return found && isAsWanted(found, wanted, await client.dialect(signal)) ? found : undefined;
	} catch {
		return undefined;
	}
}

function withoutOld(failure: PicoFailure, subscriptionId: string): PicoFailure {
	const hint = `The old webhook '${subscriptionId}' is already removed, so Pico sends nothing under this ID until this succeeds. ${failure.details.hint ?? ''}`;
	return new PicoFailure(failure.kind, `${failure.message} (the old webhook is removed)`, { ...failure.details, hint: hint.trim() });
}

/** An answer with errors is no answer, also where data came along. */
function whole({ data, errors }: PicoResult): Record<string, unknown> {
	if (errors.length > 0) throw graphqlFailure(errors, undefined, data);
	return data;
}
