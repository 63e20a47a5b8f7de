import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { hasEnded } from '../../../demo/lib/children.mts';
import { until } from '../../../demo/lib/poll.mts';
import { freePort } from '../../../demo/lib/ports.mts';

const run = promisify(execFile);
/** PostgreSQL refuses to run as root. */
const UNPRIVILEGED = ['postgres', 'nobody'];

interface Programs {
	redis: string;
	/** Folder of initdb, postgres, createdb and psql. */
	postgres: string;
}

/** A run under a dead worker is missed after seconds; n8n's own values make that up to 90 s. */
export const SOON_MISSED = { QUEUE_WORKER_LOCK_DURATION: '10000', QUEUE_WORKER_LOCK_RENEW_TIME: '3000', QUEUE_WORKER_STALLED_INTERVAL: '5000' };

/** A Redis and a PostgreSQL for one test: own folders, own ports, loopback only, gone afterwards. */
export class QueueServers {
	private readonly children: ChildProcess[] = [];
	private readonly folder = mkdtempSync(join(tmpdir(), 'pico-queue-'));
	private redisPort = 0;
	private postgresPort = 0;
	private readonly killAll = () => this.children.forEach((child) => child.kill('SIGKILL'));

	private constructor(private readonly programs: Programs) {
		process.once('exit', this.killAll);
	}

	/** @throws Error unless `prepareQueue` has found the programs */
	static async start(): Promise<QueueServers> {
		const { PICO_FAULTS_REDIS: redis, PICO_FAULTS_POSTGRES: postgres } = process.env;
		if (!redis || !postgres) throw new Error('Redis and PostgreSQL are missing. Run this through its npm command.');
		const servers = new QueueServers({ redis, postgres });
		try {
			await servers.startRedis();
			await servers.startPostgres();
			return servers;
		} catch (error) {
			await servers.stop();
			throw error;
		}
	}

	/** What makes an n8n use these. */
	get environment(): NodeJS.ProcessEnv {
		return {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(this.redisPort),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(this.postgresPort),
			DB_POSTGRESDB_DATABASE: 'n8n',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: 'n8n',
		};
	}

	/** Rows of a query, as JSON gives them. */
	async query<T>(sql: string): Promise<T[]> {
		const whole = `SELECT coalesce(json_agg(rows), '[]') FROM (${sql}) rows`;
		const { stdout } = await run(join(this.programs.postgres, 'psql'), [...this.login, '-d', 'n8n', '-At', '-c', whole], { maxBuffer: 64 * 1024 * 1024 });
		return JSON.parse(stdout) as T[];
	}

	async stop(): Promise<void> {
		for (const child of this.children.splice(0).reverse()) {
			// For PostgreSQL: a fast shutdown that does not wait for clients.
			child.kill('SIGINT');
			await until('a server to stop', () => hasEnded(child), { timeoutMs: 15_000, everyMs: 20 }).catch(() => child.kill('SIGKILL'));
		}
		process.removeListener('exit', this.killAll);
		rmSync(this.folder, { recursive: true, force: true });
	}

	private get login(): string[] {
		return ['-h', '127.0.0.1', '-p', String(this.postgresPort), '-U', 'n8n'];
	}

	private async startRedis(): Promise<void> {
		this.redisPort = await freePort();
		const folder = join(this.folder, 'redis');
		mkdirSync(folder);
		const settings = ['--port', String(this.redisPort), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
		this.spawn(this.programs.redis, settings);
	}

	private async startPostgres(): Promise<void> {
		this.postgresPort = await freePort();
		const user = unprivilegedUser();
		const folder = join(this.folder, 'postgres');
		mkdirSync(folder, { mode: 0o700 });
		if (user) {
			chownSync(this.folder, user.uid, user.gid);
			chownSync(folder, user.uid, user.gid);
		}
		const program = (name: string) => join(this.programs.postgres, name);
		await run(program('initdb'), ['-D', folder, '-U', 'n8n', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale', 'C'], { ...user, cwd: folder });
		// As durable as by default: n8n is killed here, not the database.
		this.spawn(program('postgres'), ['-D', folder, '-p', String(this.postgresPort), '-h', '127.0.0.1', '-k', folder], user, folder);
		await until('PostgreSQL to accept connections', async () => {
			await run(program('createdb'), [...this.login, 'n8n']);
			return true;
		});
	}

	private spawn(command: string, args: string[], user?: { uid: number; gid: number }, cwd?: string): void {
		this.children.push(spawn(command, args, { ...user, cwd, stdio: 'ignore' }));
	}
}

/** Whom to run PostgreSQL as; undefined for ourselves. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	for (const name of UNPRIVILEGED) {
		try {
			const id = (what: string) => Number(execFileSync('id', [what, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
			return { uid: id('-u'), gid: id('-g') };
		} catch {
			continue;
		}
	}
	throw new Error('PostgreSQL refuses to run as root, and there is no other user');
}
