import { join } from 'node:path';
import type { N8nSession } from '../../../../demo/lib/n8n-session.mts';
import { until } from '../../../../demo/lib/poll.mts';
import { plantTemplate } from '../../../../demo/lib/plant-template.mts';
import { odooSignature } from '../../../../demo/lib/odoo-signature.mts';
import type { Odoo } from '../../../contract/odoo/connection.mts';

export interface Completion {
	orderId: string;
	orderIndex: number;
	partNumber: string;
	producedSerial?: string | null;
	consumedSerials?: Array<{ partNumber: string; serial: string }>;
	eventId?: string;
}

export interface Outcome {
	event: Completion & { eventId: string };
	/** Why the run failed, as a table of failed events would have it; empty when it did not. */
	refused: string;
}

/** Hands single events to the completions template in a real n8n, as reconciliation and posting again do, and waits. */
export class Handover {
	private readonly ways = new Map<string, Promise<string>>();
	private count = 0;

	constructor(
		private readonly n8n: { url: string; session: N8nSession },
		/** The user of n8n in Odoo. */
		private readonly odoo: Odoo,
		/** Where n8n finds Odoo. */
		private readonly odooUrl: string,
	) {}

	/** @param settings what the plant has in "Plant settings" besides the address */
	async post(completion: Completion, settings: Record<string, string> = {}): Promise<Outcome> {
		const address = await this.way(settings);
		const event = {
			eventId: `handover-${Date.now()}-${this.count++}`,
			completedAt: new Date().toISOString(),
			producedSerial: null,
			consumedSerials: [],
			...completion,
		};
		// n8n opens the address of a webhook a moment after it is published.
		const response = await until('the workflow that hands over', async () => {
			const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) });
			return answer.status !== 404 && answer;
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`the workflow that hands over answered ${response.status}: ${text}`);
		return { event, refused: String((JSON.parse(text || '{}') as { error?: string }).error ?? '') };
	}

	/** The same for another user of Odoo. */
	by(user: Odoo): Handover {
		return new Handover(this.n8n, user, this.odooUrl);
	}

	private async way(settings: Record<string, string>): Promise<string> {
		const key = JSON.stringify(settings);
		const known = this.ways.get(key);
		if (known) return await known;
		const made = this.publish(settings);
		this.ways.set(key, made);
		return await made;
	}

	private async publish(settings: Record<string, string>): Promise<string> {
		const { session } = this.n8n;
		const { version, uid, access } = this.odoo;
		const name = `Odoo ${version} ${Date.now()} ${this.ways.size}`;
		const data = { json: odooSignature({ version, db: access.db, uid, key: access.apiKey ?? access.password ?? '' }) };
		const credential = await session.rest<{ id: string }>('POST', '/credentials', { name, type: 'httpCustomAuth', data });
		const pico = { id: 'none', name: 'none', type: 'picoApi', data: {} };
		const template = plantTemplate(process.cwd(), 'pico-completions-to-odoo', {
			id: 'replaced',
			credentials: [{ id: credential.id, name, type: 'httpCustomAuth', data }, pico],
			settings: { odooUrl: this.odooUrl, odooVersion: version, ...settings },
		});
		// It hears of nothing by itself.
		const nodes = template.nodes.map((node) => (/picoTrigger$/.test(node.type) ? { ...node, disabled: true, credentials: {} } : node));
		const posting = await session.rest<{ id: string }>('POST', '/workflows', { ...template, id: undefined, name, nodes });
		await session.activate(posting.id);
		const path = `hand-over-${Date.now()}-${this.ways.size}`;
		const caller = await session.rest<{ id: string }>('POST', '/workflows', callerOf(path, posting.id));
		await session.activate(caller.id);
		return `${this.n8n.url}/${join('webhook', path)}`;
	}
}

/** Answers a call when the workflow that posts has ended. */
function callerOf(path: string, workflowId: string) {
	const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
	return {
		name: path,
		settings: { executionOrder: 'v1' },
		nodes: [
			{ id: 'a', name: 'Hook', webhookId: path, type: 'n8n-nodes-base.webhook', typeVersion: 2, position: [0, 0], parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} } },
			{ id: 'b', name: 'Event', type: 'n8n-nodes-base.set', typeVersion: 3.4, position: [200, 0], parameters: { mode: 'raw', jsonOutput: '={{ $json.body }}', options: {} } },
			{
				id: 'c',
				name: 'Post',
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				position: [400, 0],
				onError: 'continueRegularOutput',
				alwaysOutputData: true,
				parameters: {
					source: 'database',
					workflowId: { __rl: true, mode: 'id', value: workflowId },
					workflowInputs: { mappingMode: 'defineBelow', value: {} },
					mode: 'once',
					options: { waitForSubWorkflow: true },
				},
			},
		],
		connections: { Hook: to('Event'), Event: to('Post') },
	};
}
