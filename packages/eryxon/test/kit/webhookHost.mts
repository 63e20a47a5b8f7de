import type { IDataObject } from 'n8n-workflow';

import { WebhookNodeHost } from '../../../../test/kit/webhookNodeHost.mts';
import { EryxonApi } from '../../credentials/EryxonApi.credentials.ts';
import { EryxonTrigger } from '../../nodes/EryxonTrigger/EryxonTrigger.node.ts';
import { forgetMemories } from '../../nodes/EryxonTrigger/memory.ts';
import type { Access } from './access.mts';

const TRIGGER = { type: 'n8n-nodes-eryxon.eryxonTrigger', name: 'Eryxon MES Trigger', node: () => new EryxonTrigger(), credential: new EryxonApi() };

/** n8n around an Eryxon MES Trigger. */
export class WebhookHost extends WebhookNodeHost<Access> {
	constructor(access: Access, parameters: IDataObject = {}) {
		super(TRIGGER, access, parameters);
	}

	/** IDs of events that are stored as handed over. */
	get seen(): string[] {
		return ((this.staticData[`node:${this.nodeName}`] as IDataObject | undefined)?.seen ?? []) as string[];
	}

	protected override forget(): void {
		forgetMemories();
	}
}
