import type { IDataObject } from 'n8n-workflow';

import { fragmentOf } from '../../../shared/api/documents/webhooks';
import type { Dialect } from '../../../shared/api/dialect/dialect';
import type { WebhookHandle } from '../../../shared/api/models/webhook';
import { findWebhook, isAsWanted, putWebhook, type WantedWebhook } from '../../../shared/api/webhooks';
import { eventKind } from '../../../shared/events/kinds';
import { asEntered, option, refuse, textList } from '../../helpers/parameters';
import type { Execute, Run } from '../../helpers/run';
import { checkNewId, readSubscriptionId } from './subscriptionId';
import { addressWarning, readWebhookUrl } from './webhookUrl';
import { eventOf } from './getAll';

export const execute: Execute = async (run, item) => {
	const subscriptionId = readSubscriptionId(run, item);
	checkNewId(subscriptionId);
	const wanted: WantedWebhook = {
		subscriptionId,
		webhookUrl: readWebhookUrl(run.parameter('webhookUrl', item, '')),
		fragment: readFragment(run, item),
		headers: readHeaders(run, item),
	};
	const known = await findWebhook(run.client, subscriptionId, run.signal);
	const warning = addressWarning(wanted.webhookUrl);
	if (warning) run.warn(warning);
	const always = option(run, item, 'options.alwaysRecreate') === true;
	if (known && !always && isAsWanted(known, wanted, await run.client.dialect(run.signal))) return [shown(known, 'unchanged', warning)];
	return [shown(await putWebhook(run.client, wanted, known, run.signal), known ? 'replaced' : 'created', warning)];
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
	if (run.parameter('payload', item, 'event') === 'own') {
		const own = asEntered(run.parameter('fragment', item, '')).trim();
		if (!/^(\s|,|#.*\n)*fragment\s+\w+\s+on\s+\w+/.test(own)) {
			throw refuse('Fragment', own === '' ? 'is empty' : 'is not a GraphQL fragment', 'Begin with, for example: fragment F on Operation { id updatedAt }');
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
			throw refuse('Headers', `contains an invalid header name: '${name.slice(0, 40)}'`, 'Use letters, digits and hyphens, such as x-webhook-secret.');
		}
		headers[name] = asEntered(entry.value);
	}
	return Object.keys(headers).length > 0 ? headers : undefined;
}
