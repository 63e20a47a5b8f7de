import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import type { PicoClient } from '../shared/api/client';
import { readChoice } from '../shared/delivery/choice';
import type { EventChoice } from '../shared/delivery/settings';
import { sourceFingerprint } from '../shared/delivery/state';
import type { Source } from './progress';

export interface WebhookSettings extends EventChoice {
	/** A new value forgets how far events were delivered. */
	resetToken: string;
}

export function readSettings(context: IHookFunctions | IWebhookFunctions): WebhookSettings {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	return { ...readChoice(context), resetToken: String(options.resetToken ?? '') };
}

/** Fields of the first level to ask for; `undefined` for all. */
export function fieldsOf({ output, fields }: EventChoice): readonly string[] | undefined {
	return output === 'fields' ? fields : undefined;
}

export function sourceOf(client: PicoClient, settings: WebhookSettings): Source {
	return {
		fingerprint: sourceFingerprint(client.endpoint, settings),
		resetToken: settings.resetToken,
		lookbackMs: settings.lookbackMs,
	};
}
