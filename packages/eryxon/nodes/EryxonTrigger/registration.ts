import type { IHookFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

import { isObject } from '../shared/core/answers';

/** What this node registered, in the static data of the workflow. */
export interface Registration {
	ids: string[];
	url: string;
	secret: string;
	/** Address of the API, so that another credential registers anew. */
	base: string;
}

const KEY = 'registration';

type Context = IHookFunctions | ITriggerFunctions | IWebhookFunctions;

export function readRegistration(context: Context): Registration | undefined {
	const stored = context.getWorkflowStaticData('node')[KEY];
	if (!isObject(stored) || !Array.isArray(stored.ids) || typeof stored.secret !== 'string' || stored.secret === '') return undefined;
	return { ids: stored.ids.map(String), url: String(stored.url ?? ''), secret: stored.secret, base: String(stored.base ?? '') };
}

export function keepRegistration(context: Context, registration: Registration | undefined): void {
	const data = context.getWorkflowStaticData('node');
	if (registration) data[KEY] = { ...registration };
	else delete data[KEY];
}
