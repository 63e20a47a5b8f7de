import { connect, type Socket } from 'node:net';
import { cpus } from 'node:os';

import { pause, until } from '../../../demo/lib/poll.mts';
import { usageOf } from '../kit/processes.mts';
import type { Farm } from './farm.mts';
import type { Load } from './load.mts';

export interface Sample {
	/** Seconds since the first event. */
	second: number;
	made: number;
	done: number;
	/** How long ago the oldest event that is not done was made, seconds. */
	lag: number;
	/** Jobs of n8n's queue in Redis. */
	waiting: number;
	active: number;
	/** Share of all processors that is in use, 0 to 1. */
	busy: number;
	/** Memory by process, MiB; null while it is dead. */
	megabytes: Record<string, number | null>;
}

export interface Kill {
	worker: string;
	/** Seconds since the first event. */
	second: number;
	/** When the same worker was ready again. */
	backAt: number;
}

/** Longest wait for a moment in which a run is under way. */
const BUSY_WITHIN_MS = 10_000;

/** Asks Redis how many jobs of n8n's queue wait and are under way. */
class QueueDepth {
	private readonly socket: Socket;
	private text = '';
	private asked: Array<(depth: { waiting: number; active: number }) => void> = [];

	constructor({ servers }: Farm) {
		this.socket = connect(Number(servers.environment.QUEUE_BULL_REDIS_PORT), '127.0.0.1');
		this.socket.unref();
		this.socket.on('error', () => undefined);
		this.socket.on('data', (piece) => {
			this.text += piece.toString();
			for (let match = this.next(); match; match = this.next()) {
				this.text = this.text.slice(match[0].length);
				this.asked.shift()?.({ waiting: Number(match[1]), active: Number(match[2]) });
			}
		});
	}

	async read(): Promise<{ waiting: number; active: number }> {
		return await new Promise((resolve) => {
			this.asked.push(resolve);
			this.socket.write('LLEN bull:jobs:wait\r\nLLEN bull:jobs:active\r\n');
		});
	}

	close(): void {
		this.socket.destroy();
	}

	private next = () => /^:(\d+)\r\n:(\d+)\r\n/.exec(this.text);
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
	private readonly before = new Map<string, { pid: number; cpu: number }>();

	constructor(
		private readonly farm: Farm,
		private readonly load: Load,
		/** How many events are done in the other system. */
		private readonly done: () => Promise<number>,
		private readonly onSample: (sample: Sample) => void,
	) {
		this.queue = new QueueDepth(farm);
		void this.tick();
	}

	stop(): void {
		this.stopped = true;
		clearTimeout(this.timer);
		this.queue.close();
	}

	get second(): number {
		return tenths((Date.now() - this.startedAt) / 1000);
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
		const sample = { second: this.second, made, done, lag: tenths(lag), ...depth, busy: this.busy(), megabytes: this.processes() };
		this.samples.push(sample);
		this.onSample(sample);
	}

	private processes(): Sample['megabytes'] {
		const { main, workers, sandbox } = this.farm;
		const pids: Record<string, number | undefined> = { main: main.pid, ...Object.fromEntries(workers.map(({ name, pid }) => [name, pid])), doubles: sandbox.child.pid };
		return Object.fromEntries(
			Object.entries(pids).map(([name, pid]) => {
				const now = usageOf(pid);
				if (!now || pid === undefined) return [name, null];
				const before = this.before.get(name);
				this.cpuSeconds[name] = (this.cpuSeconds[name] ?? 0) + (before?.pid === pid ? now.cpu - before.cpu : before ? now.cpu : 0);
				this.before.set(name, { pid, cpu: now.cpu });
				return [name, Math.round(now.rss)];
			}),
		);
	}

	private busy(): number {
		const [before, now] = [this.ticks, machineTicks()];
		this.ticks = now;
		return now.all > before.all ? Math.round((1 - (now.idle - before.idle) / (now.all - before.all)) * 100) / 100 : 0;
	}
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

function machineTicks(): { all: number; idle: number } {
	const times = cpus().map(({ times: each }) => each);
	return { all: times.flatMap((each) => Object.values(each)).reduce((sum, ticks) => sum + ticks, 0), idle: times.reduce((sum, { idle }) => sum + idle, 0) };
}

/**
 * Kills one worker after the other (kill -9), each of them started again at once, until the signal comes. A kill waits for
 * a moment in which some worker has a run under way, or it would mostly hit idle ones.
 */
export async function killByTheMinute(farm: Farm, everySeconds: number, kills: Kill[], now: () => number, stop: AbortSignal): Promise<undefined> {
	const queue = new QueueDepth(farm);
	// The first one falls half-way into the first stretch, so that there is room behind the last.
	for (let due = everySeconds / 2; ; due += everySeconds) {
		while (now() < due && !stop.aborted) await pause(50);
		const isBusy = async () => stop.aborted || (await queue.read()).active > 0;
		await until('a run under way', isBusy, { timeoutMs: BUSY_WITHIN_MS, everyMs: 2 }).catch(() => undefined);
		if (stop.aborted) break;
		const worker = farm.workers[kills.length % farm.workers.length];
		const kill = { worker: worker.name, second: now(), backAt: NaN };
		await worker.kill();
		kills.push(kill);
		await worker.start();
		kill.backAt = now();
	}
	queue.close();
	return undefined;
}
