import type { IRun } from 'n8n-workflow';

import { PACE } from '../pace';

/** What the ends of earlier runs showed; part of stored state, since the first end after a restart is lost most often. */
export interface RunHistory {
	/** Whether the runs go through n8n's queue (queue mode). */
	queued: boolean;
	/** From start to the news of its end, milliseconds: the longest of late. */
	longestMs: number;
}

/** In queue mode, times the longest run of late. */
const TIMES = 5;
/** What one further run leaves of the longest one. */
const FADE = 0.95;

/**
 * How long to wait for the news that a run has ended.
 *
 * In one process n8n always tells. In queue mode it does not: main begins to listen for the end of a job after it queued
 * it, and a worker that is quicker has finished and removed the job by then (n8n 2.41: `enqueueExecution` awaits a hook
 * between `addJob` and Bull's `job.finished()`). An hour's wait for each such run would stop the stream, so in queue mode
 * the wait follows from how long runs take.
 */
export class RunAllowance {
	/**
	 * @param mostMs never longer than this
	 * @param history from stored state
	 * @param leastQueuedMs in queue mode never shorter than this
	 */
	constructor(
		private readonly mostMs: number,
		private known?: RunHistory,
		private readonly leastQueuedMs = PACE.queuedEnd,
	) {}

	get ms(): number {
		if (!this.known) return Math.min(this.mostMs, PACE.firstEnd);
		if (!this.known.queued) return this.mostMs;
		return Math.min(this.mostMs, Math.max(this.leastQueuedMs, TIMES * this.known.longestMs));
	}

	/**
	 * Whether a worker of the queue died with the run. n8n (2.41, `processError`) then writes an execution without any data
	 * in place of the one that had the event.
	 */
	isCutOff(run: IRun): boolean {
		return this.known?.queued === true && run.jobId === undefined && run.status !== 'success';
	}

	/** @param tookMs from start to the news of its end, waiting in the queue included */
	learn(run: IRun, tookMs: number): void {
		const faded = Math.round((this.known?.longestMs ?? 0) * FADE);
		const queued = run.jobId !== undefined || this.isCutOff(run);
		this.known = { queued, longestMs: Math.max(Math.round(tookMs), faded) };
	}

	get history(): RunHistory | undefined {
		return this.known;
	}
}
