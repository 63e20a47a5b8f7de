import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { queryDatabase, type Row } from '../../../../demo/lib/database.mts';
import { findHost, type Host } from '../../../../demo/lib/host.mts';
import { N8nSession } from '../../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../../../../demo/lib/package.mts';
import { FatalError, until } from '../../../../demo/lib/poll.mts';
import { importCredentials, importWorkflows, type Credential, type Workflow } from '../../../../demo/lib/workflows.mts';
import type { Places } from './places.mts';

const SETTINGS = { EXECUTIONS_DATA_PRUNE: 'false', N8N_WORKFLOW_AUTODEACTIVATION_ENABLED: 'false' };

/** A real n8n with our package, in a folder of its own; its workflows are switched on by whoever measures them. */
export class Flows {
	private constructor(
		private readonly host: Host,
		private readonly n8n: N8n,
		private session: N8nSession,
	) {}

	static async start(places: Places, credentials: Credential[], workflows: Workflow[]): Promise<Flows> {
		const host = findHost(places.root);
		const userFolder = join(places.scratch, 'n8n');
		mkdirSync(userFolder);
		await installTarball(await packPackage(places.pico, places.scratch), userFolder);
		const n8n = await N8n.prepare({ host, userFolder, root: places.root, extra: SETTINGS });
		await importCredentials(n8n, credentials);
		await importWorkflows(n8n, workflows);
		await n8n.start();
		return new Flows(host, n8n, await N8nSession.open(n8n.url));
	}

	/** A new process: nothing that ran before weighs on what is measured next. */
	async restart(): Promise<void> {
		await this.n8n.stop();
		await this.n8n.start();
		this.session = await N8nSession.open(this.n8n.url);
	}

	async activate(id: string): Promise<void> {
		await this.session.activate(id);
	}

	async deactivate(id: string): Promise<void> {
		await this.session.deactivate(id);
	}

	async query(sql: string, ...parameters: Array<string | number>): Promise<Row[]> {
		return await queryDatabase(this.host, this.n8n.userFolder, sql, ...parameters);
	}

	/** Finished runs of a workflow, and when the last one ended, milliseconds since 1970. */
	async finished(id: string): Promise<{ runs: number; failed: number; lastAt: number }> {
		const [row] = await this.query(
			`SELECT SUM(status = 'success') AS runs, SUM(status NOT IN ('success', 'new', 'running')) AS failed, MAX(stoppedAt) AS last
			FROM execution_entity WHERE workflowId = ?`,
			id,
		);
		const last = String(row.last ?? '').replace(' ', 'T');
		return { runs: Number(row.runs ?? 0), failed: Number(row.failed ?? 0), lastAt: Date.parse(`${last.replace(/Z$/, '')}Z`) };
	}

	/**
	 * Waits until so many runs of a workflow finished.
	 *
	 * @returns when the last one ended, milliseconds since 1970
	 * @throws Error when more finished, one failed, or they do not finish in time
	 */
	async untilFinished(id: string, runs: number, timeoutMs: number): Promise<number> {
		const done = await until(
			`${runs} runs of ${id}`,
			async () => {
				const now = await this.finished(id);
				if (now.failed > 0) throw new FatalError(`${now.failed} runs of ${id} failed`);
				return now.runs >= runs && now;
			},
			{ timeoutMs, everyMs: 300 },
		);
		if (done.runs > runs) throw new Error(`${done.runs} runs of ${id} instead of ${runs}`);
		return done.lastAt;
	}

	/** Makes the highest resident memory so far forgotten, where the system can (Linux). */
	forgetPeak(): void {
		try {
			writeFileSync(`/proc/${this.n8n.pid}/clear_refs`, '5');
		} catch {
			// The figure then includes the start of n8n.
		}
	}

	/** Resident memory of n8n now and at its highest, MiB; `undefined` where the system does not tell. */
	memory(): { now: number; peak: number } | undefined {
		try {
			const status = readFileSync(`/proc/${this.n8n.pid}/status`, 'utf8');
			const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
			return { now: mib('VmRSS'), peak: mib('VmHWM') };
		} catch {
			return undefined;
		}
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
	}
}
