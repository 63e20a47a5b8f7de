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

import { asFailure } from '../shared/api/failure';
import { toNodeError } from '../shared/api/nodeError';
import { properties } from './properties';
import { receive } from './receive';
import { isRegistered, register, unregister } from './register';
import { say } from './say';
import { watch } from './watch';

export class EryxonTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Eryxon MES Trigger',
		name: 'eryxonTrigger',
		icon: { light: 'file:../../icons/eryxon.svg', dark: 'file:../../icons/eryxon.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ [].concat($parameter["events"]).map((event) => event.split(".").map((word) => word[0].toUpperCase() + word.slice(1)).join(" ")).join(", ") }}',
		description: 'Starts the workflow when something happens on the shop floor of Eryxon MES',
		eventTriggerDescription: 'Waiting for Eryxon to call the test URL',
		activationMessage: 'Eryxon now calls this workflow for each chosen event. Missed events are fetched later.',
		defaults: { name: 'Eryxon MES Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'eryxonApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'eryxon' }],
		triggerPanel: {
			header: 'Let Eryxon call this workflow',
			executionsHelp: {
				inactive:
					'<b>While you build the workflow</b>, click the button, then make the event happen in Eryxon, for example complete an operation. Eryxon calls the test URL, which is registered for two minutes.<br /><br /><b>When it works</b>, publish the workflow. Eryxon then calls it for each event.',
				active:
					'<b>While you build the workflow</b>, click the button, then make the event happen in Eryxon. Eryxon calls the test URL, which is registered for two minutes in addition to that of the published workflow.<br /><br /><b>The workflow is published</b>: Eryxon calls it for each event. See the list of executions.',
			},
			activationHint: 'Publish the workflow to let Eryxon call it for each event.',
		},
		properties,
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				try {
					return await isRegistered(this);
				} catch (error) {
					throw toNodeError(this.getNode(), error);
				}
			},
			async create(this: IHookFunctions): Promise<boolean> {
				try {
					await register(this);
					return true;
				} catch (error) {
					throw toNodeError(this.getNode(), error);
				}
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				try {
					await unregister(this);
					return true;
				} catch (error) {
					say(this, 'warn', `Could not remove the webhook from Eryxon (${asFailure(error).message}). It is replaced when you publish the workflow again. You can also remove it in Eryxon under Admin > Webhooks.`);
					return false;
				}
			},
		},
	};

	/** n8n calls it at every start, unlike the methods of the webhook. */
	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return watch(this);
	}

	/** n8n would run `trigger` in a test run otherwise, in place of the event that has just come in. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}
