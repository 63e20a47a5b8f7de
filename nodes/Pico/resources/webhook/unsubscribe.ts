import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { unsubscribeWebhook } from '../../../shared/api/webhooks';
import { option, refuse } from '../../helpers/parameters';
import type { Execute } from '../../helpers/run';
import { readSubscriptionId, subscriptionIdDescription } from './subscriptionId';

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['webhook'], operation: ['unsubscribe'] } },
	[
		subscriptionIdDescription,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Already Gone Counts as Success',
					name: 'alreadyGone',
					type: 'boolean',
					default: false,
					description: 'Whether to go on when Pico has no webhook of this ID',
				},
			],
		},
	],
);

export const execute: Execute = async (run, item) => {
	const subscriptionId = readSubscriptionId(run, item);
	const alreadyGone = option(run, item, 'options.alreadyGone') === true;
	const { success, message } = await unsubscribeWebhook(run.client, subscriptionId, { repeatable: false, signal: run.signal });
	if (!success && !alreadyGone) {
		throw refuse(
			'Subscription ID',
			`is '${subscriptionId}', which Pico did not unsubscribe${message ? `: ${message}` : ''}`,
			"Look it up with 'Get Many'. The option 'Already Gone Counts as Success' accepts a webhook that does not exist.",
		);
	}
	return [{ deleted: true, subscriptionId, existed: success, message: message ?? null }];
};
