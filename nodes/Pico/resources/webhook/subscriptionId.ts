import type { INodeProperties } from 'n8n-workflow';

import { asEntered, refuse } from '../../helpers/parameters';
import type { Run } from '../../helpers/run';

const LABEL = 'Subscription ID';

export const subscriptionIdDescription: INodeProperties = {
	displayName: LABEL,
	name: 'subscriptionId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. n8n-completions',
	description: 'Name that you choose for the webhook: letters, digits, hyphens and underscores',
};

export function readSubscriptionId(run: Run, item: number): string {
	const id = asEntered(run.parameter('subscriptionId', item, '')).trim();
	if (id === '') throw refuse(LABEL, 'is empty', 'Choose a name for the webhook, such as n8n-completions.');
	return id;
}

/** Pico only asks for a URL-safe id; what is created here stays on the safe side of that. */
export function checkNewId(id: string): void {
	if (!/^[A-Za-z0-9._~-]{1,64}$/.test(id)) {
		throw refuse(LABEL, `is '${id.slice(0, 70)}'`, 'Use at most 64 letters, digits, hyphens and underscores.');
	}
}
