import type { EventKind } from '../../events/types';
import type { Dialect } from '../dialect/dialect';
import { literal } from './literal';
import { selectionOf, type StreamOptions } from './subscription';

export interface WebhookToSubscribe {
	subscriptionId: string;
	webhookUrl: string;
	responseFragment: string;
}

/**
 * Registers a webhook. Literals and the type condition fit every version of Pico: the input type was renamed and the
 * result was a union once. Headers are the variable `$headers`, since header names are no GraphQL names.
 */
export function subscribeDocument({ subscriptionId, webhookUrl, responseFragment }: WebhookToSubscribe, withHeaders: boolean): string {
	const fixed = literal({ subscriptionID: subscriptionId, responseFragment, webhookUrl }).replace(/ \}$/, '');
	const handle = '{ __typename ... on SubscriptionHandle { subscriptionId webhookUrl responseFragment createdAt lastEventAt } }';
	return withHeaders
		? `mutation ($headers: JSON) { webhookSubscribe(input: ${fixed}, webhookHeaders: $headers }) ${handle} }`
		: `mutation { webhookSubscribe(input: ${fixed} }) ${handle} }`;
}

export function unsubscribeDocument(subscriptionId: string): string {
	return `mutation { webhookUnsubscribe(subscriptionId: ${literal(subscriptionId)}) { success message } }`;
}

/** The fragment that makes Pico send one kind of event; its type condition chooses the stream. */
export function fragmentOf(
	kind: EventKind,
	dialect: Dialect,
	{ name = 'PicoEvent', ...options }: Pick<StreamOptions, 'fields'> & { name?: string } = {},
): string {
	return `fragment ${name} on ${kind.typeName} ${selectionOf(kind, dialect, options)}`;
}

/** Equal for fragments that differ only in white space and commas, which GraphQL ignores. */
export function comparable(fragment: unknown): string {
	return String(fragment ?? '').replace(/[\s,]+/g, ' ').replace(/ ?([{}():]) ?/g, '$1').trim();
}
