import { randomBytes } from 'node:crypto';

import type { IHookFunctions } from 'n8n-workflow';

import { EryxonClient } from '../shared/api/client';
import { EryxonFailure } from '../shared/api/failure';
import { findGeneration } from '../shared/api/generation';
import { createWebhooks, deleteWebhook, listWebhooks, type Webhook } from '../shared/api/webhooks';
import { isLoopback } from '../shared/core/address';
import { forgetMemory, memoryOf } from './memory';
import { keepsFailures } from './missed';
import { keepRegistration, readRegistration } from './registration';
import { say } from './say';
import { readSettings } from './settings';

/** A server that does not answer must not hold up a deactivation or the shutdown of n8n. */
const REMOVE_WITHIN_MS = 4_500;

/** Whether Eryxon has the webhook of this node as it should be: address, events, and not switched off. */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	const registration = readRegistration(context);
	const { events } = readSettings(context);
	const url = ownUrl(context);
	const client = await EryxonClient.of(context);
	checkAddress(url, client.base);
	if (registration?.url !== url || registration.base !== client.base) return false;
	const own = (await listWebhooks(client)).filter(({ id }) => registration.ids.includes(id));
	if (own.length === 0 || own.length < registration.ids.length) {
		say(context, 'info', 'Eryxon no longer has the webhook of this trigger; it was registered again');
		return false;
	}
	const disabled = own.find(({ active, disabledReason }) => !active || disabledReason);
	if (disabled) {
		say(context, 'warn', `Eryxon had switched the webhook off${disabled.disabledReason ? ` (${disabled.disabledReason})` : ''}; it was registered again. What happened since then was not delivered.`);
		return false;
	}
	const covered = [...new Set(own.flatMap((each) => each.events))].sort();
	return own.every((each) => each.url === url) && covered.join() === events.join();
}

/** Registers the webhook with a new secret, and removes what this node had registered before. */
export async function register(context: IHookFunctions): Promise<void> {
	const settings = readSettings(context);
	const url = ownUrl(context);
	const client = await EryxonClient.of(context);
	checkAddress(url, client.base);
	const before = readRegistration(context);
	for (const webhook of (await listWebhooks(client)).filter((each) => isOwn(each, before?.ids ?? [], [url, ...leftovers(context, url)]))) {
		await deleteWebhook(client, webhook.id);
	}
	const secret = randomBytes(32).toString('hex');
	const generation = await findGeneration(client, settings.apiVersion);
	const name = `n8n ${context.getWorkflow().name ?? context.getWorkflow().id ?? ''} ${context.getNode().name}`.slice(0, 100).trim();
	try {
		const ids = await createWebhooks(client, generation, { url, events: settings.events, secret, name });
		const registration = { ids, url, secret, base: client.base };
		keepRegistration(context, registration);
		memoryOf(context).registration = registration;
	} catch (error) {
		throw error instanceof EryxonFailure && error.kind === 'refused' ? error.with({ hint: adviceFor(url, error) }) : asIs(error);
	}
	if (!keepsFailures(generation)) {
		say(context, 'warn', 'This version of Eryxon does not keep events that it could not deliver: events are lost while n8n is not reachable');
	}
	say(context, 'info', `Registered the webhook for ${settings.events.join(', ')} at ${url}`);
}

function asIs(error: unknown): EryxonFailure {
	return error instanceof EryxonFailure ? error : new EryxonFailure('server', String(error));
}

/** Removes the webhook of this node, and no other. */
export async function unregister(context: IHookFunctions): Promise<void> {
	forgetMemory(context);
	const registration = readRegistration(context);
	if (!registration) return;
	const signal = AbortSignal.timeout(REMOVE_WITHIN_MS);
	const client = await EryxonClient.of(context);
	if (client.base === registration.base) for (const id of registration.ids) await deleteWebhook(client, id, signal);
	else say(context, 'warn', `The webhook stays registered at ${registration.base}, because the credential now points to ${client.base}. Remove it there under Admin > Webhooks.`);
	keepRegistration(context, undefined);
}

function isOwn({ id, url }: Webhook, ids: readonly string[], urls: readonly string[]): boolean {
	return ids.includes(id) || urls.includes(url);
}

/** The test address of this very node, which a crash may have left behind. */
function leftovers(context: IHookFunctions, url: string): string[] {
	return context.getMode() === 'manual' ? [] : [url.replace(/\/webhook\//, '/webhook-test/')];
}

/** @throws EryxonFailure when n8n gives the node no address */
function ownUrl(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default');
	if (!url) throw new EryxonFailure('input', 'n8n has no webhook URL for this node', { hint: 'Save the workflow and try again.' });
	return url;
}

/** An address that only this machine reaches is of no use to an Eryxon on another one. */
function checkAddress(url: string, base: string): void {
	if (!isLoopback(url) || isLoopback(base)) return;
	throw new EryxonFailure('input', `Eryxon cannot reach this n8n: the webhook URL is ${url}`, {
		hint: 'Set the environment variable WEBHOOK_URL of n8n to an address that Eryxon can reach, and restart n8n.',
	});
}

function adviceFor(url: string, { details }: EryxonFailure): string {
	const advice = url.startsWith('http://')
		? `Newer versions of Eryxon call https addresses only, and this one is ${url}: set WEBHOOK_URL of n8n to an https address.`
		: 'Newer versions of Eryxon call no private address, unless the server sets WEBHOOK_ALLOW_PRIVATE_TARGETS=true.';
	return [details.hint, advice].filter(Boolean).join(' ');
}
