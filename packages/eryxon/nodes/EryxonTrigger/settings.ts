import type { IHookFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

import { EryxonFailure } from '../shared/api/failure';
import type { Generation } from '../shared/core/entities';
import { asText } from '../shared/core/values';

export interface TriggerSettings {
	events: string[];
	/** Only records of this ERP; all when empty. */
	externalSource: string;
	replayWindowSeconds: number;
	apiVersion: Generation | 'auto';
	/** 0: only when n8n starts. */
	checkEveryMinutes: number;
}

/** All parameters, read once. @throws EryxonFailure */
export function readSettings(context: IHookFunctions | ITriggerFunctions | IWebhookFunctions): TriggerSettings {
	const parameter = (name: string, fallback: unknown): unknown => (context as IWebhookFunctions).getNodeParameter(name, fallback as string);
	const chosen = parameter('events', []);
	const events = (Array.isArray(chosen) ? chosen : asText(chosen).split(',')).map((event) => asText(event)).filter(Boolean);
	if (events.length === 0) {
		throw new EryxonFailure('input', "'Trigger On' is empty", { hint: 'Choose at least one event.', parameter: 'Trigger On' });
	}
	const window = parameter('options.replayWindow', 300);
	const minutes = parameter('options.checkEvery', 60);
	return {
		events: [...new Set(events)].sort(),
		externalSource: asText(parameter('options.externalSource', '')),
		replayWindowSeconds: typeof window === 'number' && window >= 0 ? window : 300,
		checkEveryMinutes: typeof minutes === 'number' && minutes >= 0 ? Math.min(minutes, 1_440) : 60,
		apiVersion: String(parameter('options.apiVersion', 'auto')) as TriggerSettings['apiVersion'],
	};
}
