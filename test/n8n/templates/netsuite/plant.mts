import { netsuiteCredentials } from '../../../../demo/lib/netsuite-credentials.mts';
import { NETSUITE_BOOKING, NETSUITE_CALLS, netsuiteSettings } from '../../../../demo/lib/netsuite-plant.mts';
import { plantTemplate, settingsFor } from '../../../../demo/lib/plant-template.mts';
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
	/** Plant settings besides those that every plant enters for NetSuite. */
	settings?: Record<string, string | number>;
	published?: boolean;
}

/** The workflows through which the templates reach NetSuite; nothing of their runs is kept. */
export const CALLS = 'netsuiteCalls000';
export const BOOKING = 'netsuiteBook0000';
const SIGNED_IN: readonly Template[] = [
	{ name: NETSUITE_CALLS, id: CALLS, published: true },
	{ name: NETSUITE_BOOKING, id: BOOKING, published: true },
];

/** Parts that NetSuite builds and the Pico sandbox does not know by itself. */
const MORE_PARTS = ['GEAR-200', 'VALVE-300'];

/** A call as the double writes it down: `POST /record/v1/…`. */
export interface NetsuiteCall {
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
		const all = [...SIGNED_IN, ...templates];
		const settings = netsuiteSettings(netsuite.double, (name) => all.find((each) => each.name === name)?.id ?? '');
		const workflows = all.map(({ name, id, settings: own }) =>
			plantTemplate(process.cwd(), name, {
				id,
				credentials,
				settings: { ...settingsFor(process.cwd(), name, settings), ...own },
				everySeconds: 3600,
			}),
		);
		const n8n = await InstalledN8n.create({
			credentials,
			workflows,
			published: all.filter((each) => each.published).map(({ id }) => id),
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

	/** Every call that NetSuite got, the sign-ins among them, oldest first. */
	async calls(): Promise<NetsuiteCall[]> {
		return await this.netsuite.control<NetsuiteCall[]>('GET', 'calls');
	}

	/** Of those, how many were sign-ins. */
	async signIns(): Promise<number> {
		return (await this.calls()).filter(({ what }) => what.includes('/oauth2/v1/token')).length;
	}

	async close(): Promise<void> {
		await this.n8n.remove();
		await this.netsuite.close();
		await this.pico.close();
	}
}
