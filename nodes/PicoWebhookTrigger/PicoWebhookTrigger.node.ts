import {
	NodeConnectionTypes,
	NodeOperationError,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { loadOptions } from '../shared/delivery/description/loadOptions';
import { activationError } from '../shared/delivery/host';
import { properties } from './properties';
import { receive } from './receive';
import { isRegistered, leftBehind, register, unregister } from './register';
import { asFailure } from '../shared/api/failure';

export class PicoWebhookTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Pico MES Webhook Trigger',
		name: 'picoWebhookTrigger',
		icon: { light: 'file:../../icons/pico.svg', dark: 'file:../../icons/pico.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ orderCompleted: "order completed", operationChanged: "operation changed", structureChanged: "product structure changed", noteSaved: "note created or updated" })[$parameter["event"]] }}',
		description: 'Starts the workflow when Pico MES calls, and fetches what such calls missed',
		eventTriggerDescription: 'Waiting for Pico to call the test URL',
		activationMessage: 'Pico now calls this workflow for every event. What it misses is fetched with the next one.',
		defaults: { name: 'Pico MES Webhook Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'picoApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'pico' }],
		triggerPanel: {
			header: 'Let Pico call this workflow',
			executionsHelp: {
				inactive:
					'<b>While building the workflow</b>, click the button and then make the event happen in Pico, for example complete an order: Pico calls the test URL, which is registered for two minutes. <br /><br /><b>When it works</b>, publish the workflow: Pico then calls it for every event.',
				active:
					'<b>While building the workflow</b>, click the button and then make the event happen in Pico, for example complete an order: Pico calls the test URL, which is registered for two minutes beside that of the active workflow.<br /><br /><b>The workflow is active</b>: Pico calls it for every event. See the executions list.',
			},
			activationHint: 'Publish the workflow to let Pico call it for every event.',
		},
		properties,
	};

	methods = { loadOptions };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				try {
					return await isRegistered(this);
				} catch (error) {
					throw readable(this, error);
				}
			},
			async create(this: IHookFunctions): Promise<boolean> {
				try {
					await register(this);
					return true;
				} catch (error) {
					throw readable(this, error);
				}
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				try {
					return await unregister(this);
				} catch (error) {
					leftBehind(this, asFailure(error).message);
					return false;
				}
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}

/** Errors of parameters are readable already. */
function readable(context: IHookFunctions, error: unknown): Error {
	return error instanceof NodeOperationError ? error : activationError(context, asFailure(error));
}
