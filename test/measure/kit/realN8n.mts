import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { hasEnded, killChild, startChild, stopChild } from '../../../demo/lib/children.mts';
import { queryDatabase, readStaticData, type Row } from '../../../demo/lib/database.mts';
import { findHost, type Host } from '../../../demo/lib/host.mts';
import { n8nEnvironment } from '../../../demo/lib/n8n-environment.mts';
import { N8nSession, type Execution } from '../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../../../demo/lib/package.mts';
import { until } from '../../../demo/lib/poll.mts';
import { freePort } from '../../../demo/lib/ports.mts';
import { importCredentials, importWorkflows, type Credential, type Workflow } from '../../../demo/lib/workflows.mts';
import { RUNS_OF, storedRuns, type StoredRun } from './account.mts';
import { usageOf, type ProcessUsage } from './processes.mts';

/** Nothing is pruned while it is counted. A kill in the middle of a publication leaves it leased; n8n takes it up again after this. */
export const KEEPS_EVERYTHING: NodeJS.ProcessEnv = {
	EXECUTIONS_DATA_PRUNE: 'false',
	N8N_WORKFLOW_AUTODEACTIVATION_ENABLED: 'false',
	N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '20',
	N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '1000',
};
/** A machine that does much else takes this long to start n8n, in the worst case. */
const START_WITHIN_MS = 600_000;
const PRELOAD = join('demo', 'lib', 'exit-with-parent.cjs');

export interface Wanted {
	/** Packed packages, installed as n8n installs community packages; that of the repository's `dist` when left out. */
	tarballs?: string[];
	credentials: Credential[];
	workflows: Array<Workflow & { id: string }>;
	/** Environment on top of {@link KEEPS_EVERYTHING}. */
	extra?: NodeJS.ProcessEnv;
	host?: Host;
	/** Changes the folder before n8n first reads it. */
	onFolder?: (folder: string) => void;
}

/** A real n8n in a folder of its own, with packed packages and some workflows in it: the one that is measured and killed. */
export class RealN8n {
	private current: N8nSession | undefined;

	private constructor(
		readonly host: Host,
		private n8n: N8n,
		readonly folder: string,
		private readonly tarballs: string[],
		private readonly extra: NodeJS.ProcessEnv,
	) {}

	/** Not started: commands may come first. */
	static async create({ tarballs, credentials, workflows, extra = {}, host = findHost(), onFolder }: Wanted): Promise<RealN8n> {
		const folder = mkdtempSync(join(tmpdir(), 'pico-n8n-'));
		const packages = tarballs ?? [await packPackage(process.cwd(), folder)];
		for (const tarball of packages) await installTarball(tarball, folder);
		// A copy of what each start reads, so that the repository may change meanwhile.
		cpSync(PRELOAD, join(folder, PRELOAD));
		onFolder?.(folder);
		const environment = { ...KEEPS_EVERYTHING, ...extra };
		const n8n = await N8n.prepare({ host, userFolder: folder, root: folder, extra: environment });
		const real = new RealN8n(host, n8n, folder, packages, environment);
		try {
			await importCredentials(n8n, credentials);
			await importWorkflows(n8n, workflows);
			return real;
		} catch (cause) {
			await real.remove();
			throw cause;
		}
	}

	get url(): string {
		return this.n8n.url;
	}

	get pid(): number | undefined {
		return this.n8n.pid;
	}

	async start(): Promise<void> {
		await this.n8n.start(START_WITHIN_MS);
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
	}

	/** kill -9. */
	async kill(): Promise<void> {
		await this.n8n.kill();
	}

	/** Stops it; from the next start on it has other environment variables, too. */
	async reconfigure(more: NodeJS.ProcessEnv): Promise<void> {
		await this.n8n.stop();
		const { host, folder } = this;
		this.n8n = await N8n.prepare({ host, userFolder: folder, root: folder, port: this.n8n.port, extra: { ...this.extra, ...more } });
	}

	/** A new process: nothing that ran before weighs on what is measured next. */
	async restart(): Promise<void> {
		await this.stop();
		await this.start();
	}

	/** The owner, signed in; the sign-in outlives restarts. */
	async session(): Promise<N8nSession> {
		this.current ??= await N8nSession.open(this.url);
		return this.current;
	}

	async activate(id: string): Promise<void> {
		await (await this.session()).activate(id);
	}

