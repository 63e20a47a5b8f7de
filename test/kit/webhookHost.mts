import type { IDataObject } from 'n8n-workflow';

import { PicoApi } from '../../credentials/PicoApi.credentials.ts';
import { PicoWebhookTrigger } from '../../nodes/PicoWebhookTrigger/PicoWebhookTrigger.node.ts';
import { forgetMemories } from '../../nodes/PicoWebhookTrigger/memory.ts';
import { secretOf, SECRET_HEADER } from '../../nodes/PicoWebhookTrigger/registration.ts';
import type { Access } from './picoAccess.mts';
import { WebhookNodeHost } from './webhookNodeHost.mts';

const TRIGGER = {
	type: 'n8n-nodes-pico-mes.picoWebhookTrigger',
	name: 'Pico MES Webhook Trigger',
	node: () => new PicoWebhookTrigger(),
	credential: new PicoApi(),
};

/** n8n around a Pico MES Webhook Trigger. */
export class WebhookHost extends WebhookNodeHost<Access> {
	constructor(access: Access, parameters: IDataObject = {}) {
		super(TRIGGER, access, parameters);
	}

	/** What is stored of the progress. */
	get progress(): IDataObject {
		return ((this.staticData.global as IDataObject | undefined)?.['picoWebhookTrigger:node-1'] ?? {}) as IDataObject;
	}

	/** The secret that Pico is to send along. */
	override get secret(): string {
		const context = { getWorkflow: () => ({ id: this.workflowId }), getNode: () => ({ id: 'node-1' }), getMode: () => 'webhook' };
		return secretOf(context as never, this.access as never);
	}

	protected override forget(): void {
		forgetMemories();
	}

	protected override get knownHeaders(): Record<string, string> {
		return { [SECRET_HEADER]: this.secret };
	}
}
