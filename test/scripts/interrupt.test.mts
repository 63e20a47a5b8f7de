import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const COMMAND = `
import { handleInterrupts, onInterrupt } from './scripts/lib/interrupt.mjs';
import { runCommand } from './scripts/lib/run.mjs';
import { Steps } from './scripts/lib/steps.mjs';
const steps = new Steps();
handleInterrupts(steps);
onInterrupt('the first server', () => {});
onInterrupt('the second server', () => {});
const grandchild = "setInterval(() => {}, 1000); console.log(process.pid)";
const child = "process.on('SIGTERM', () => {}); require('child_process').spawn(process.execPath, ['-e', " + JSON.stringify(grandchild) + "], { stdio: 'inherit' })";
await runCommand({ command: process.execPath, args: ['-e', child], onLine: (pid) => console.log('started', pid) });
`;

const lives = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

describe('Ctrl-C', () => {
	it('stops what was started, newest first, down to the children of children, and says so', async () => {
		const command = spawn(process.execPath, ['--input-type=module', '-e', COMMAND], { stdio: ['ignore', 'pipe', 'inherit'] });
		const exited = once(command, 'exit');
		const lines: string[] = [];
		let pid = 0;
		for await (const line of createInterface({ input: command.stdout })) {
			const [, started] = /^started (\d+)$/.exec(line) ?? [];
			if (started) {
				pid = Number(started);
				command.kill('SIGINT');
			} else lines.push(line);
		}
		expect(await exited).toEqual([130, null]);
		expect(lines.filter(Boolean)).toEqual([
			'Stopping the second server ...',
			'Stopping the first server ...',
			'Stopped. Nothing is left running.',
		]);
		expect(pid).toBeGreaterThan(0);
		expect(lives(pid)).toBe(false);
	});
});
