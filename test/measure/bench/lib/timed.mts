import { performance } from 'node:perf_hooks';

/** Time and processor time of this process for a piece of work, after a garbage collection. */
export async function timed(work: () => Promise<void>): Promise<{ ms: number; cpuMs: number }> {
	global.gc?.();
	const cpu = process.cpuUsage();
	const started = performance.now();
	await work();
	const ms = performance.now() - started;
	const { user, system } = process.cpuUsage(cpu);
	return { ms, cpuMs: (user + system) / 1000 };
}
