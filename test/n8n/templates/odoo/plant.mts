import { queryDatabase } from '../../../../demo/lib/database.mts';
import { plantTemplate } from '../../../../demo/lib/plant-template.mts';
import { until } from '../../../../demo/lib/poll.mts';
import type { Credential, Workflow } from '../../../../demo/lib/workflows.mts';
import { startSandboxProcess, type SandboxProcess } from '../../../kit/sandbox.mts';
import { InstalledN8n } from '../../kit/installed.mts';
import { picoCredential } from '../../kit/workflows.mts';
import { Company } from './company.mts';

export interface Template {
	/** File name in `templates`, without `.json`. */
	name: string;
	id: string;
	/** Whether it asks for Odoo in "Plant settings"; it does unless it says no. */
	talksToOdoo?: boolean;
	published?: boolean;
}

/** Pico, Odoo and a real n8n with templates between them. */
export class Plant {
	private constructor(
		readonly pico: SandboxProcess,
		readonly odoo: Company,
		readonly installed: InstalledN8n,
		readonly workflows: ReadonlyMap<string, Workflow & { id: string }>,
	) {}

	/**
	 * n8n is not started yet. Nothing is left running when it cannot be built.
	 *
	 * @param addressOf where n8n finds this Odoo, for a test that puts something in between
	 */
	static async build(templates: readonly Template[], addressOf = async (odoo: string) => await Promise.resolve(odoo)): Promise<Plant> {
		const pico = await startSandboxProcess({ odoo: true });
		try {
			return await Plant.beside(pico, templates, await addressOf(pico.odoo ?? ''));
		} catch (cause) {
			await pico.close();
			throw cause;
		}
	}

	private static async beside(pico: SandboxProcess, templates: readonly Template[], odooUrl: string): Promise<Plant> {
		const odoo = new Company(pico);
		const credentials: Credential[] = [
			picoCredential(pico.endpoint, pico.token),
			odoo.signature(),
		];
		const settings = { odooUrl };
		const workflows = templates.map(({ name, id, talksToOdoo = true }) =>
			plantTemplate(process.cwd(), name, { id, credentials, everySeconds: 3600, ...(talksToOdoo ? { settings } : {}) }),
		);
		const installed = await InstalledN8n.create({
			credentials,
			workflows,
			published: templates.filter(({ published }) => published).map(({ id }) => id),
		});
		return new Plant(pico, odoo, installed, new Map(workflows.map((workflow) => [workflow.id, workflow])));
	}

	/** Presses "Execute workflow" and waits for the end of the run; answers its status. */
	async runByHand(workflowId: string): Promise<string> {
		const session = await this.installed.session();
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
		return (await (await this.installed.session()).executions(workflowId)).at(-1);
	}

	/** How many executions of a workflow are in n8n's database, by status. */
	async executions(workflowId: string): Promise<Record<string, number>> {
		const { host, folder } = this.installed;
		const sql = 'SELECT status, COUNT(*) AS n FROM execution_entity WHERE workflowId = ? GROUP BY status';
		const rows = await queryDatabase(host, folder, sql, workflowId);
		return Object.fromEntries(rows.map(({ status, n }) => [String(status), Number(n)]));
	}

	async close(): Promise<void> {
		await this.installed.remove();
		await this.pico.close();
	}
}
