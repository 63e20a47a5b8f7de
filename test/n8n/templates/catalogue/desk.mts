import { plantTemplate } from '../../../../demo/lib/plant-template.mts';
import { until } from '../../../../demo/lib/poll.mts';
import { hasRunEnded, type Execution } from '../../../../demo/lib/n8n-session.mts';
import type { Credential, WorkflowNode } from '../../../../demo/lib/workflows.mts';
import { InstalledN8n } from '../../kit/installed.mts';

export interface OnDesk {
	/** File name in `templates`, without `.json`. */
	name: string;
	id: string;
	settings?: Record<string, string | number | boolean>;
	published?: boolean;
	/** Of its schedule; an hour where nothing is said. */
	everySeconds?: number;
}

/** A real n8n with templates, at which a person sits and presses "Execute workflow". */
export class Desk {
	constructor(readonly installed: InstalledN8n) {}

	/** Starts n8n with these templates. */
	static async open(credentials: Credential[], templates: readonly OnDesk[]): Promise<Desk> {
		const workflows = templates.map(({ name, id, settings, everySeconds = 3600 }) =>
			plantTemplate(process.cwd(), name, { id, credentials, settings, everySeconds }),
		);
		const published = templates.filter((template) => template.published).map(({ id }) => id);
		const installed = await InstalledN8n.create({ credentials, workflows, published });
		await installed.n8n.start();
		return new Desk(installed);
	}

	/** Starts a workflow at a node by hand; answers the run when it has ended. */
	async press(workflowId: string, startNode: string): Promise<Execution> {
		const session = await this.installed.session();
		const { executionId } = await session.runManually(workflowId, startNode);
		await until(
			`the run of ${workflowId}`,
			async () => (await session.runs(workflowId)).some((run) => run.id === String(executionId) && hasRunEnded(run)),
			{ timeoutMs: 150_000, everyMs: 200 },
		);
		const run = (await session.executions(workflowId)).find(({ id }) => id === String(executionId));
		if (!run) throw new Error(`the run of ${workflowId} left no data`);
		return run;
	}

	/** Resolves once the runs of a workflow have ended and no new one has begun for a second. */
	async settle(workflowId: string): Promise<void> {
		const session = await this.installed.session();
		let known = '';
		let since = Date.now();
		await until(
			`the runs of ${workflowId} to end`,
			async () => {
				const runs = await session.runs(workflowId);
				const now = JSON.stringify(runs);
				if (now !== known) [known, since] = [now, Date.now()];
				return runs.every(hasRunEnded) && Date.now() - since > 1000;
			},
			{ timeoutMs: 120_000, everyMs: 250 },
		);
	}

	/** Publishes a workflow with its Pico trigger switched off: it can be called, but hears of nothing. Or with it on again. */
	async publishDeaf(workflowId: string, disabled = true): Promise<void> {
		const session = await this.installed.session();
		const { nodes, versionId } = await session.rest<{ nodes: WorkflowNode[]; versionId: string }>('GET', `/workflows/${workflowId}`);
		const deaf = nodes.map((node) => (node.type === 'n8n-nodes-pico-mes.picoTrigger' ? { ...node, disabled } : node));
		await session.rest('PATCH', `/workflows/${workflowId}`, { nodes: deaf, versionId });
		await session.activate(workflowId);
	}

	async close(): Promise<void> {
		await this.installed.remove();
	}
}
