import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasEnded, killChild, startChild, stopChild } from './children.mts';
import type { Host } from './host.mts';
import { n8nEnvironment } from './n8n-environment.mts';
import { FatalError, until } from './poll.mts';
import { freePort } from './ports.mts';

export interface N8nOptions {
	host: Host;
	/** Created when missing. */
	userFolder: string;
	/** Where the sources of this library lie; the repository's root. */
	root?: string;
	/** 0 or absent: a free one. */
	port?: number;
	/** Additional environment variables. */
	extra?: NodeJS.ProcessEnv;
}

/** One n8n with a user folder of its own: command line, start, stop, kill. */
export class N8n {
	readonly url: string;
	readonly logFile: string;
	private child: ChildProcess | undefined;

	private constructor(
		private readonly host: Host,
		readonly userFolder: string,
		readonly port: number,
		private readonly preload: string,
		private readonly env: NodeJS.ProcessEnv,
	) {
		this.url = `http://127.0.0.1:${port}`;
		this.logFile = join(userFolder, 'n8n.log');
	}

	static async prepare({ host, userFolder, root = process.cwd(), port, extra }: N8nOptions): Promise<N8n> {
		mkdirSync(join(userFolder, '.n8n'), { recursive: true });
		const n8nPort = port || (await freePort());
		const env = n8nEnvironment({ userFolder, port: n8nPort, brokerPort: await freePort(), extra });
		return new N8n(host, userFolder, n8nPort, join(root, 'demo', 'lib', 'exit-with-parent.cjs'), env);
	}

	get pid(): number | undefined {
		return this.child?.pid;
	}

	/**
	 * Runs an n8n command, e.g. `import:workflow --input=file`, on the user folder of this instance.
	 *
	 * @returns what it printed
	 * @throws Error with its output when it fails
	 */
	async command(...args: string[]): Promise<string> {
		const logFile = join(this.userFolder, `n8n-${args[0].replace(/\W/g, '-')}-${process.pid}-${Date.now()}.log`);
		const child = this.spawn(args, logFile);
		await until(`n8n ${args[0]}`, () => hasEnded(child), { timeoutMs: 120_000, everyMs: 30 }).catch(async (cause) => {
			await killChild(child);
			throw cause;
		});
		const output = readFileSync(logFile, 'utf8');
		rmSync(logFile, { force: true });
		if (child.exitCode !== 0) throw new Error(`n8n ${args.join(' ')} failed:\n${output.slice(-4000)}`);
		return output;
	}

	/** Starts the server and waits until its editor and REST API answer. */
	async start(timeoutMs = 120_000): Promise<void> {
		if (this.child && !hasEnded(this.child)) throw new Error('n8n is running already');
		// After a crash n8n pauses for 10 s, against loops of crashing and restarting; nothing restarts it here but us.
		rmSync(join(this.userFolder, '.n8n', 'crash.journal'), { force: true });
		const child = this.spawn(['start'], this.logFile);
		this.child = child;
		await until(
			'n8n to become ready',
			async () => {
				if (hasEnded(child)) throw new FatalError(`n8n stopped while starting:\n${this.logTail()}`);
				return await this.isReady();
			},
			{ timeoutMs, everyMs: 100 },
		);
	}

	/** Stops it as a service manager would: SIGTERM, and SIGKILL when that takes too long. */
	async stop(): Promise<void> {
		if (this.child) await stopChild(this.child);
		this.child = undefined;
	}

	/** Ends it at once, as a power cut would (kill -9). */
	async kill(): Promise<void> {
		if (this.child) await killChild(this.child);
		this.child = undefined;
	}

	/** Resolves when the server is no longer running, whoever ended it. */
	async ended(): Promise<void> {
		const { child } = this;
		if (child && !hasEnded(child)) await new Promise((resolve) => child.once('exit', resolve));
	}

	logTail(chars = 4000): string {
		return readFileSync(this.logFile, 'utf8').slice(-chars);
	}

	private spawn(args: string[], logFile: string): ChildProcess {
		return startChild({
			command: this.host.node,
			args: ['--require', this.preload, this.host.n8n, ...args],
			env: this.env,
			cwd: this.userFolder,
			logFile,
		});
	}

	/** Green readiness alone is too early: while migrations run, other routes answer with a "starting up" text. */
	private async isReady(): Promise<boolean> {
		const health = await fetch(`${this.url}/healthz/readiness`).catch(() => undefined);
		if (health?.status !== 200) return false;
		const settings = await fetch(`${this.url}/rest/settings`).catch(() => undefined);
		if (!settings?.headers.get('content-type')?.includes('application/json')) return false;
		const body: unknown = await settings.json();
		return typeof body === 'object' && body !== null && 'data' in body;
	}
}
