import { pause, until } from '../../../../demo/lib/poll.mts';
import type { Farm } from './farm.mts';
import { QueueDepth } from './redis.mts';

export interface Kill {
	worker: string;
	/** Seconds since the first event. */
	second: number;
	/** When the same worker was ready again. */
	backAt: number;
}

/** Longest wait for a moment in which a run is under way. */
const BUSY_WITHIN_MS = 10_000;

/**
 * Kills one worker after the other (kill -9), each of them started again at once, until the signal comes. A kill waits for a moment
 * in which some worker has a run under way, or it would mostly hit idle ones.
 */
export async function killByTheMinute(
	farm: Farm,
	everySeconds: number,
	kills: Kill[],
	now: () => number,
	stop: AbortSignal,
): Promise<undefined> {
	const queue = new QueueDepth(Number(farm.servers.environment.QUEUE_BULL_REDIS_PORT));
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
