import { until } from '../../../../demo/lib/poll.mts';
import type { Credential } from '../../../../demo/lib/workflows.mts';
import { startDouble, type Double } from '../../../../packages/eryxon/test/kit/double.mts';
import { Collector } from '../../kit/collector.mts';
import { picoCredential } from '../../kit/flows.mts';
import { knownOrders, RUNS_OF, storedRuns, type StoredRun } from '../../kit/ledger.mts';
import { startSandboxProcess, type SandboxProcess } from '../../../kit/sandbox.mts';
import type { Installed } from '../host/install.mts';
import { SmokeN8n } from '../host/smokeN8n.mts';
import { credentials, FIRST, TRIGGER_FLOW, workflows } from './workflows.mts';

const STEP_NS = 1_000_000_000;
/** Nothing more comes after this long without any change. */
const QUIET_MS = 60_000;
export const PATIENCE_MS = 240_000;

interface SandboxState {
	streams: Array<{ transport: string }>;
	webhooks: Array<{ webhookUrl: string }>;
	deliveries: Array<{ status: number }>;
	operations: Array<{ archivedAt: string | null }>;
}

/** One release of n8n between a Pico, an Eryxon and the system that the workflow writes to. */
export class CompatPlant {
	/** Completions so far. */
	made = 0;

	private constructor(
		readonly sandbox: SandboxProcess,
		readonly eryxon: Double,
		readonly collector: Collector,
		readonly smoke: SmokeN8n,
	) {}

	static async create(root: string, host: Installed, tarballs: string[]): Promise<CompatPlant> {
		const sandbox = await startSandboxProcess();
		const eryxon = await startDouble();
		const collector = await new Collector().open();
		try {
			const pico: Credential = picoCredential(sandbox.endpoint, sandbox.token);
			const content = {
				tarballs,
				credentials: credentials(sandbox.endpoint, sandbox.token, eryxon.access),
				workflows: workflows(pico, collector.url),
			};
			return new CompatPlant(sandbox, eryxon, collector, await SmokeN8n.create(root, host, content));
		} catch (cause) {
			await collector.close();
			await eryxon.close();
			await sandbox.close();
			throw cause;
		}
	}

	async state(): Promise<SandboxState> {
		return await this.sandbox.control<SandboxState>('GET', 'state');
	}

	/** Completes `count` more units, a second apart. */
	async complete(count: number): Promise<void> {
		const startAt = new Date(FIRST + this.made * 1000).toISOString();
		await this.sandbox.control('POST', 'completions/bulk', { count, startAt, stepNs: STEP_NS, orderPrefix: `MO${this.made}` });
		this.made += count;
	}

	async untilListening(): Promise<void> {
		await until('the trigger to open its stream', async () => (await this.state()).streams.length === 1, { timeoutMs: PATIENCE_MS });
	}

	/** Until a stream of this kind is open. */
	async untilStream(transport: string): Promise<void> {
		const open = async () => (await this.state()).streams.some((stream) => stream.transport === transport);
		await until(`a stream over ${transport}`, open, { timeoutMs: PATIENCE_MS });
	}

	async untilOrders(count: number): Promise<void> {
		await until(`${count} orders at the collector`, () => this.collector.orders.size >= count, { timeoutMs: PATIENCE_MS, everyMs: 5 });
	}

	/** Runs of the trigger once each completion is known to have reached one and none is under way, or nothing changes. */
	async settledRuns(): Promise<StoredRun[]> {
		let seen = '';
		let since = Date.now();
		return await until(
			'the runs to end',
			async () => {
				const runs = storedRuns(await this.smoke.query(RUNS_OF, TRIGGER_FLOW));
				const known = knownOrders(runs, this.collector.hits).size;
				const busy = runs.filter(({ status }) => ['new', 'running'].includes(status)).length;
				const now = `${known} ${runs.length} ${busy}`;
				if (now !== seen) [seen, since] = [now, Date.now()];
				return (known >= this.made && busy === 0) || Date.now() - since > QUIET_MS ? runs : undefined;
			},
			{ timeoutMs: PATIENCE_MS * 2, everyMs: 500 },
		);
	}

	async close(): Promise<void> {
		await this.smoke.remove();
		await this.collector.close();
		await this.eryxon.close();
		await this.sandbox.close();
	}
}