	async deactivate(id: string): Promise<void> {
		await (await this.session()).deactivate(id);
	}

	/** Runs an n8n command, such as `publish:workflow`, while the server is stopped. */
	async command(...args: string[]): Promise<string> {
		return await this.n8n.command(...args);
	}

	/**
	 * Runs a workflow by n8n's command line, without a server. What it printed counts, not its exit code: some releases
	 * fall over on their way out, when the run is long done.
	 */
	async execute(workflowId: string): Promise<Execution> {
		const logFile = join(this.folder, `execute-${workflowId}-${Date.now()}.log`);
		const env = n8nEnvironment({ userFolder: this.folder, port: this.n8n.port, brokerPort: await freePort(), extra: this.extra });
		const child = startChild({ command: this.host.node, args: [this.host.n8n, 'execute', `--id=${workflowId}`, '--rawOutput'], env, cwd: this.folder, logFile });
		await until(`n8n execute ${workflowId}`, () => hasEnded(child), { timeoutMs: START_WITHIN_MS }).finally(async () => await killChild(child));
		const output = readFileSync(logFile, 'utf8');
		try {
			return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as Execution;
		} catch {
			throw new Error(`n8n execute (${child.exitCode ?? child.signalCode}) said: ${output.slice(-1000)}`);
		}
	}

	/** Of n8n's SQLite database, read from outside. */
	async query(sql: string, ...parameters: Array<string | number>): Promise<Row[]> {
		return await queryDatabase(this.host, this.folder, sql, ...parameters);
	}

	async runs(workflowId: string): Promise<StoredRun[]> {
		return storedRuns(await this.query(RUNS_OF, workflowId));
	}

	async staticData(workflowId: string): Promise<string | undefined> {
		return await readStaticData(this.host, this.folder, workflowId);
	}

	usage(): ProcessUsage | undefined {
		return usageOf(this.pid);
	}

	/** Makes the highest resident memory so far forgotten, where the system can (Linux). */
	forgetPeak(): void {
		try {
			writeFileSync(`/proc/${this.pid}/clear_refs`, '5');
		} catch {
			// The figure then includes the start of n8n.
		}
	}

	/** Everything that the server wrote, over all its starts. */
	log(): string {
		return readFileSync(this.n8n.logFile, 'utf8');
	}

	/** A worker of queue mode with the same packages and settings, in a folder of its own. */
	async worker(name: string, concurrency: number): Promise<Worker> {
		const userFolder = join(this.folder, name.replace(/\W/g, '-'));
		for (const tarball of this.tarballs) await installTarball(tarball, userFolder);
		return await Worker.prepare(name, this.host, userFolder, this.extra, concurrency);
	}

	async remove(): Promise<void> {
		await this.n8n.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** A worker of n8n's queue mode. */
export class Worker {
	private child: ChildProcess | undefined;

	private constructor(
		readonly name: string,
		private readonly host: Host,
		private readonly userFolder: string,
		private readonly env: NodeJS.ProcessEnv,
		private readonly health: string,
		private readonly concurrency: number,
	) {}

	static async prepare(name: string, host: Host, userFolder: string, settings: NodeJS.ProcessEnv, concurrency: number): Promise<Worker> {
		mkdirSync(join(userFolder, '.n8n'), { recursive: true });
		const healthPort = await freePort();
		const extra = { ...settings, QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(healthPort), N8N_WORKER_SERVER_ADDRESS: '127.0.0.1' };
		const env = n8nEnvironment({ userFolder, port: await freePort(), brokerPort: await freePort(), extra });
		return new Worker(name, host, userFolder, env, `http://127.0.0.1:${healthPort}/healthz`, concurrency);
	}

	get pid(): number | undefined {
		return this.child?.pid;
	}

	async start(): Promise<void> {
		const args = ['--require', join(process.cwd(), PRELOAD), this.host.n8n, 'worker', `--concurrency=${this.concurrency}`];
		this.child = startChild({ command: this.host.node, args, env: this.env, cwd: this.userFolder, logFile: join(this.userFolder, 'worker.log') });
		await until(`${this.name} to become ready`, async () => (await fetch(this.health)).ok, { timeoutMs: 240_000 });
	}

	/** kill -9. */
	async kill(): Promise<void> {
		if (this.child) await killChild(this.child);
	}

	async stop(): Promise<void> {
		if (this.child) await stopChild(this.child);
	}
}
