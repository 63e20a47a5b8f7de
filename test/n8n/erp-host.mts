import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findHost, type Host } from '../../demo/lib/host.mts';
import { n8nEnvironment } from '../../demo/lib/n8n-environment.mts';
import { freePort } from '../../demo/lib/ports.mts';

export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	[more: string]: unknown;
}

export interface Credential {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

interface RunData {
	status: string;
	finished?: boolean;
	data: {
		resultData: {
			error?: { message: string; description?: string };
			runData: Record<string, { error?: { message: string }; data?: { main: ({ json: Json }[] | null)[] } }[]>;
		};
	};
}

export type Json = Record<string, unknown>;

export interface Run {
	status: string;
	error?: string;
	/** Items that a node put out on its first output, over all its runs. */
	items(node: string): Json[];
	nodeError(node: string): string | undefined;
}

/** A real n8n without its server: workflows run through `n8n execute` in a home folder of their own. */
export class CommandLineN8n {
	private constructor(
		private readonly host: Host,
		private readonly home: string,
		private readonly environment: NodeJS.ProcessEnv,
	) {}

	/** @param extra further environment variables, e.g. NODE_EXTRA_CA_CERTS */
	static async create(extra: NodeJS.ProcessEnv): Promise<CommandLineN8n> {
		const host = findHost();
		const home = await mkdtemp(join(tmpdir(), 'n8n-erp-'));
		const ports = { port: await freePort(), brokerPort: await freePort() };
		return new CommandLineN8n(host, home, n8nEnvironment({ userFolder: home, ...ports, extra }));
	}

	async importCredentials(credentials: readonly Credential[]): Promise<void> {
		await this.importFile('credentials', credentials);
	}

	async importWorkflows(workflows: readonly Json[]): Promise<void> {
		await this.importFile('workflow', workflows);
	}

	/** Runs an imported workflow to its end. A failed run is an answer, not an exception. */
	async execute(id: string): Promise<Run> {
		const { output, code } = await this.command('execute', `--id=${id}`, '--rawOutput');
		const run = parseRun(output, code);
		const { error, runData } = run.data.resultData;
		return {
			status: run.status,
			...(error ? { error: error.message } : {}),
			items: (node) => (runData[node] ?? []).flatMap((each) => each.data?.main[0] ?? []).map((item) => item.json),
			nodeError: (node) => runData[node]?.find((each) => each.error)?.error?.message,
		};
	}

	async close(): Promise<void> {
		await rm(this.home, { recursive: true, force: true });
	}

	private async importFile(kind: 'credentials' | 'workflow', content: unknown): Promise<void> {
		const file = join(this.home, `${kind}.json`);
		await writeFile(file, JSON.stringify(content));
		const { output, code } = await this.command(`import:${kind}`, `--input=${file}`);
		if (code !== 0 || !output.includes('Success')) throw new Error(`import:${kind} failed (${code}):\n${output}`);
	}

	private command(...parameters: string[]): Promise<{ output: string; code: number | null }> {
		return new Promise((resolve, reject) => {
			const child = spawn(this.host.node, [this.host.n8n, ...parameters], {
				env: this.environment,
				stdio: ['ignore', 'pipe', 'pipe'],
			});
			let output = '';
			child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
			child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
			child.on('error', reject);
			child.on('close', (code) => resolve({ output, code }));
		});
	}
}

/** The run data is the last JSON object on the output; warnings and log lines may come before it. */
function parseRun(output: string, code: number | null): RunData {
	for (let start = output.indexOf('{'); start >= 0; start = output.indexOf('\n{', start + 1)) {
		const end = output.lastIndexOf('}');
		try {
			const run = JSON.parse(output.slice(start, end + 1)) as RunData;
			if (run.data?.resultData) return run;
		} catch {
			// Not the run data yet: try from the next line that starts an object.
		}
	}
	throw new Error(`n8n execute printed no run data (exit code ${code}):\n${output.slice(-4000)}`);
}

/** A workflow that runs its nodes one after the other, started by hand. */
export function chain(id: string, nodes: readonly WorkflowNode[]): Json {
	const all = [{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} }, ...nodes].map(
		(node, index) => ({ id: `${id}-${index}`, position: [index * 220, 0], ...node }),
	);
	const connections = Object.fromEntries(
		all
			.slice(0, -1)
			.map((node, index) => [node.name, { main: [[{ node: all[index + 1]?.name, type: 'main', index: 0 }]] }]),
	);
	return { id, name: id, nodes: all, connections, settings: { executionOrder: 'v1' }, pinData: {}, active: false };
}
