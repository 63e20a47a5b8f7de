import { pause } from '../../../demo/lib/poll.mts';
import type { Farm } from './farm.mts';

export interface Kill {
	worker: string;
	/** Seconds since the first event. */
	second: number;
	/** When the same worker was ready again. */
	backAt: number;
}

/** Kills one worker after the other (kill -9), each of them started again at once, until the signal comes. */
export async function killByTheMinute(farm: Farm, everySeconds: number, kills: Kill[], now: () => number, stop: AbortSignal): Promise<undefined> {
	// The first one falls half-way into the first stretch, so that a whole stretch follows the last.
	for (let due = everySeconds / 2; ; due += everySeconds) {
		while (now() < due) {
			if (stop.aborted) return undefined;
			await pause(50);
		}
		const worker = farm.workers[kills.length % farm.workers.length];
		const kill = { worker: worker.name, second: now(), backAt: NaN };
		await worker.kill();
		kills.push(kill);
		await worker.start();
		kill.backAt = now();
	}
}
