import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { queryDatabase, readStaticData, type Row } from '../../../demo/lib/database.mts';
import { findHost, type Host } from '../../../demo/lib/host.mts';
import { N8nSession } from '../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../../../demo/lib/package.mts';
import { importCredentials, importWorkflows, type Credential, type Workflow } from '../../../demo/lib/workflows.mts';

/** Settings under which a fault row can count on what n8n's database says. */
export const KEEPS_EVERYTHING: NodeJS.ProcessEnv = {
	EXECUTIONS_DATA_PRUNE: 'false',
	N8N_WORKFLOW_AUTODEACTIVATION_ENABLED: 'false',
	// A kill in the middle of a publication leaves it leased; n8n takes it up again after this. It also gives up an
	// activation that takes longer than 70 % of it, for good.
	N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '20',
	N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '1000',
};

/** A real n8n on SQLite, in a folder of its own, with the packed package in it. */
export class RealN8n {
	private current: N8nSession | undefined;

	private constructor(
		readonly host: Host,
		readonly n8n: N8n,
		readonly folder: string,
	) {}

	/** @param extra environment on top of {@link KEEPS_EVERYTHING} */
	static async create(credentials: Credential[], workflows: Array<Workflow & { id: string }>, extra: NodeJS.ProcessEnv = {}): Promise<RealN8n> {
		const folder = mkdtempSync(join(tmpdir(), 'pico-faults-'));
		const host = findHost();
		await installTarball(await packPackage(process.cwd(), folder), folder);
		const n8n = await N8n.prepare({ host, userFolder: folder, extra: { ...KEEPS_EVERYTHING, ...extra } });
		await importCredentials(n8n, credentials);
		await importWorkflows(n8n, workflows);
		return new RealN8n(host, n8n, folder);
	}

	/** Starts n8n; gives up only when a machine that does much else could not have done it either. */
	async start(): Promise<void> {
		await this.n8n.start(300_000);
	}

	/** The owner, signed in; the sign-in outlives restarts. */
	async session(): Promise<N8nSession> {
		this.current ??= await N8nSession.open(this.n8n.url);
		return this.current;
	}

	async query(sql: string, ...parameters: Array<string | number>): Promise<Row[]> {
		return await queryDatabase(this.host, this.folder, sql, ...parameters);
	}

	async staticData(workflowId: string): Promise<string | undefined> {
		return await readStaticData(this.host, this.folder, workflowId);
	}

	/** Open files and sockets of n8n's main process, where the system tells. */
	openFiles(): number | undefined {
		try {
			return readdirSync(`/proc/${this.n8n.pid}/fd`).length;
		} catch {
			return undefined;
		}
	}

	async remove(): Promise<void> {
		await this.n8n.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
