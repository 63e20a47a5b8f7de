import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { loadOptions } from '../shared/delivery/description/loadOptions';
import {
	attachStructure,
	itemPerCompletion,
	lookBack,
	orderId,
	output,
	positionResetKey,
	products,
	subtitle,
	triggerOn,
} from '../shared/delivery/description/parameters';

export class PicoWebhookTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Pico MES Webhook Trigger',
		name: 'picoWebhookTrigger',
		icon: { light: 'file:../../icons/pico.svg', dark: 'file:../../icons/pico.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle,
		description: 'Starts the workflow when Pico MES calls its webhook, and fetches events that were missed',
		eventTriggerDescription: 'Waiting for Pico to call the test URL',
		activationMessage: 'Pico now calls this workflow for each event. Missed events are fetched within a minute.',
		defaults: { name: 'Pico MES Webhook Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'picoApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'pico' }],
		triggerPanel: {
			header: 'Let Pico call this workflow',
			executionsHelp: {
				inactive:
					'<b>While you build the workflow</b>, click the button, then make the event happen in Pico, for example complete an order. Pico calls the test URL, which is registered for two minutes.<br /><br /><b>When it works</b>, publish the workflow. Pico then calls it for each event.',
				active:
					'<b>While you build the workflow</b>, click the button, then make the event happen in Pico, for example complete an order. Pico calls the test URL, which is registered for two minutes in addition to that of the published workflow.<br /><br /><b>The workflow is published</b>: Pico calls it for each event. See the list of executions.',
			},
			activationHint: 'Publish the workflow to let Pico call it for each event.',
		},
		// In the same order and words as those of Pico MES Trigger.
		properties: [
			{
				displayName:
					'Pico must be able to reach n8n: set the environment variable WEBHOOK_URL to its public address. Missed events are fetched within a minute. After a crash, one event can arrive twice. If that is not acceptable, use <b>Pico MES Trigger</b>, for which Pico does not need to reach n8n.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			triggerOn,
			products,
			...output,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [attachStructure, lookBack, orderId, positionResetKey, itemPerCompletion],
			},
		],
	};

	methods = { loadOptions };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				const { activationFailure, isRegistered } = await import('./register');
				try {
					return await isRegistered(this);
				} catch (error) {
					throw activationFailure(this, error);
				}
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const { activationFailure, register } = await import('./register');
				try {
					await register(this);
					return true;
				} catch (error) {
					throw activationFailure(this, error);
				}
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				const { unregister } = await import('./register');
				return await unregister(this);
			},
		},
	};

	/** n8n calls it at every start, unlike the methods of the webhook. */
	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const { watch } = await import('./watch');
		return watch(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { receive } = await import('./receive');
		return await receive(this);
	}

	/** n8n would run `trigger` in a test run otherwise, in place of the event that has just come in. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { failIfUnusable } = await import('../shared/delivery/arrival');
		return failIfUnusable(this);
	}
}
