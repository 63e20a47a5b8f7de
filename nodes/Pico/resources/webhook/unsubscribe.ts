import { unsubscribeWebhook } from '../../../shared/api/webhooks';
import { option, refuse } from '../../helpers/parameters';
import type { Execute } from '../../helpers/run';
import { readSubscriptionId } from './subscriptionId';

export const execute: Execute = async (run, item) => {
	const subscriptionId = readSubscriptionId(run, item);
	const ignoreIfNotFound = option(run, item, 'options.ignoreIfNotFound') === true;
	const { success, message } = await unsubscribeWebhook(run.client, subscriptionId, { repeatable: false, signal: run.signal });
	if (!success && !ignoreIfNotFound) {
		throw refuse(
			'Subscription ID',
			`is '${subscriptionId}', but Pico did not remove this webhook${message ? `: ${message}` : ''}`,
			"Look it up with 'Get Many'. Turn on the option 'Ignore If Not Found' to continue if it does not exist.",
		);
	}
	return [{ deleted: true, subscriptionId, existed: success, message: message ?? null }];
};
