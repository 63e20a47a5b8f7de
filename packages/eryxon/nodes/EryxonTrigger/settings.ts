import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { EryxonFailure } from '../shared/api/failure';
import type { Generation } from '../shared/core/entities';
import { asText } from '../shared/core/values';

export interface TriggerSettings {
	events: string[];
	/** Only records of this ERP; all when empty. */
	externalSource: string;
	replayWindowSeconds: number;
	apiVersion: Generation | 'auto';
}

/** All parameters, read once. @throws EryxonFailure */
export function readSettings(context: IHookFunctions | IWebhookFunctions): TriggerSettings {
	const parameter = (name: string, fallback: unknown): unknown => context.getNodeParameter(name, fallback as string);
	const chosen = parameter('events', []);
	const events = (Array.isArray(chosen) ? chosen : asText(chosen).split(',')).map((event) => asText(event)).filter(Boolean);
	if (events.length === 0) {
		throw new EryxonFailure('input', "'Trigger On' is empty", { hint: 'Choose at least one event.', parameter: 'Trigger On' });
	}
	const window = parameter('options.replayWindow', 300);
	return {
		events: [...new Set(events)].sort(),
		externalSource: asText(parameter('options.externalSource', '')),
		replayWindowSeconds: typeof window === 'number' && window >= 0 ? window : 300,
		apiVersion: String(parameter('options.apiVersion', 'auto')) as TriggerSettings['apiVersion'],
	};
}
