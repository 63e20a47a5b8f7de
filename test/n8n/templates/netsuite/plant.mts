import { netsuiteCredentials } from '../../../../demo/lib/netsuite-credentials.mts';
import { netsuiteSettings } from '../../../../demo/lib/netsuite-plant.mts';
import { plantTemplate, settingsFor } from '../../../../demo/lib/plant-template.mts';
import { queryDatabase } from '../../../../demo/lib/database.mts';
import { until } from '../../../../demo/lib/poll.mts';
import type { Workflow } from '../../../../demo/lib/workflows.mts';
import { startSandboxProcess, type SandboxProcess } from '../../../kit/sandbox.mts';
import { callerOf, handOver } from '../../kit/caller.mts';
import { InstalledN8n } from '../../kit/installed.mts';
import { picoCredential } from '../../kit/workflows.mts';
import { Account } from './account.mts';
import { PLANT_IDS, signedIn } from './signed-in.mts';

export interface Template {
	/** File name in `templates`, without `.json`. */
	name: string;
	id: string;
	/** Plant settings besides those that every plant enters for NetSuite. */
	settings?: Record<string, string | number | boolean>;
	published?: boolean;
	/** Of its schedule; an hour where nothing is said. */
	everySeconds?: number;
}

/** Parts that NetSuite builds and the Pico sandbox does not know by itself. */
const MORE_PARTS = ['GEAR-200', 'VALVE-300'];

/** A call as the double writes it down: `POST /record/v1/…`. */
export interface NetsuiteCall {
	id: number;
	what: string;
	status: number;
}

/** Pico, NetSuite and a real n8n with templates between them. */
export class Plant {
	private constructor(
		readonly pico: SandboxProcess,
		readonly netsuite: Account,
		readonly n8n: InstalledN8n,
		readonly workflows: ReadonlyMap<string, Workflow & { id: string }>,
	) {}

	/**
	 * n8n is not started yet. Nothing is left running when it cannot be built.
	 *
	 * @param callers workflows that hand single events to others: their ids, and the ids of those
	 */
	static async build(templates: readonly Template[], callers: Record<string, string> = {}): Promise<Plant> {
		const pico = await startSandboxProcess();
		let netsuite: Account | undefined;
		try {
			for (const partNumber of MORE_PARTS) await pico.control('POST', 'operations/deploy', { partNumber, revision: 'A' });
			netsuite = await Account.open();
			return await Plant.between(pico, netsuite, templates, callers);
		} catch (cause) {
			await netsuite?.close();
			await pico.close();
			throw cause;
		}
	}

	private static async between(pico: SandboxProcess, netsuite: Account, templates: readonly Template[], callers: Record<string, string>): Promise<Plant> {
		const credentials = [picoCredential(pico.endpoint, pico.token), ...netsuiteCredentials(netsuite.double)];
		const all: Template[] = [...signedIn(netsuite.double), ...templates];
		const settings = { ...netsuiteSettings(netsuite.double, () => ''), ...PLANT_IDS };
		const workflows = all.map(({ name, id, settings: own, everySeconds = 3600 }) =>
			plantTemplate(process.cwd(), name, {
				id,
				credentials,
				settings: { ...settingsFor(process.cwd(), name, settings), ...own },
				everySeconds,
			}),
		);
		const n8n = await InstalledN8n.create({
			credentials,
			workflows: [...workflows, ...Object.entries(callers).map(([id, called]) => callerOf(id, called))],
			published: [...all.filter((each) => each.published).map(({ id }) => id), ...Object.keys(callers)],
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

	/** Hands an event to the workflow behind a caller; answers the first item that came of it, `{error}` for a run that failed. */
	async handOver(caller: string, event: object): Promise<Record<string, unknown>> {
		return await handOver(this.n8n.n8n.url, caller, event);
	}

	/** Every call that NetSuite got, the sign-ins among them, oldest first. */
	async calls(): Promise<NetsuiteCall[]> {
		return await this.netsuite.control<NetsuiteCall[]>('GET', 'calls');
	}

	/** The calls of NetSuite while something is done. */
	async callsDuring(work: () => Promise<unknown>): Promise<NetsuiteCall[]> {
		const last = (await this.calls()).at(-1)?.id ?? 0;
		await work();
		return (await this.calls()).filter(({ id }) => id > last);
	}

	async close(): Promise<void> {
		await this.n8n.remove();
		await this.netsuite.close();
		await this.pico.close();
	}
}
