import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import type { PicoClient } from '../shared/api/client';
import { readChoice } from '../shared/delivery/choice';
import type { EventChoice } from '../shared/delivery/settings';
import type { PlaceOptions } from '../shared/delivery/place/place';
import { sourceOf as placeSource } from '../shared/delivery/place/rules';

export type WebhookSettings = EventChoice;

export function readSettings(context: IHookFunctions | IWebhookFunctions): WebhookSettings {
	return readChoice(context);
}

/** Fields of the first level to ask for; `undefined` for all. */
export function fieldsOf({ output, fields }: EventChoice): readonly string[] | undefined {
	return output === 'fields' ? fields : undefined;
}

export function sourceOf(client: PicoClient, settings: WebhookSettings): PlaceOptions {
	return {
		source: placeSource(client.endpoint, settings.kind),
		resetKey: settings.resetKey,
		lookbackMs: settings.lookbackMs,
	};
}
