import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { killChild, startChild, stopChild } from '../../../demo/lib/children.mts';
import type { Host } from '../../../demo/lib/host.mts';
import { n8nEnvironment } from '../../../demo/lib/n8n-environment.mts';
import { until } from '../../../demo/lib/poll.mts';
import { freePort } from '../../../demo/lib/ports.mts';

/** A worker of n8n's queue mode, with a user folder of its own. */
export class Worker {
	private child: ChildProcess | undefined;

	private constructor(
		private readonly host: Host,
		private readonly userFolder: string,
		private readonly env: NodeJS.ProcessEnv,
		private readonly healthPort: number,
	) {}

	static async prepare(host: Host, userFolder: string, extra: NodeJS.ProcessEnv): Promise<Worker> {
		mkdirSync(join(userFolder, '.n8n'), { recursive: true });
		const healthPort = await freePort();
		const env = n8nEnvironment({
			userFolder,
			port: await freePort(),
			brokerPort: await freePort(),
			extra: { ...extra, QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(healthPort), N8N_WORKER_SERVER_ADDRESS: '127.0.0.1' },
		});
		return new Worker(host, userFolder, env, healthPort);
	}

	async start(): Promise<void> {
		this.child = startChild({
			command: this.host.node,
			args: ['--require', join(process.cwd(), 'demo', 'lib', 'exit-with-parent.cjs'), this.host.n8n, 'worker', '--concurrency=5'],
			env: this.env,
			cwd: this.userFolder,
			logFile: join(this.userFolder, 'worker.log'),
		});
		const health = `http://127.0.0.1:${this.healthPort}/healthz`;
		await until('the worker to become ready', async () => (await fetch(health)).ok, { timeoutMs: 240_000 });
	}

	async kill(): Promise<void> {
		if (this.child) await killChild(this.child);
	}

	async stop(): Promise<void> {
		if (this.child) await stopChild(this.child);
	}
}
