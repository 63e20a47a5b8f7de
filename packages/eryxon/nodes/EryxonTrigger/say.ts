import type { IHookFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

/** A line in n8n's log that names workflow and node. */
export function say(context: IHookFunctions | ITriggerFunctions | IWebhookFunctions, level: 'info' | 'warn', text: string): void {
	context.logger[level](`Eryxon MES Trigger '${context.getNode().name}' (workflow ${context.getWorkflow().id ?? ''}): ${text}`);
}
