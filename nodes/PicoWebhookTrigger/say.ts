import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

/** Writes a line into the log of n8n that names node and workflow. */
export function say(context: IHookFunctions | IWebhookFunctions, level: 'info' | 'warn', text: string): void {
	context.logger[level](`[Pico MES Webhook Trigger '${context.getNode().name}', workflow ${context.getWorkflow().id}] ${text}`);
}
