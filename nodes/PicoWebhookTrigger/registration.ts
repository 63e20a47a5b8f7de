import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IHookFunctions } from 'n8n-workflow';

import type { PicoClient } from '../shared/api/client';
import { PicoFailure } from '../shared/api/failure';
import type { WantedWebhook } from '../shared/api/webhooks';
import { fragmentOf } from '../shared/api/documents/webhooks';
import type { TriggerContext } from '../shared/delivery/choice';
import type { EventChoice } from '../shared/delivery/settings';

/** Header in which Pico sends the secret along; Pico never shows it again. */
export const SECRET_HEADER = 'x-pico-webhook-secret';

type Mode = 'prod' | 'test';
const LONGEST_ID = 64;
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/i;

/** Names the trigger in this process. */
export function triggerKey(context: TriggerContext): string {
	return `${String(context.getWorkflow().id)}/${context.getNode().id}`;
}

/**
 * The id under which Pico keeps the webhook of a node: always the same for a node, another one for test runs, so that
 * a test run leaves the webhook of the active workflow alone.
 */
export function subscriptionIdOf(workflowId: string, nodeId: string, mode: Mode): string {
	const plain = `n8n-${workflowId}-${nodeId}-${mode}`;
	if (plain.length <= LONGEST_ID && /^[\w-]+$/.test(plain)) return plain;
	const hash = createHash('sha256').update(JSON.stringify([workflowId, nodeId])).digest('base64url').slice(0, 40);
	return `n8n-${hash}-${mode}`;
}

/** The ids that this node may have at Pico: that of the active workflow, and that of test runs. */
export function subscriptionIds(context: TriggerContext): Record<Mode, string> {
	const workflowId = String(context.getWorkflow().id ?? '');
	const nodeId = context.getNode().id;
	return { prod: subscriptionIdOf(workflowId, nodeId, 'prod'), test: subscriptionIdOf(workflowId, nodeId, 'test') };
}

export function ownSubscriptionId(context: TriggerContext): string {
	return subscriptionIds(context)[modeOf(context)];
}

/**
 * The secret that Pico sends along. Derived, not stored: every process computes the same one, after each publish, and
 * no older copy of the workflow's data can put back one that no longer holds. It tells nothing about the token.
 */
export function secretOf(context: TriggerContext, { token }: PicoClient): string {
	return createHmac('sha256', token).update(JSON.stringify(['pico webhook', ownSubscriptionId(context)])).digest('base64url');
}

/** Compares in a time that tells nothing about where two secrets differ. */
export function isSecret(expected: string, given: unknown): boolean {
	return timingSafeEqual(digest(expected), digest(typeof given === 'string' ? given : ''));
}

/** The webhook as it should be at Pico. */
export function wantedWebhook(context: TriggerContext, client: PicoClient, { kind, output, fields }: EventChoice, webhookUrl: string): WantedWebhook {
	const secret = secretOf(context, client);
	// Pico never shows headers. The name of the fragment tells which secret a webhook has without giving it away.
	const name = `PicoEvent_${digest(secret).toString('hex').slice(0, 8)}`;
	return {
		subscriptionId: ownSubscriptionId(context),
		webhookUrl,
		fragment: (dialect) => fragmentOf(kind, dialect, { fields: output === 'fields' ? fields : undefined, name }),
		headers: { [SECRET_HEADER]: secret },
	};
}

/**
 * The address that n8n hands out for this node.
 *
 * @throws PicoFailure when there is none, or when only this machine reaches it and Pico is on another one: Pico would
 * accept it and then lose every event
 */
export function ownAddress(context: IHookFunctions, { endpoint }: PicoClient): string {
	const text = context.getNodeWebhookUrl('default');
	if (!text) throw new PicoFailure('input', 'n8n has no webhook URL for this node', { hint: 'Save the workflow and try again.' });
	const address = joined(text);
	const host = hostOf(address);
	if (!LOOPBACK.test(host) || LOOPBACK.test(hostOf(endpoint))) return address;
	throw new PicoFailure('input', `Pico cannot reach this n8n: the webhook URL is on ${host}`, {
		hint: `Set the environment variable WEBHOOK_URL of n8n to an address that the Pico server can reach, and restart n8n (the URL is now ${address}). Or use the 'Pico MES Trigger', for which Pico does not need to reach n8n.`,
	});
}

/** Notes what was registered, or forgets it. Nothing depends on it but how well a changed WEBHOOK_URL is dealt with. */
export function keepRegistration(context: IHookFunctions, webhook: WantedWebhook | undefined): void {
	const data = context.getWorkflowStaticData('node');
	if (webhook) data.registration = { subscriptionId: webhook.subscriptionId, webhookUrl: webhook.webhookUrl };
	else delete data.registration;
}

/** The address that was registered last; another one after WEBHOOK_URL was changed. */
export function storedAddress(context: TriggerContext): string | undefined {
	const { webhookUrl } = storedRegistration(context);
	return typeof webhookUrl === 'string' ? webhookUrl : undefined;
}

/** n8n does not say in `delete` whether it ends a test run, but hands the data of that run over. */
export function idsToRemove(context: TriggerContext): string[] {
	const { subscriptionId } = storedRegistration(context);
	const { prod, test } = subscriptionIds(context);
	return typeof subscriptionId === 'string' ? [subscriptionId] : [prod, test];
}

function storedRegistration(context: TriggerContext): { subscriptionId?: unknown; webhookUrl?: unknown } {
	return (context.getWorkflowStaticData('node').registration ?? {}) as ReturnType<typeof storedRegistration>;
}

/** n8n joins WEBHOOK_URL and path as they are; behind a URL that ends in slashes it serves nothing. */
function joined(address: string): string {
	return address.replace(/([^:/])\/{2,}/g, '$1/');
}

function modeOf(context: TriggerContext): Mode {
	return context.getMode() === 'manual' ? 'test' : 'prod';
}

function hostOf(address: string): string {
	try {
		return new URL(address).hostname;
	} catch {
		return address;
	}
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
