import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findHost } from '../../../../demo/lib/host.mts';
import { N8nSession } from '../../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../../../../demo/lib/package.mts';
import { importCredentials, importWorkflows, type Credential, type Workflow } from '../../../../demo/lib/workflows.mts';
import { preparePlaces } from '../../bench/lib/places.mts';
import { Collector } from '../../kit/collector.mts';
import { QueueServers, queuePrograms } from '../../kit/queueServers.mts';
import { KEEPS_EVERYTHING } from '../../kit/realN8n.mts';
import { startSandboxProcess, type SandboxProcess } from '../../../kit/sandbox.mts';
import { ScaleWorker } from './worker.mts';

export interface FarmOptions {
	workers: number;
	/** Runs that a worker carries out at the same time. */
	concurrency: number;
	/** Environment of main and workers on top of what the queue needs. */
	settings: NodeJS.ProcessEnv;
	/** Made for the doubles' addresses, which are known only now. */
	flows: (
		sandbox: SandboxProcess,
		collector: Collector,
	) => { credentials: Credential[]; workflows: Array<Workflow & { id: string }> };
}

/** n8n in queue mode with its servers, a Pico, an Odoo and the receiver of the lean flow, all on loopback. */
export class Farm {
	readonly workers: ScaleWorker[] = [];
	sandbox!: SandboxProcess;
	collector!: Collector;
	servers!: QueueServers;
	main!: N8n;
	private current: N8nSession | undefined;
	private readonly folder = mkdtempSync(join(tmpdir(), 'pico-scale-'));
	private scratch: string | undefined;

	/** What is running already is in the farm at any moment, so that an interrupt can close it. */
	async open({ workers, concurrency, settings, flows }: FarmOptions, say: (text: string) => void): Promise<void> {
		const programs = queuePrograms();
		if (!programs) throw new Error('Redis and PostgreSQL are missing');
		say('building the package in a scratch folder');
		const root = process.cwd();
		const places = await preparePlaces(root);
		this.scratch = places.scratch;
		const tarball = await packPackage(places.pico, this.folder);
		say('starting Redis, PostgreSQL, Pico and Odoo');
		this.servers = await QueueServers.start(programs);
		this.sandbox = await startSandboxProcess({ odoo: true });
		this.collector = await new Collector().open();

		say('starting n8n');
		const host = findHost(root);
		const extra = { ...KEEPS_EVERYTHING, ...this.servers.environment, ...settings };
		const mainFolder = join(this.folder, 'main');
		await installTarball(tarball, mainFolder);
		this.main = await N8n.prepare({ host, userFolder: mainFolder, extra });
		const { credentials, workflows } = flows(this.sandbox, this.collector);
		await importCredentials(this.main, credentials);
		await importWorkflows(this.main, workflows);
		await this.main.start(300_000);
		for (let number = 1; number <= workers; number++) {
			const userFolder = join(this.folder, `worker-${number}`);
			await installTarball(tarball, userFolder);
			const worker = await ScaleWorker.prepare({
				name: `worker ${number}`,
				host,
				userFolder,
				extra,
				concurrency,
			});
			this.workers.push(worker);
			await worker.start();
		}
	}

	async session(): Promise<N8nSession> {
		this.current ??= await N8nSession.open(this.main.url);
		return this.current;
	}

	async close(): Promise<void> {
		await this.main?.stop();
		for (const worker of this.workers) await worker.stop();
		await this.collector?.close();
		await this.sandbox?.close();
		await this.servers?.stop();
		for (const folder of [this.folder, this.scratch]) if (folder) rmSync(folder, { recursive: true, force: true });
	}
}
