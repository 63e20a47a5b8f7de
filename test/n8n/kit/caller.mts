import type { Workflow } from '../../../demo/lib/workflows.mts';
import { until } from '../../../demo/lib/poll.mts';

/** A workflow with a webhook that hands its call to another workflow, waits for the end, and answers what came of it. */
export function callerOf(id: string, workflowId: string): Workflow & { id: string } {
	const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
	const parameters = {
		source: 'database',
		workflowId: { __rl: true, mode: 'id', value: workflowId },
		workflowInputs: { mappingMode: 'defineBelow', value: {} },
		mode: 'once',
		options: { waitForSubWorkflow: true },
	};
	return {
		id,
		name: id,
		settings: { executionOrder: 'v1' },
		nodes: [
			{ id: `${id}a`, name: 'Hook', webhookId: id, type: 'n8n-nodes-base.webhook', typeVersion: 2, position: [0, 0], parameters: { httpMethod: 'POST', path: id, responseMode: 'lastNode', options: {} } },
			{ id: `${id}b`, name: 'Event', type: 'n8n-nodes-base.set', typeVersion: 3.4, position: [200, 0], parameters: { mode: 'raw', jsonOutput: '={{ $json.body }}', options: {} } },
			{ id: `${id}c`, name: 'Call', type: 'n8n-nodes-base.executeWorkflow', typeVersion: 1.2, position: [400, 0], onError: 'continueRegularOutput', alwaysOutputData: true, parameters },
		],
		connections: { Hook: to('Event'), Event: to('Call') },
	};
}

/** Hands an event to such a workflow; answers the first item that came of it, `{error}` for a run that failed. */
export async function handOver(n8nUrl: string, callerId: string, event: object): Promise<Record<string, unknown>> {
	// n8n opens the address of a webhook a moment after it is published.
	const response = await until('the workflow that hands over', async () => {
		const answer = await fetch(`${n8nUrl}/webhook/${callerId}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) });
		return answer.status !== 404 && answer;
	});
	const text = await response.text();
	if (!response.ok) throw new Error(`the workflow that hands over answered ${response.status}: ${text}`);
	return JSON.parse(text || '{}') as Record<string, unknown>;
}
