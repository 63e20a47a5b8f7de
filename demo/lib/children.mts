import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { DeadlineError, until } from './poll.mts';

export interface ChildOptions {
	command: string;
	args: string[];
	env: NodeJS.ProcessEnv;
	cwd?: string;
	/** Output of the child goes to this file. */
	logFile: string;
}

const running = new Set<ChildProcess>();

/**
 * Starts a child in a process group of its own, so that Ctrl-C in a terminal reaches only us and we decide the order
 * in which things stop. The IPC channel tells the child when we are gone (see exit-with-parent.cjs).
 */
export function startChild({ command, args, env, cwd, logFile }: ChildOptions): ChildProcess {
	const log = openSync(logFile, 'a');
	try {
		const child = spawn(command, args, {
			cwd,
			env,
			detached: process.platform !== 'win32',
			stdio: ['ignore', log, log, 'ipc'],
		});
		child.on('message', () => undefined);
		running.add(child);
		child.once('exit', () => running.delete(child));
		child.once('error', () => running.delete(child));
		return child;
	} finally {
		closeSync(log);
	}
}

export const hasEnded = (child: ChildProcess) =>
	child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

/** Asks a child to stop, and ends its whole process group when it has not within `graceMs`. */
export async function stopChild(child: ChildProcess, graceMs = 25_000): Promise<void> {
	if (!hasEnded(child)) {
		child.kill('SIGTERM');
		await until('a process to stop', () => hasEnded(child), { timeoutMs: graceMs, everyMs: 50 }).catch((cause) => {
			if (!(cause instanceof DeadlineError)) throw cause;
		});
	}
	await killChild(child);
}

/** Ends a child and everything it started, at once. */
export async function killChild(child: ChildProcess): Promise<void> {
	if (child.pid === undefined) return;
	try {
		if (process.platform === 'win32') child.kill('SIGKILL');
		else process.kill(-child.pid, 'SIGKILL');
	} catch {
		child.kill('SIGKILL');
	}
	await until('a killed process to end', () => hasEnded(child), { timeoutMs: 10_000, everyMs: 20 });
}

/** Everything that was started and has not been stopped. */
export async function stopAllChildren(graceMs?: number): Promise<number> {
	const children = [...running];
	await Promise.all(children.map((child) => stopChild(child, graceMs)));
	return children.length;
}
