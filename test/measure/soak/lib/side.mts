import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { queryDatabase, readStaticData } from '../../../../demo/lib/database.mts';
import type { Host } from '../../../../demo/lib/host.mts';
import { N8nSession } from '../../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../../demo/lib/n8n.mts';
import { installTarball } from '../../../../demo/lib/package.mts';
import { importCredentials, importWorkflows, type Credential, type Workflow } from '../../../../demo/lib/workflows.mts';
import type { Collector } from '../../kit/collector.mts';
import { RUNS_OF, storedRuns, type StoredRun } from '../../kit/ledger.mts';
import { KEEPS_EVERYTHING } from '../../kit/realN8n.mts';
import { readProcess, withHeap, type ProcessSample } from './process.mts';

/** A machine that does much else takes this long to start n8n, in the worst case. */
const START_WITHIN_MS = 600_000;
/** n8n's own default: it gives up an activation that takes longer than 70 % of this, as a slow machine may. */
const LEASE = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '120' };
const PRELOAD = join('demo', 'lib', 'exit-with-parent.cjs');

interface SideOptions {
	name: string;
	host: Host;
	/** Repository. */
	root: string;
	/** Everything of this n8n lies in a folder below. */
	scratch: string;
	tarball: string;
	collector: Collector;
	credentials: Credential[];
	workflow: Workflow & { id: string };
}

/** One of the two n8n that are compared: a process with one active workflow, and the system that it writes to. */
export class Side {
	/** Starts so far; each begins a new series of memory. */
	life = 0;
	/** Whether it is stopped, or on its way down or up, on purpose. */
	away = true;

	private constructor(
		readonly name: string,
		readonly collector: Collector,
		private readonly host: Host,
		private readonly n8n: N8n,
		private readonly workflowId: string,
	) {}

	static async prepare({ name, host, root, scratch, tarball, collector, credentials, workflow }: SideOptions): Promise<Side> {
		const folder = join(scratch, name);
		// Own copies of all that is read later, so that the repository may change meanwhile.
		mkdirSync(folder);
		cpSync(join(root, PRELOAD), join(folder, PRELOAD));
		await installTarball(tarball, folder);
		const extra = { ...KEEPS_EVERYTHING, N8N_METRICS: 'true', ...LEASE };
		const n8n = await N8n.prepare({ host, userFolder: folder, root: folder, extra });
		await importCredentials(n8n, credentials);
		await importWorkflows(n8n, [workflow]);
		return new Side(name, collector, host, n8n, workflow.id);
	}

	get pid(): number | undefined {
		return this.n8n.pid;
	}

	async start(): Promise<void> {
		await this.n8n.start(START_WITHIN_MS);
		this.life++;
		this.away = false;
	}

	async activate(): Promise<void> {
		await (await N8nSession.open(this.n8n.url)).activate(this.workflowId);
	}

	async stop(): Promise<void> {
		this.away = true;
		await this.n8n.stop();
	}

	async kill(): Promise<void> {
		this.away = true;
		await this.n8n.kill();
	}

	/** Undefined while it is away. */
	async sample(): Promise<ProcessSample | undefined> {
		const { life } = this;
		if (this.away) return undefined;
		const sample = readProcess(this.pid);
		if (!sample && !this.away) throw new Error(`${this.name}: n8n ended by itself\n${this.n8n.logTail()}`);
		const whole = sample && (await withHeap(sample, this.n8n.url));
		return this.away || this.life !== life ? undefined : whole;
	}

	async runs(): Promise<StoredRun[]> {
		return storedRuns(await queryDatabase(this.host, this.n8n.userFolder, RUNS_OF, this.workflowId));
	}

	/** Bytes of the stored static data. */
	async staticBytes(): Promise<number> {
		const text = await readStaticData(this.host, this.n8n.userFolder, this.workflowId);
		return Buffer.byteLength(text ?? '');
	}

	/** Keeps n8n's log beyond this run, to see what went wrong. */
	keepLog(folder: string): void {
		mkdirSync(folder, { recursive: true });
		cpSync(this.n8n.logFile, join(folder, `soak-${this.name}.log`));
	}
}
