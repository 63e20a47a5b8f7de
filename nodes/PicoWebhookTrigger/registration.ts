import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { z } from '../shared/vendor/zod';

const stored = z.object({
	subscriptionId: z.string(),
	webhookUrl: z.string(),
	fragment: z.string(),
	secret: z.string().min(20),
});

/** What is known of the webhook that this node registered at Pico. */
export type Registration = z.infer<typeof stored>;

/**
 * Kept in the static data of the node, which goes with its name: a renamed node registers anew. In a test run n8n
 * hands out empty static data and forgets them afterwards.
 */
export function readRegistration(context: IHookFunctions | IWebhookFunctions): Registration | undefined {
	return stored.safeParse(context.getWorkflowStaticData('node').registration).data;
}

export function keepRegistration(context: IHookFunctions, registration: Registration | undefined): void {
	const data = context.getWorkflowStaticData('node');
	if (registration) data.registration = registration;
	else delete data.registration;
}
