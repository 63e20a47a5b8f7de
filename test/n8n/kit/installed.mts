import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAllChildren } from '../../../demo/lib/children.mts';
import { findHost, type Host } from '../../../demo/lib/host.mts';
import { N8nSession, type Execution } from '../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../../../demo/lib/package.mts';
import { readStaticData } from '../../../demo/lib/database.mts';
import {
	importCredentials,
	importWorkflows,
	publishWorkflows,
	type Credential,
	type Workflow,
} from '../../../demo/lib/workflows.mts';

export interface Wanted {
	credentials: Credential[];
	workflows: Array<Workflow & { id: string }>;
	/** Ids of the workflows that start with n8n. */
	published?: string[];
	/** Environment variables besides those of the demo. */
	extra?: NodeJS.ProcessEnv;
}

/** A real n8n in a folder of its own, with the packed package installed as n8n installs it. */
export class InstalledN8n {
	private current: N8nSession | undefined;

	private constructor(
		readonly host: Host,
		readonly n8n: N8n,
		readonly folder: string,
		readonly packageFolder: string,
	) {}

	/** Not started yet: a test may want to run commands first. */
	static async create({ credentials, workflows, published = [], extra }: Wanted): Promise<InstalledN8n> {
		const folder = mkdtempSync(join(tmpdir(), 'pico-n8n-'));
		const host = findHost();
		const tarball = await packPackage(process.cwd(), folder);
		const packageFolder = await installTarball(tarball, folder);
		const n8n = await N8n.prepare({ host, userFolder: folder, extra });
		await importCredentials(n8n, credentials);
		await importWorkflows(n8n, workflows);
		await publishWorkflows(n8n, published);
		return new InstalledN8n(host, n8n, folder, packageFolder);
	}

	/** The signed-in owner; signs in once, the account outlives restarts. */
	async session(): Promise<N8nSession> {
		this.current ??= await N8nSession.open(this.n8n.url);
		return this.current;
	}

	/** Runs a workflow by n8n's command line, without a server. */
	async execute(workflowId: string): Promise<Execution> {
		const output = await this.n8n.command('execute', `--id=${workflowId}`, '--rawOutput');
		return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as Execution;
	}

	/** Static data of a workflow as it lies in the database. */
	async staticData(workflowId: string): Promise<string | undefined> {
		return await readStaticData(this.host, this.folder, workflowId);
	}

	async remove(): Promise<void> {
		await this.n8n.stop();
		await stopAllChildren();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
