import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { comparable, fragmentOf, subscribeDocument, unsubscribeDocument } from '../../../shared/api/documents/webhooks';
import type { Dialect } from '../../../shared/api/dialect/dialect';
import { PicoFailure } from '../../../shared/api/failure';
import { readSubscribed, type WebhookHandle } from '../../../shared/api/models/webhook';
import { eventKind } from '../../../shared/events/kinds';
import { asEntered, option, refuse, textList } from '../../helpers/parameters';
import type { Execute, Run } from '../../helpers/run';
import { subscribeFields } from './subscribeFields';
import { checkNewId, readSubscriptionId } from './subscriptionId';
import { addressWarning, readWebhookUrl } from './webhookUrl';
import { eventOf, listWebhooks } from './webhooks';

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['webhook'], operation: ['subscribe'] } },
	subscribeFields,
);

export const execute: Execute = async (run, item) => {
	const subscriptionId = readSubscriptionId(run, item);
	checkNewId(subscriptionId);
	const webhookUrl = readWebhookUrl(run.parameter('webhookUrl', item, ''));
	const fragment = readFragment(run, item);
	const headers = readHeaders(run, item);
	const always = option(run, item, 'options.recreate') === true;

	const known = (await listWebhooks(run)).find((webhook) => webhook.subscriptionId === subscriptionId);
	const wanted = fragment(await run.client.dialect(run.signal));
	const warning = addressWarning(webhookUrl);
	if (warning) run.warn(warning);

	const same = known?.webhookUrl === webhookUrl && comparable(known.responseFragment) === comparable(wanted);
	if (known && same && !always) return [shown({ ...known, subscriptionId }, 'unchanged', warning)];

	// Taken away first: what Pico does with a second webhook of the same ID is not documented.
	if (known) await run.write(() => unsubscribeDocument(subscriptionId), { repeatable: true });
	const data = await run.write(
		(dialect) => subscribeDocument({ subscriptionId, webhookUrl, responseFragment: fragment(dialect) }, headers !== undefined),
		{ repeatable: false, variables: headers && { headers } },
	);
	const created = readSubscribed(data);
	if ('instead' in created) {
		throw new PicoFailure('graphql', `Pico did not subscribe '${subscriptionId}' (it answered with ${created.instead})`, {
			hint: known ? 'The webhook of that ID was removed before. Check address and fragment, then run it again.' : 'Check address and fragment.',
		});
	}
	const complete = { ...created, subscriptionId, webhookUrl, responseFragment: created.responseFragment ?? wanted };
	return [shown(complete, known ? 'replaced' : 'created', warning)];
};

function shown(webhook: WebhookHandle, result: 'created' | 'unchanged' | 'replaced', warning?: string): IDataObject {
	return {
		subscriptionId: webhook.subscriptionId ?? null,
		result,
		event: eventOf(webhook.responseFragment),
		webhookUrl: webhook.webhookUrl ?? null,
		responseFragment: webhook.responseFragment ?? null,
		createdAt: webhook.createdAt ?? null,
		lastEventAt: webhook.lastEventAt ?? null,
		...(warning ? { warning } : {}),
	};
}

/** The fragment to send, which for a chosen event depends on what the server calls its fields. */
function readFragment(run: Run, item: number): (dialect: Dialect) => string {
	if (run.parameter('fragmentFrom', item, 'event') === 'own') {
		const own = asEntered(run.parameter('fragment', item, '')).trim();
		if (!/^(\s|,|#.*\n)*fragment\s+\w+\s+on\s+\w+/.test(own)) {
			throw refuse('Fragment', own === '' ? 'is empty' : 'is no GraphQL fragment', 'Start it like: fragment F on Operation { id updatedAt }');
		}
		return () => own;
	}
	const kind = eventKind(asEntered(run.parameter('event', item, 'orderCompleted')));
	const fields = textList(run.parameter('fields', item, []));
	return (dialect) => fragmentOf(kind, dialect, fields.length > 0 ? { fields } : {});
}

function readHeaders(run: Run, item: number): Record<string, string> | undefined {
	const entries = option(run, item, 'headers.header');
	const headers: Record<string, string> = {};
	for (const entry of Array.isArray(entries) ? (entries as IDataObject[]) : []) {
		const name = asEntered(entry.name).trim();
		if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
			throw refuse('Headers', `holds a name that is no header name: '${name.slice(0, 40)}'`, 'Use letters, digits and hyphens, such as x-webhook-secret.');
		}
		headers[name] = asEntered(entry.value);
	}
	return Object.keys(headers).length > 0 ? headers : undefined;
}
