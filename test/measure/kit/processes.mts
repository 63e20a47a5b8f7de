import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

import type { Places } from './places.mts';

const running = new Set<ChildProcess>();

function start(command: string, args: string[], cwd: string): ChildProcess {
	const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } });
	running.add(child);
	child.once('exit', () => running.delete(child));
	return child;
}

/** Ends what is still running; for an interrupt. */
export function endAll(): void {
	for (const child of running) child.kill('SIGKILL');
}

/** What every measurement in a process of its own is told: where things lie. */
export type Given = Pick<Places, 'host' | 'pico' | 'root'>;

/**
 * Runs a measurement in a process of its own, on the Node that runs n8n. That Node takes the types off by itself, so
 * that the file, and whatever it imports, may use no syntax of TypeScript but types.
 *
 * @param file `import.meta.url` of the file that exports `measure` under its own name
 * @throws Error with the output of the process when it fails or takes too long
 */
export async function inProcess<I extends object, R>(places: Places, file: string, measure: (input: I & Given) => Promise<R>, input: I, timeoutMs = 600_000): Promise<R> {
	const entry = join(places.root, 'test', 'measure', 'kit', 'measured.mts');
	const child = start(places.node, ['--expose-gc', '--disable-warning=ExperimentalWarning', entry, file, measure.name, JSON.stringify({ ...places, ...input })], places.root);
	let [output, complaint] = ['', ''];
	child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
	const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
	const code = await new Promise((resolve) => child.once('close', (exit, signal) => resolve(signal ?? exit)));
	clearTimeout(timer);
	if (code !== 0) throw new Error(`measurement '${measure.name}' ended with ${String(code)}\n${complaint.slice(-3000)}`);
	return JSON.parse(output.trim().split('\n').at(-1) ?? '') as R;
}

export interface Server {
	url: string;
	/** Full GraphQL URL, and a token that it takes. */
	access: { endpoint: string; token: string };
	call<T = unknown>(path: string, body?: unknown): Promise<T>;
	close(): Promise<void>;
}

/** Starts the prepared server (see `eventServer/main.mts`) in a process of its own. */
export async function startServer({ root }: Pick<Places, 'root'>, options: { rows: number }): Promise<Server> {
	const entry = join(root, 'test', 'measure', 'kit', 'eventServer', 'main.mts');
	const child = start(process.execPath, ['--import', 'tsx', entry, JSON.stringify(options)], root);
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	let complaint = '';
	child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
	const url = await new Promise<string>((resolve, reject) => {
		if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
		child.once('exit', () => reject(new Error(`the prepared server stopped\n${complaint}`)));
	});
	return {
		url,
		access: { endpoint: `${url}/graph/v2`, token: 'bench' },
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

/** Time and processor time of this process for a piece of work, after a garbage collection. */
export async function timed(work: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
	global.gc?.();
	const cpu = process.cpuUsage();
	const started = performance.now();
	await work();
	const ms = performance.now() - started;
	const { user, system } = process.cpuUsage(cpu);
	return { ms, cpuMs: (user + system) / 1000 };
}

/**
 * Times the same work done by several sides, in turns, so that a busy machine weighs on all. The first round warms up.
 *
 * @returns milliseconds and processor milliseconds of each round, by side
 */
export async function inTurns<S extends string>(rounds: number, sides: Record<S, () => Promise<unknown>>): Promise<Record<S, { ms: number[]; cpu: number[] }>> {
	const names = Object.keys(sides) as S[];
	const result = Object.fromEntries(names.map((name) => [name, { ms: [] as number[], cpu: [] as number[] }])) as Record<S, { ms: number[]; cpu: number[] }>;
	for (let round = 0; round <= rounds; round++) {
		for (const name of names) {
			const { ms, cpuMs } = await timed(sides[name]);
			if (round === 0) continue;
			result[name].ms.push(ms);
			result[name].cpu.push(cpuMs);
		}
	}
	return result;
}

export interface ProcessUsage {
	/** Resident memory now and at its highest, and the part of it that is no mapped file, MiB. */
	rss: number;
	peak: number;
	anonymous: number;
	/** Open file descriptors, sockets among them. */
	files: number;
	sockets: number;
	/** Processor time since the process began, seconds. */
	cpu: number;
}

/** What Linux tells of a process; undefined when it has ended, and on other systems. */
export function usageOf(pid: number | undefined): ProcessUsage | undefined {
	if (pid === undefined) return undefined;
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
		const open = readdirSync(`/proc/${pid}/fd`);
		// After the command in brackets, which may hold blanks: state is the third field, utime the 14th, stime the 15th, in
		// hundredths of a second on every Linux that runs Node.
		const times = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
		const sockets = open.filter((file) => isSocket(`/proc/${pid}/fd/${file}`)).length;
		const usage = { rss: mib('VmRSS'), peak: mib('VmHWM'), anonymous: mib('RssAnon'), files: open.length, sockets, cpu: (Number(times[11]) + Number(times[12])) / 100 };
		return usage.rss > 0 ? usage : undefined;
	} catch {
		return undefined;
	}
}

function isSocket(link: string): boolean {
	try {
		return readlinkSync(link).startsWith('socket:');
	} catch {
		return false;
	}
}
