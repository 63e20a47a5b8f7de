import { NodeOperationError, WebhookPathTakenError, type IHookFunctions } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { asFailure, PicoFailure } from '../shared/api/failure';
import { toNodeError } from '../shared/api/nodeError';
import { findWebhook, isAsWanted, listWebhooks, putWebhook, unsubscribeWebhook } from '../shared/api/webhooks';
import { readChoice } from '../shared/delivery/choice';
import { insistOnStoredPosition, log, nodeIdsOf } from '../shared/delivery/host';
import { Place } from '../shared/delivery/place/place';
import { forgetDeletedNodes } from '../shared/delivery/place/state';
import type { EventChoice } from '../shared/delivery/settings';
import { KEY_PREFIX, loadPlace, memoryOf, placeOptions, readStored, store } from './memory';
import { idsToRemove, keepRegistration, ownAddress, storedAddress, triggerKey, wantedWebhook } from './registration';

/** A person who publishes waits for the answer, and n8n gives a publication up after 84 s without naming a cause. */
const ANSWER_WITHIN_MS = 8_000;
/** A plant that does not answer must not hold up a deactivation or the shutdown of n8n. */
const REMOVE_WITHIN_MS = 4_500;
/** n8n calls `delete` right after a failed activation. */
const SAME_ACTIVATION_MS = 5_000;

/** Triggers whose activation Pico did not answer, with the time at which that was. */
const unanswered = new Map<string, number>();

/**
 * Whether Pico has the webhook of this node as it should be: address, fields and secret.
 *
 * @throws PicoFailure
 */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	return await answered(context, async (client, signal) => {
		if (!isTest(context)) insistOnStoredPosition(context);
		const settings = readChoice(context);
		const wanted = wantedWebhook(context, client, settings, ownAddress(context, client));
		const found = await findWebhook(client, wanted.subscriptionId, signal);
		if (!found || !isAsWanted(found, wanted, await client.dialect(signal))) return false;
		if (!isTest(context)) await begin(context, client, settings, signal);
		keepRegistration(context, wanted);
		return true;
	});
}

/**
 * Registers the webhook; one under the same id is removed first, since what Pico does with an id that is taken is not
 * documented.
 *
 * @throws PicoFailure
 */
export async function register(context: IHookFunctions): Promise<void> {
	await answered(context, async (client, signal) => {
		const settings = readChoice(context);
		const wanted = wantedWebhook(context, client, settings, ownAddress(context, client));
		const { subscriptionId, webhookUrl } = wanted;
		// The position is taken before Pico begins to send, so that nothing falls in between.
		if (!isTest(context)) await begin(context, client, settings, signal);
		const taken = await findWebhook(client, subscriptionId, signal);
		if (taken && ![webhookUrl, storedAddress(context)].includes(taken.webhookUrl ?? undefined)) {
			log(context, 'warn', `Took over the webhook '${subscriptionId}', which called ${taken.webhookUrl ?? 'nothing'} until now`);
		}
		await putWebhook(client, wanted, taken, signal);
		keepRegistration(context, wanted);
		log(context, 'info', `Registered the webhook '${subscriptionId}' for '${settings.kind.displayName}' at ${webhookUrl}`);
	});
}

/**
 * Removes the webhook of this node, and no other: what meanwhile sends to another address under the same id belongs to
 * someone else. Never throws: a deactivation must not fail because Pico is down.
 *
 * @returns whether Pico has no such webhook any more
 */
