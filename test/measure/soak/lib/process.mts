import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const MB = 1024 * 1024;

export interface ProcessSample {
	/** Resident memory, MB, and the part of it that is no mapped file. */
	rss: number;
	anonymous: number;
	/** Open file descriptors, sockets among them. */
	files: number;
	sockets: number;
	/** Processor time since the process began, seconds. */
	cpu: number;
	/** Used JavaScript heap and memory outside of it, MB; only of n8n. */
	heap?: number;
	external?: number;
}

/** What Linux tells of a process; undefined when it has ended. */
export function readProcess(pid: number | undefined): ProcessSample | undefined {
	if (pid === undefined) return undefined;
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
		const open = readdirSync(`/proc/${pid}/fd`);
		// After the command in brackets, which may hold blanks: state is the third field, utime the 14th, stime the 15th.
		const times = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
		const sample = {
			rss: kilobytes('VmRSS'),
			anonymous: kilobytes('RssAnon'),
			files: open.length,
			sockets: open.filter((file) => isSocket(`/proc/${pid}/fd/${file}`)).length,
			// In hundredths of a second on every Linux that runs Node.
			cpu: (Number(times[11]) + Number(times[12])) / 100,
		};
		return sample.rss > 0 ? sample : undefined;
	} catch {
		return undefined;
	}
}

/** Adds what n8n tells of its heap at `/metrics`. */
export async function withHeap(sample: ProcessSample, url: string): Promise<ProcessSample> {
	const text = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })
		.then(async (response) => (response.ok ? await response.text() : ''))
		.catch(() => '');
	const bytes = (name: string) => {
		const found = new RegExp(`^n8n_nodejs_${name}\\S* (\\S+)$`, 'm').exec(text);
		return found ? Number(found[1]) / MB : undefined;
	};
	return { ...sample, heap: bytes('heap_size_used_bytes'), external: bytes('external_memory_bytes') };
}

function isSocket(link: string): boolean {
	try {
		return readlinkSync(link).startsWith('socket:');
	} catch {
		return false;
	}
}
