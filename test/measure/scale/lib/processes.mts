import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Memory (MB) and processor time so far (seconds) of a process; undefined when it is gone or this is not Linux. */
export function usage(pid: number | undefined): { megabytes: number; cpuSeconds: number } | undefined {
	if (pid === undefined) return undefined;
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		const megabytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
		const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
		return Number.isFinite(megabytes) ? { megabytes: Math.round(megabytes), cpuSeconds } : undefined;
	} catch {
		return undefined;
	}
}
