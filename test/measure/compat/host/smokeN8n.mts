import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { hasEnded, killChild, startChild } from '../../../../demo/lib/children.mts';
import { queryDatabase, type Row } from '../../../../demo/lib/database.mts';
import { N8nSession, type Execution } from '../../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../../demo/lib/n8n.mts';
import { n8nEnvironment } from '../../../../demo/lib/n8n-environment.mts';
import { installTarball } from '../../../../demo/lib/package.mts';
import { until } from '../../../../demo/lib/poll.mts';
import { freePort } from '../../../../demo/lib/ports.mts';
import { importCredentials, importWorkflows, type Credential, type Workflow } from '../../../../demo/lib/workflows.mts';
import type { Installed } from './install.mts';

const START_WITHIN_MS = 300_000;

export interface Content {
	/** Packed packages, installed as n8n installs community packages. */
	tarballs: string[];
	credentials: Credential[];
	workflows: Array<Workflow & { id: string }>;
}

/** One release of n8n in a folder of its own, with packed packages and the probe in it. */
export class SmokeN8n {
	private current: N8nSession | undefined;

	private constructor(
		readonly host: Installed,
		readonly n8n: N8n,
		readonly folder: string,
	) {}

	/** Not started: commands come first. */
	static async create(root: string, host: Installed, { tarballs, credentials, workflows }: Content): Promise<SmokeN8n> {
		const folder = mkdtempSync(join(tmpdir(), 'pico-compat-'));
		for (const tarball of tarballs) await installTarball(tarball, folder);
		cpSync(join(root, 'test', 'measure', 'compat', 'probe'), join(folder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-compat-probe'), { recursive: true });
		const n8n = await N8n.prepare({ host, userFolder: folder, root, extra: environment(host, folder) });
		const smoke = new SmokeN8n(host, n8n, folder);
		try {
			await importCredentials(n8n, credentials);
			await importWorkflows(n8n, workflows);
			return smoke;
		} catch (cause) {
			await smoke.remove();
			throw cause;
		}
	}

	/** Publishes while n8n is stopped, by the command that this n8n has for it. @returns the command */
	async publish(workflowId: string): Promise<string> {
		const commands = join(this.host.folder, 'node_modules', 'n8n', 'dist', 'commands');
		if (existsSync(join(commands, 'publish', 'workflow.js'))) {
			await this.n8n.command('publish:workflow', `--id=${workflowId}`);
			return 'publish:workflow';
		}
		await this.n8n.command('update:workflow', `--id=${workflowId}`, '--active=true');
		return 'update:workflow';
	}

	async start(): Promise<void> {
		await this.n8n.start(START_WITHIN_MS);
	}

	async session(): Promise<N8nSession> {
		this.current ??= await N8nSession.open(this.n8n.url);
		return this.current;
	}

	/**
	 * Runs a workflow by n8n's command line, without a server. What it printed counts, not its exit code: some releases
	 * fall over on their way out, when the run is long done.
	 */
	async execute(workflowId: string): Promise<Execution> {
		const logFile = join(this.folder, `execute-${workflowId}-${Date.now()}.log`);
		const env = n8nEnvironment({ userFolder: this.folder, port: this.n8n.port, brokerPort: await freePort(), extra: environment(this.host, this.folder) });
		const child = startChild({ command: this.host.node, args: [this.host.n8n, 'execute', `--id=${workflowId}`, '--rawOutput'], env, cwd: this.folder, logFile });
		await until(`n8n execute ${workflowId}`, () => hasEnded(child), { timeoutMs: START_WITHIN_MS }).finally(async () => await killChild(child));
		const output = readFileSync(logFile, 'utf8');
		try {
			return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as Execution;
		} catch {
			throw new Error(`n8n execute (${child.exitCode ?? child.signalCode}) said: ${output.slice(-1000)}`);
		}
	}

	async query(sql: string, ...parameters: Array<string | number>): Promise<Row[]> {
		return await queryDatabase(this.host, this.folder, sql, ...parameters);
	}

	/** Everything that the server wrote, over all its starts. */
	log(): string {
		return existsSync(this.n8n.logFile) ? readFileSync(this.n8n.logFile, 'utf8') : '';
	}

	async remove(): Promise<void> {
		await this.n8n.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Nothing is pruned while it is counted; modules that this n8n does not have cannot be switched off in it. */
function environment(host: Installed, folder: string): NodeJS.ProcessEnv {
	const modules = join(host.folder, 'node_modules', 'n8n', 'dist', 'modules');
	const present = new Set(existsSync(modules) ? readdirSync(modules).map((name) => name.replace(/\.ee$/, '')) : []);
	const { N8N_DISABLED_MODULES = '' } = n8nEnvironment({ userFolder: folder, port: 1, brokerPort: 1 });
	return {
		N8N_DISABLED_MODULES: N8N_DISABLED_MODULES.split(',').filter((name) => present.has(name)).join(','),
		EXECUTIONS_DATA_PRUNE: 'false',
		N8N_WORKFLOW_AUTODEACTIVATION_ENABLED: 'false',
	};
}
