import { netsuiteCredentials } from '../../../../demo/lib/netsuite-credentials.mts';
import { plantTemplate } from '../../../../demo/lib/plant-template.mts';
import { queryDatabase } from '../../../../demo/lib/database.mts';
import { until } from '../../../../demo/lib/poll.mts';
import type { Workflow } from '../../../../demo/lib/workflows.mts';
import { startSandboxProcess, type SandboxProcess } from '../../../kit/sandbox.mts';
import { InstalledN8n } from '../../kit/installed.mts';
import { picoCredential } from '../../kit/workflows.mts';
import { Account } from './account.mts';

export interface Template {
	/** File name in `templates`, without `.json`. */
	name: string;
	id: string;
	/** Plant settings besides the address of NetSuite, for templates that have them. */
	settings?: Record<string, string | number>;
	published?: boolean;
}

/** Parts that NetSuite builds and the Pico sandbox does not know by itself. */
const MORE_PARTS = ['GEAR-200', 'VALVE-300'];

/** Pico, NetSuite and a real n8n with templates between them. */
export class Plant {
	private constructor(
		readonly pico: SandboxProcess,
		readonly netsuite: Account,
		readonly n8n: InstalledN8n,
		readonly workflows: ReadonlyMap<string, Workflow & { id: string }>,
	) {}

	/** n8n is not started yet. Nothing is left running when it cannot be built. */
	static async build(templates: readonly Template[]): Promise<Plant> {
		const pico = await startSandboxProcess();
		let netsuite: Account | undefined;
		try {
			for (const partNumber of MORE_PARTS) await pico.control('POST', 'operations/deploy', { partNumber, revision: 'A' });
			netsuite = await Account.open();
			return await Plant.between(pico, netsuite, templates);
		} catch (cause) {
			await netsuite?.close();
			await pico.close();
			throw cause;
		}
	}

	private static async between(pico: SandboxProcess, netsuite: Account, templates: readonly Template[]): Promise<Plant> {
		const credentials = [picoCredential(pico.endpoint, pico.token), ...netsuiteCredentials(netsuite.double)];
		const workflows = templates.map(({ name, id, settings }) =>
			plantTemplate(process.cwd(), name, {
				id,
				credentials,
				settings: withUrl(name, netsuite.double.plainUrl, settings),
				everySeconds: 3600,
			}),
		);
		const n8n = await InstalledN8n.create({
			credentials,
			workflows,
			published: templates.filter((each) => each.published).map(({ id }) => id),
			netsuite: netsuite.double,
		});
		return new Plant(pico, netsuite, n8n, new Map(workflows.map((workflow) => [workflow.id, workflow])));
	}

	/** How many executions of a workflow are in n8n's database, by status. */
	async executions(workflowId: string): Promise<Record<string, number>> {
		const rows = await queryDatabase(
			this.n8n.host,
			this.n8n.folder,
			'SELECT status, COUNT(*) AS n FROM execution_entity WHERE workflowId = ? GROUP BY status',
			workflowId,
		);
		return Object.fromEntries(rows.map(({ status, n }) => [String(status), Number(n)]));
	}

	/** Presses "Execute workflow" and waits for the end of the run; answers its status. */
	async runByHand(workflowId: string): Promise<string> {
		const session = await this.n8n.session();
		const { executionId } = await session.runManually(workflowId, 'Run now');
		return await until(
			`the run of ${workflowId}`,
			async () => {
				const run = (await session.runs(workflowId)).find(({ id }) => id === String(executionId));
				return run && !['new', 'running', 'waiting'].includes(run.status) && run.status;
			},
			{ timeoutMs: 120_000 },
		);
	}

	/** The run of a workflow that ended last, with its data. */
	async lastRun(workflowId: string) {
		const [last] = (await (await this.n8n.session()).executions(workflowId)).slice(-1);
		return last;
	}

	async close(): Promise<void> {
		await this.n8n.remove();
		await this.netsuite.close();
		await this.pico.close();
	}
}

/** These have no address of NetSuite to fill in; for the first one the credential has it. */
const WITHOUT_URL = ['netsuite-orders-to-pico-community-node', 'repost-failed-events'];

const withUrl = (name: string, netsuiteUrl: string, settings: Template['settings'] = {}) =>
	WITHOUT_URL.includes(name) ? settings : { netsuiteUrl, ...settings };
