import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';

import { pause } from '../api/pause';
import { PACE } from './pace';
import type { RunPatience } from './patience';
import { refusedToWait, startRun, tellCutOff } from './runs';

/** Runs under way at the same time at most. A backlog that starts thousands at once brings n8n's database to a halt. */
export const MOST_AT_ONCE = 50;
const LONGEST_WAIT_MS = 3_600_000;

/** Starts runs without waiting for their ends, up to a number side by side. */
export class Overlap {
	private underWay = 0;
	private started = 0;
	private ended = 0;
	private emittedAt = 0;
	private freed: (() => void) | undefined;
	/** An engine that lets no trigger wait for a run tells nothing of its runs either. */
	private isTold = true;
	private readonly stops = new Set<() => void>();

	/** @param patience after which a run of which nothing is heard counts as ended */
	constructor(
		private readonly closing: AbortSignal,
		private readonly patience: RunPatience,
	) {
		closing.addEventListener('abort', () => this.stops.forEach((stop) => stop()), { once: true });
	}

	/** Waits until one more run may start, or the trigger is stopped. */
	async room(): Promise<void> {
		while (this.underWay >= MOST_AT_ONCE && !this.closing.aborted) {
			await this.settled(new Promise<void>((resolve) => (this.freed = resolve)), LONGEST_WAIT_MS);
		}
	}

	/** @param onRefused told when n8n did not carry the run out, or not to its end */
	start(context: ITriggerFunctions, outputs: INodeExecutionData[][], key: string, onRefused: (reason: string) => void): void {
		if (!this.isTold) return startRun(context, outputs, key);
		const done = context.helpers.createDeferredPromise<IRun>();
		const emittedAt = Date.now();
		const ended = done.promise.then(
			(run: IRun | undefined) => {
				if (!this.closing.aborted) tellCutOff(run, this.patience, onRefused);
				if (run) this.patience.learn(run, Date.now() - emittedAt);
			},
			(error: unknown) => {
				if (this.closing.aborted) return;
				const { name, message } = error instanceof Error ? error : new Error(String(error));
				if (refusedToWait(message)) {
					this.isTold = false;
					startRun(context, outputs, key);
				} else if (!/cancel/i.test(name)) onRefused(message);
			},
		);
		this.underWay++;
		this.started++;
		this.emittedAt = emittedAt;
		context.emit(outputs, undefined, done, key);
		void ended.then(() => this.ended++);
		void this.settled(ended, this.patience.ms).then(() => {
			this.underWay--;
			this.freed?.();
		});
	}

	/** After a stop: waits until n8n has taken up every run that was started. */
	async takenUp(): Promise<void> {
		const left = () => (this.ended < this.started ? this.emittedAt + PACE.takenUp - Date.now() : 0);
		while (left() > 0) await pause(Math.min(left(), 20));
	}

	/** Resolves with `promise`, after `ms`, or when the trigger is stopped; leaves no timer behind. */
	private async settled(promise: Promise<unknown>, ms: number): Promise<void> {
		const limit = new AbortController();
		const stop = () => limit.abort();
		this.stops.add(stop);
		await Promise.race([promise, pause(ms, limit.signal)]);
		this.stops.delete(stop);
		stop();
	}
}
