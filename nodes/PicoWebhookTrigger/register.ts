import type { IHookFunctions } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { comparable, fragmentOf } from '../shared/api/documents/webhooks';
import { PicoFailure } from '../shared/api/failure';
import { listWebhooks, subscribeWebhook, unsubscribeWebhook } from '../shared/api/webhooks';
import { insistOnStoredPosition } from '../shared/delivery/host';
import { checkAddress } from './address';
import { AFTER_ACTIVATION, goOnLater, stopGoingOn } from './goOn';
import { Progress, readStored, store } from './progress';
import { keepRegistration, readRegistration } from './registration';
import { say } from './say';
import { newSecret, SECRET_HEADER } from './secret';
import { fieldsOf, readSettings, sourceOf, type WebhookSettings } from './settings';
import { subscriptionIdOf } from './subscriptionId';
import { forgetTurns, turnKey } from './turns';

/** A plant that does not answer must not hold up a deactivation or the shutdown of n8n. */
const REMOVE_WITHIN_MS = 4_500;

/**
 * Whether Pico has the webhook of this node as it should be: address and fragment are compared. Pico never shows
 * headers, so a webhook whose secret this n8n does not hold (any more) does not count.
 *
 * @throws PicoFailure
 */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	const registration = readRegistration(context);
	const subscriptionId = ownId(context);
	if (registration?.subscriptionId !== subscriptionId) return false;
	const settings = readSettings(context);
	const client = await PicoClient.of(context);
	const webhookUrl = ownUrl(context);
	checkAddress(webhookUrl, client.endpoint);
	const found = (await listWebhooks(client)).find((webhook) => webhook.subscriptionId === subscriptionId);
	const wanted = fragmentOf(settings.kind, await client.dialect(), { fields: fieldsOf(settings) });
	const same = found?.webhookUrl === webhookUrl && comparable(found.responseFragment) === comparable(wanted);
	if (!same || registration.webhookUrl !== webhookUrl) return false;
	if (await begin(context, client, settings)) goOnLater(context, turnKey(context), registration, AFTER_ACTIVATION);
	return true;
}

/**
 * Registers the webhook with a new secret; one under the same id is removed first, since what Pico does with an id
 * that is taken is not documented.
 *
 * @throws PicoFailure
 */
export async function register(context: IHookFunctions): Promise<void> {
	if (!isTest(context)) insistOnStoredPosition(context);
	const settings = readSettings(context);
	const client = await PicoClient.of(context);
	const subscriptionId = ownId(context);
	const webhookUrl = ownUrl(context);
	checkAddress(webhookUrl, client.endpoint);
	// The position is taken before Pico begins to send, so that nothing falls in between.
	const missed = isTest(context) ? false : await begin(context, client, settings);

	const taken = (await listWebhooks(client)).find((webhook) => webhook.subscriptionId === subscriptionId);
	if (taken) {
		const known = [webhookUrl, readRegistration(context)?.webhookUrl];
		if (!known.includes(taken.webhookUrl ?? undefined)) {
			say(context, 'warn', `Takes over the webhook '${subscriptionId}', which sent to ${taken.webhookUrl ?? 'nowhere'} until now`);
		}
		await unsubscribeWebhook(client, subscriptionId);
	}
	const secret = newSecret();
	const fragment = await subscribeWebhook(client, {
		subscriptionId,
		webhookUrl,
		kind: settings.kind,
		fields: fieldsOf(settings),
		headers: { [SECRET_HEADER]: secret },
	});
	const registration = { subscriptionId, webhookUrl, fragment, secret };
	keepRegistration(context, registration);
	say(context, 'info', `Registered the webhook '${subscriptionId}' for '${settings.kind.displayName}' at ${webhookUrl}`);
	if (missed) goOnLater(context, turnKey(context), registration, AFTER_ACTIVATION);
}

/**
 * Removes the webhook of this node, and no other: what meanwhile sends to another address under the same id belongs to
 * someone else.
 *
 * @returns whether Pico has no such webhook any more
 * @throws PicoFailure
 */
export async function unregister(context: IHookFunctions): Promise<boolean> {
	stopGoingOn(turnKey(context));
	forgetTurns(turnKey(context));
	const registration = readRegistration(context);
	const urls = [registration?.webhookUrl, context.getNodeWebhookUrl('default')];
	const ids = registration ? [registration.subscriptionId] : bothIds(context);
	const signal = AbortSignal.timeout(REMOVE_WITHIN_MS);
	const client = await PicoClient.of(context);
	const found = (await listWebhooks(client, signal)).find(({ subscriptionId }) => ids.includes(subscriptionId ?? ''));
	if (!found?.subscriptionId) say(context, 'info', `Pico has no webhook '${ids[0]}' any more`);
	else if (!urls.includes(found.webhookUrl ?? undefined)) {
		say(context, 'warn', `Leaves the webhook '${found.subscriptionId}' alone: it sends to ${found.webhookUrl ?? 'nowhere'}, which is not this node`);
	} else {
		const { success, message } = await unsubscribeWebhook(client, found.subscriptionId, signal);
		say(context, 'info', success ? `Removed the webhook '${found.subscriptionId}'` : `Pico no longer knew the webhook '${found.subscriptionId}'${message ? ` (${message})` : ''}`);
	}
	keepRegistration(context, undefined);
	return true;
}

/** What to say when a webhook could not be removed, which must not keep a workflow from being deactivated. */
export function leftBehind(context: IHookFunctions, reason: string): void {
	const id = readRegistration(context)?.subscriptionId ?? bothIds(context)[1];
	say(
		context,
		'warn',
		`Could not remove the webhook '${id}' from Pico (${reason}). It is replaced at the next activation; to remove it before, use 'Webhook: Unsubscribe' of the node Pico MES with this ID.`,
	);
}

/**
 * Makes sure that there is a position.
 *
 * @returns whether one was stored, so that events may have been missed since
 * @throws PicoFailure when one is stored that cannot be read
 */
async function begin(context: IHookFunctions, client: PicoClient, settings: WebhookSettings): Promise<boolean> {
	const source = sourceOf(client, settings);
	const loaded = Progress.load(readStored(context), source);
	if (loaded.kind === 'progress') return true;
	if (loaded.kind === 'unreadable') {
		throw new PicoFailure('input', 'The stored position of this trigger cannot be read', {
			hint: `(${loaded.reason}) Starting anew could lose events, so nothing was changed. Set 'Reset Token' under Options to any new value to begin with new events.`,
		});
	}
	if (loaded.kind === 'other') say(context, 'warn', `Begins with new events, since ${loaded.reason}`);
	store(context, Progress.at(await client.serverNow(), source));
	return false;
}

function isTest(context: IHookFunctions): boolean {
	return context.getMode() === 'manual';
}

function ownId(context: IHookFunctions): string {
	const [test, prod] = bothIds(context);
	return isTest(context) ? test : prod;
}

function bothIds(context: IHookFunctions): [test: string, prod: string] {
	const workflowId = String(context.getWorkflow().id ?? '');
	const nodeId = context.getNode().id;
	return [subscriptionIdOf(workflowId, nodeId, 'test'), subscriptionIdOf(workflowId, nodeId, 'prod')];
}

/** @throws PicoFailure when n8n gives the node no address */
function ownUrl(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default');
	if (!url) throw new PicoFailure('input', 'n8n has no webhook URL for this node', { hint: 'Save the workflow and try again.' });
	return url;
}
