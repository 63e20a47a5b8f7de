import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { killChild, startChild, stopChild } from '../../../../demo/lib/children.mts';
import type { Host } from '../../../../demo/lib/host.mts';
import { n8nEnvironment } from '../../../../demo/lib/n8n-environment.mts';
import { until } from '../../../../demo/lib/poll.mts';
import { freePort } from '../../../../demo/lib/ports.mts';

interface WorkerOptions {
	name: string;
	host: Host;
	userFolder: string;
	extra: NodeJS.ProcessEnv;
	concurrency: number;
}

/** A worker whose process can be looked at, killed and started again. */
export class ScaleWorker {
	private child: ChildProcess | undefined;

	private constructor(
		private readonly options: WorkerOptions,
		private readonly env: NodeJS.ProcessEnv,
		private readonly health: string,
	) {}

	static async prepare(options: WorkerOptions): Promise<ScaleWorker> {
		const { userFolder, extra } = options;
		mkdirSync(join(userFolder, '.n8n'), { recursive: true });
		const healthPort = await freePort();
		const forHealth = {
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(healthPort),
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		};
		const env = n8nEnvironment({
			userFolder,
			port: await freePort(),
			brokerPort: await freePort(),
			extra: { ...extra, ...forHealth },
		});
		return new ScaleWorker(options, env, `http://127.0.0.1:${healthPort}/healthz`);
	}

	get name(): string {
		return this.options.name;
	}

	get pid(): number | undefined {
		return this.child?.pid;
	}

	async start(): Promise<void> {
		const { host, userFolder, concurrency } = this.options;
		this.child = startChild({
			command: host.node,
			args: [
				'--require',
				join(process.cwd(), 'demo', 'lib', 'exit-with-parent.cjs'),
				host.n8n,
				'worker',
				`--concurrency=${concurrency}`,
			],
			env: this.env,
			cwd: userFolder,
			logFile: join(userFolder, 'worker.log'),
		});
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
