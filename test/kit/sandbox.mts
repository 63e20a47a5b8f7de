import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface SandboxProcessOptions {
	profile?: 'current' | 'mixed' | 'legacy';
	seed?: number;
	port?: number;
	token?: string;
	/** true = on a free port. */
	odoo?: boolean | number;
	/** Which Odoo the double is; the newest when left out. */
	odooVersion?: number;
	netsuite?: boolean | number;
	eryxon?: boolean | number;
	data?: string;
	switches?: Record<string, string | number | boolean>;
}

export interface SandboxProcess {
	pico: string;
	odoo?: string;
	netsuite?: string;
	/** How a machine signs in to the NetSuite double. */
	netsuiteMachine?: { clientId: string; certificateId: string; keyFile: string };
	/** Origin of the Eryxon double, and the key it accepts. */
	eryxon?: string;
	eryxonApiKey?: string;
	token: string;
	/** Full GraphQL URL for a credential. */
	endpoint: string;
	child: ChildProcess;
	/** Calls `/control/<path>` (or an absolute URL of a double); throws with the server's message on 4xx and 5xx. */
	control<T = unknown>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>;
	close(): Promise<void>;
}

const START_WITHIN_MS = 30_000;

function argumentsFor(options: SandboxProcessOptions): string[] {
	const portOf = (wanted: boolean | number) => String(wanted === true ? 0 : Number(wanted));
	const args = ['--json', '--port', String(options.port ?? 0)];
	if (options.profile) args.push('--profile', options.profile);
	if (options.seed !== undefined) args.push('--seed', String(options.seed));
	if (options.token !== undefined) args.push('--token', options.token);
	if (options.data !== undefined) args.push('--data', options.data);
	if (options.odoo !== undefined && options.odoo !== false) args.push('--odoo-port', portOf(options.odoo));
	if (options.odooVersion !== undefined) args.push('--odoo-version', String(options.odooVersion));
	if (options.netsuite !== undefined && options.netsuite !== false)
		args.push('--netsuite-port', portOf(options.netsuite));
	if (options.eryxon !== undefined && options.eryxon !== false) args.push('--eryxon-port', portOf(options.eryxon));
	for (const [name, value] of Object.entries(options.switches ?? {})) args.push('--switch', `${name}=${value}`);
	return args;
}

type Ready = Pick<SandboxProcess, 'pico' | 'odoo' | 'netsuite' | 'eryxon' | 'eryxonApiKey' | 'netsuiteMachine' | 'token'>;

async function readyLine(child: ChildProcess): Promise<Ready> {
	let complaint = '';
	child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
	if (!child.stdout) throw new Error('the sandbox process has no output');
	const lines = createInterface({ input: child.stdout });
	return new Promise((resolve, reject) => {
		const timer = setTimeout(
			() => reject(new Error(`the sandbox did not start in time\n${complaint}`)),
			START_WITHIN_MS,
		);
		child.once('exit', (code) => {
			clearTimeout(timer);
			reject(new Error(`the sandbox stopped with code ${code}\n${complaint}`));
		});
		lines.once('line', (line) => {
			clearTimeout(timer);
			resolve(JSON.parse(line) as Ready);
		});
	});
}

/** Starts the sandbox as a user would, in its own process. Run from the repository's root. */
export async function startSandboxProcess(options: SandboxProcessOptions = {}): Promise<SandboxProcess> {
	const child = spawn(
		process.execPath,
		['--import', 'tsx', 'packages/sandbox/src/main.mts', ...argumentsFor(options)],
		{
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, NODE_OPTIONS: '' },
		},
	);
	const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	const close = async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
		await exited;
	};
	try {
		const ready = await readyLine(child);
		return {
			...ready,
			endpoint: `${ready.pico}/graph/v2`,
			child,
			close,
			async control<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
				const url = /^https?:/.test(path) ? path : `${ready.pico}/control/${path.replace(/^\/?(control\/)?/, '')}`;
				const response = await fetch(url, {
					method,
					// A connection that is kept may be closed by the sandbox at the moment it is used again.
					headers: { 'content-type': 'application/json', connection: 'close' },
					body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
				});
				const answer = (await response.json()) as T & { message?: string };
				if (!response.ok) throw new Error(`${method} ${path}: ${answer.message ?? response.status}`);
				return answer;
			},
		};
	} catch (error) {
		child.kill('SIGKILL');
		await exited;
		throw error;
	}
}
