import { spawn } from 'node:child_process';
import { onInterrupt } from './interrupt.mjs';
import { StepError } from './steps.mjs';

const GRACE_MS = 2000;

/** npm's own command line when npm started us (no shell needed then), else the `npm` on the PATH. */
export function npmCommand(args) {
	const cli = process.env.npm_execpath;
	if (cli && /\.c?js$/.test(cli)) return { command: process.execPath, args: [cli, ...args], shell: false };
	return { command: 'npm', args, shell: process.platform === 'win32' };
}

/**
 * Runs a command in a process group of its own and stops the whole group on an interrupt.
 *
 * @param {{ command: string, args: string[], cwd?: string, env?: object, shell?: boolean, show?: boolean,
 *   onLine?: (line: string) => void }} options `show`: output goes straight to our own; else it is kept
 * @returns {Promise<{ code: number, output: string }>} the exit code and (without `show`) the last part of the output
 */
export function runCommand({ command, args, cwd, env, shell = false, show = false, onLine }) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			cwd,
			env: env ?? process.env,
			shell,
			detached: process.platform !== 'win32',
			stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
		});
		const ended = new Promise((done) => child.once('close', done));
		const forget = onInterrupt('', async () => {
			endGroup(child, 'SIGTERM');
			const timer = setTimeout(() => endGroup(child, 'SIGKILL'), GRACE_MS);
			await ended;
			clearTimeout(timer);
			endGroup(child, 'SIGKILL');
		});
		const lines = [];
		for (const stream of [child.stdout, child.stderr]) {
			let rest = '';
			stream?.setEncoding('utf8').on('data', (chunk) => {
				const parts = (rest + chunk).split('\n');
				rest = parts.pop() ?? '';
				for (const line of parts) {
					onLine?.(line);
					lines.push(line);
				}
				if (lines.length > 400) lines.splice(0, lines.length - 200);
			});
		}
		child.once('error', (cause) => {
			forget();
			reject(new StepError(`${command} could not be started: ${cause.message}`));
		});
		child.once('close', (code, signal) => {
			forget();
			resolve({ code: code ?? (signal ? 1 : 0), output: lines.join('\n') });
		});
	});
}

function endGroup(child, signal) {
	try {
		if (process.platform === 'win32') child.kill(signal);
		else process.kill(-child.pid, signal);
	} catch {
		// The group has ended already.
	}
}
