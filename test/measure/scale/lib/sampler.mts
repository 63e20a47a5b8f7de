import { cpus } from 'node:os';

import type { Farm } from './farm.mts';
import type { Load } from './load.mts';
import { usage } from './processes.mts';
import { QueueDepth } from './redis.mts';

export interface Sample {
	/** Seconds since the first event. */
	second: number;
	made: number;
	done: number;
	/** How long ago the oldest event that is not done was made, seconds. */
	lag: number;
	waiting: number;
	active: number;
	/** Memory by process, MB; null while it is dead. */
	megabytes: Record<string, number | null>;
	/** Share of all processors that is in use, 0 to 1. */
	busy: number;
	/** Processors that each process used since the last sample. */
	cpu: Record<string, number | null>;
}

/** Looks at everything once a second. */
export class Sampler {
	readonly samples: Sample[] = [];
	/** Processor seconds that each process used in all. What a killed one used in its last second is missing. */
	readonly cpuSeconds: Record<string, number> = {};
	private readonly queue: QueueDepth;
	private readonly startedAt = Date.now();
	private timer: NodeJS.Timeout | undefined;
	private stopped = false;
	private ticks = machineTicks();
	private readonly before = new Map<string, { pid: number; cpuSeconds: number; at: number }>();

	constructor(
		private readonly farm: Farm,
		private readonly load: Load,
		/** How many events are done in the other system. */
		private readonly done: () => Promise<number>,
		private readonly onSample: (sample: Sample) => void,
	) {
		this.queue = new QueueDepth(Number(farm.servers.environment.QUEUE_BULL_REDIS_PORT));
		void this.tick();
	}

	stop(): void {
		this.stopped = true;
		clearTimeout(this.timer);
		this.queue.close();
	}

	get second(): number {
		return Math.round((Date.now() - this.startedAt) / 100) / 10;
	}

	private async tick(): Promise<void> {
		// A double that is busy for a moment: the next second will do.
		await this.take().catch(() => undefined);
		if (!this.stopped) this.timer = setTimeout(() => void this.tick(), 1_000);
	}

	private async take(): Promise<void> {
		const [done, depth] = await Promise.all([this.done(), this.queue.read()]);
		const { madeAt, made } = this.load;
		const lag = done < made ? (Date.now() - madeAt[done]) / 1000 : 0;
		const sample = {
			second: this.second,
			made,
			done,
			lag: Math.round(lag * 10) / 10,
			...depth,
			...this.processes(),
			busy: this.busy(),
		};
		this.samples.push(sample);
		this.onSample(sample);
	}

	private processes(): Pick<Sample, 'megabytes' | 'cpu'> {
		const { main, workers, sandbox } = this.farm;
		const pids: Array<[string, number | undefined]> = [
			['main', main.pid],
			...workers.map(({ name, pid }): [string, number | undefined] => [name, pid]),
			['doubles', sandbox.child.pid],
		];
		const megabytes: Sample['megabytes'] = {};
		const cpu: Sample['cpu'] = {};
		for (const [name, pid] of pids) {
			const now = usage(pid);
			const before = this.before.get(name);
			megabytes[name] = now?.megabytes ?? null;
			cpu[name] = null;
			if (!now || pid === undefined) continue;
			const used = now.cpuSeconds - (before?.pid === pid ? before.cpuSeconds : before ? 0 : now.cpuSeconds);
			this.cpuSeconds[name] = (this.cpuSeconds[name] ?? 0) + used;
			if (before?.pid === pid)
				cpu[name] = round((now.cpuSeconds - before.cpuSeconds) / ((Date.now() - before.at) / 1000));
			this.before.set(name, { pid, cpuSeconds: now.cpuSeconds, at: Date.now() });
		}
		return { megabytes, cpu };
	}

	private busy(): number {
		const now = machineTicks();
		const all = now.all - this.ticks.all;
		const share = all > 0 ? 1 - (now.idle - this.ticks.idle) / all : 0;
		this.ticks = now;
		return round(share);
	}
}

const round = (value: number): number => Math.round(value * 100) / 100;

function machineTicks(): { all: number; idle: number } {
	const times = cpus().map(({ times: each }) => each);
	const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
	return { all, idle: times.reduce((sum, { idle }) => sum + idle, 0) };
}
