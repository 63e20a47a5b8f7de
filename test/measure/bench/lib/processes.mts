import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Places } from './places.mts';

const running = new Set<ChildProcess>();

function start(command: string, args: string[], cwd: string): ChildProcess {
	const child = spawn(command, args, {
		cwd,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, NODE_OPTIONS: '' },
	});
	running.add(child);
	child.once('exit', () => running.delete(child));
	return child;
}

/** Ends what is still running; for an interrupt. */
export function endAll(): void {
	for (const child of running) child.kill('SIGKILL');
}

/**
 * Runs one measurement in a process of its own, on the Node that runs n8n.
 *
 * @param name file in `measure/` without ending; its `measure(input)` gives the result
 * @throws Error with the output of the process when it fails or takes too long
 */
export async function measureInProcess<T>(
	places: Places,
	name: string,
	input: object,
	timeoutMs = 120_000,
): Promise<T> {
	const entry = join(places.root, 'test', 'measure', 'bench', 'measure', 'main.mts');
	const args = [
		'--expose-gc',
		'--disable-warning=ExperimentalWarning',
		entry,
		name,
		JSON.stringify({ ...places, ...input }),
	];
	const child = start(places.node, args, places.root);
	let output = '';
	let complaint = '';
	child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
	const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
	const code = await new Promise((resolve) => child.once('close', (exit, signal) => resolve(signal ?? exit)));
	clearTimeout(timer);
	if (code !== 0) throw new Error(`measurement '${name}' ended with ${String(code)}\n${complaint.slice(-3000)}`);
	const line = output.trim().split('\n').at(-1) ?? '';
	return JSON.parse(line) as T;
}

export interface Server {
	url: string;
	call<T = unknown>(path: string, body?: unknown): Promise<T>;
	close(): Promise<void>;
}

/** Starts the bench's own server (see `server/main.mts`) in a process of its own. */
export async function startServer(places: Pick<Places, 'root'>, options: { rows: number }): Promise<Server> {
	const entry = join(places.root, 'test', 'measure', 'bench', 'server', 'main.mts');
	const child = start(process.execPath, ['--import', 'tsx', entry, JSON.stringify(options)], places.root);
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	let complaint = '';
	child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
	const url = await new Promise<string>((resolve, reject) => {
		if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
		child.once('exit', () => reject(new Error(`the bench's server stopped\n${complaint}`)));
	});
	return {
		url,
		async call<T>(path: string, body: unknown = {}): Promise<T> {
			const response = await fetch(`${url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
			if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
			return (await response.json()) as T;
		},
		async close() {
			child.kill('SIGTERM');
			await ended;
		},
	};
}
