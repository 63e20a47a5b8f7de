import { importWorkflows, publishWorkflows, type Workflow } from '../../../demo/lib/workflows.mts';
import type { InstalledN8n } from './installed.mts';

/**
 * Has a workflow receive every event once more: what a person does who sets Start From to the beginning, enters a new
 * Position Reset Key and publishes again. n8n must be stopped, and is started.
 */
export async function deliverEverythingAgain(
	installed: InstalledN8n,
	workflow: Workflow & { id: string },
	positionResetKey: string,
): Promise<void> {
	const again = {
		...workflow,
		nodes: workflow.nodes.map((node) => {
			if (node.type !== 'n8n-nodes-pico-mes.picoTrigger') return node;
			const options = { ...(node.parameters.options as object | undefined), positionResetKey };
			return { ...node, parameters: { ...node.parameters, startFrom: 'earliest', options } };
		}),
	};
	if (again.nodes.every((node, index) => node === workflow.nodes[index])) throw new Error(`"${workflow.name}" has no Pico trigger`);
	await importWorkflows(installed.n8n, [again]);
	await publishWorkflows(installed.n8n, [workflow.id]);
	await installed.n8n.start();
}
