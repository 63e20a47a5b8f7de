import type { IWebhookFunctions } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { asFailure } from '../shared/api/failure';
import { say } from './say';

/** The connection to Pico; `undefined` when the credential cannot be used, which must not cost an event that has arrived. */
export async function clientOf(context: IWebhookFunctions): Promise<PicoClient | undefined> {
	try {
		return await PicoClient.of(context);
	} catch (error) {
		say(context, 'warn', asFailure(error).message);
		return undefined;
	}
}
