import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { readLimit, returnAllDescription } from '../../helpers/returnAll';
import type { Execute } from '../../helpers/run';
import { eventOf, listWebhooks } from './webhooks';

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['webhook'], operation: ['getAll'] } },
	returnAllDescription,
);

export const execute: Execute = async (run, item) => {
	const limit = readLimit(run, item);
	const webhooks = await listWebhooks(run);
	return webhooks.slice(0, limit).map(({ subscriptionId, webhookUrl, responseFragment, createdAt, lastEventAt }) => ({
		subscriptionId: subscriptionId ?? null,
		event: eventOf(responseFragment),
		webhookUrl: webhookUrl ?? null,
		responseFragment: responseFragment ?? null,
		createdAt: createdAt ?? null,
		lastEventAt: lastEventAt ?? null,
	}));
};