export async function unregister(context: IHookFunctions): Promise<boolean> {
	const failedAt = unanswered.get(triggerKey(context));
	unanswered.delete(triggerKey(context));
	if (failedAt !== undefined && Date.now() - failedAt < SAME_ACTIVATION_MS) return false;
	const ids = idsToRemove(context);
	try {
		const signal = AbortSignal.timeout(REMOVE_WITHIN_MS);
		const client = await PicoClient.of(context);
		const found = (await listWebhooks(client, signal)).find(({ subscriptionId }) => ids.includes(subscriptionId ?? ''));
		const addresses = [storedAddress(context), ownAddress(context, client)];
		if (!found?.subscriptionId) log(context, 'info', `Pico no longer has the webhook '${ids[0]}'`);
		else if (!addresses.includes(found.webhookUrl ?? undefined)) {
			log(context, 'warn', `Did not remove the webhook '${found.subscriptionId}': it calls ${found.webhookUrl ?? 'nothing'}, which is not this node`);
		} else {
			const { success, message } = await unsubscribeWebhook(client, found.subscriptionId, { repeatable: true, signal });
			log(context, 'info', success ? `Removed the webhook '${found.subscriptionId}'` : `Pico no longer had the webhook '${found.subscriptionId}'${message ? ` (${message})` : ''}`);
		}
		keepRegistration(context, undefined);
		return true;
	} catch (error) {
		log(
			context,
			'warn',
			`Could not remove the webhook '${ids[0]}' from Pico (${asFailure(error).message}). It is replaced when you publish the workflow again. To remove it now, use 'Webhook: Unsubscribe' of the Pico MES node with this ID.`,
		);
		return false;
	}
}

/**
 * The error of an activation, with its cause. n8n repeats every failed activation four times over 15 seconds, except
 * after an error of this one class; requests to Pico have been repeated already.
 */
export function activationFailure(context: IHookFunctions, thrown: unknown): Error {
	if (thrown instanceof NodeOperationError) return thrown;
	const failure = asFailure(thrown);
	const cause = toNodeError(context.getNode(), failure);
	if (isTest(context)) return cause;
	const error = new WebhookPathTakenError(context.getNode().name, cause);
	const { hint } = failure.details;
	// n8n shows nothing but the message.
	error.message = hint ? `${failure.message}. ${hint}` : failure.message;
	error.description = hint;
	return error;
}

/** Runs a job that Pico has to answer within the time of an activation. */
async function answered<T>(context: IHookFunctions, job: (client: PicoClient, signal: AbortSignal) => Promise<T>): Promise<T> {
	const client = await PicoClient.of(context);
	const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
	try {
		return await job(client, signal);
	} catch (error) {
		unanswered.set(triggerKey(context), Date.now());
		throw signal.aborted ? tooSlow(client) : asIs(error);
	}
}

function asIs(error: unknown): Error {
	return error instanceof NodeOperationError ? error : asFailure(error);
}

function tooSlow({ endpoint }: PicoClient): PicoFailure {
	return new PicoFailure('timeout', `Pico at ${endpoint} did not answer within ${ANSWER_WITHIN_MS / 1000} s`, {
		hint: 'Check that the server is up and that no firewall or proxy blocks the connection, then publish again.',
	});
}

/**
 * Makes sure that there is a position.
 *
 * @throws PicoFailure when one is stored that cannot be read
 */
async function begin(context: IHookFunctions, client: PicoClient, settings: EventChoice, signal: AbortSignal): Promise<void> {
	const nodeIds = nodeIdsOf(context);
	if (nodeIds) forgetDeletedNodes(context.getWorkflowStaticData('global'), KEY_PREFIX, nodeIds);
	const options = placeOptions(client, settings);
	const loaded = loadPlace(readStored(context), options);
	if ('place' in loaded) return;
	if (loaded.kind === 'unreadable') {
		throw new PicoFailure('input', 'The stored position of this trigger cannot be read', {
			hint: `(${loaded.reason}) Starting over could lose events, so nothing was changed. To start with new events, set 'Position Reset Key' under Options to any new value.`,
		});
	}
	if (loaded.kind === 'other') log(context, 'warn', `Starts with new events because ${loaded.reason}`);
	const state = Place.startingAt(await client.serverNow(signal), options).toState();
	store(context, state);
	memoryOf(context).latest = state;
}

function isTest(context: IHookFunctions): boolean {
	return context.getMode() === 'manual';
}
