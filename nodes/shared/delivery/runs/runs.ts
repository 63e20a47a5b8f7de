import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';

import { pause } from '../../api/pause';
import { PACE } from '../pace';
import { RunAllowance, type RunHistory } from './allowance';
import { outcomeOf, refusedToWait, rejectionOf, type RunOutcome } from './outcome';

/** Runs under way at the same time at most. A backlog that starts thousands at once brings n8n's database to a halt. */
export const MOST_AT_ONCE = 50;
const LONGEST_WAIT_MS = 3_600_000;

export interface RunsOptions {
	context: ITriggerFunctions;
	closing: AbortSignal;
	/** Longest wait for the end of a run, milliseconds. */
	mostMs: number;
	/** From stored state. */
	history: RunHistory | undefined;
	/** In queue mode, never wait less for the end of a run; milliseconds. */
	leastQueuedMs?: number;
}

/**
 * The runs that a trigger starts: waits for the end of each, or lets a number of them overlap.
 *
 * The promise that n8n gives for a run can stay open for ever (its end may be lost between processes), so each wait is
 * bounded; an end that comes later is still learned from.
 */
export class Runs {
	private readonly allowance: RunAllowance;
	private underWay = 0;
	private freed: (() => void) | undefined;
	/** When the newest of the runs without news was started, by `performance.now()`, and how many there are. */
	private startedAt = 0;
	private open = 0;
	/** An engine that lets no trigger wait for a run tells nothing of its runs either. */
	private areTold = true;
	/** Ends of the waits under way: one listener for all, since a signal warns of many. */
	private readonly stops = new Set<() => void>();

	constructor(private readonly options: RunsOptions) {
		this.allowance = new RunAllowance(options.mostMs, options.history, options.leastQueuedMs);
		options.closing.addEventListener('abort', () => this.stops.forEach((stop) => stop()), { once: true });
	}

	get history(): RunHistory | undefined {
		return this.allowance.history;
	}

	/**
	 * Starts a run and waits until it ended, the time allowed is over or the trigger is stopped.
	 *
	 * @param onCutOff told when a worker of the queue died with the run, also after the wait was over (`late`)
	 */
	async startAndWait(outputs: INodeExecutionData[][], key: string, onCutOff: (reason: string, late: boolean) => void): Promise<RunOutcome> {
		let late = false;
		const ended = this.start(outputs, key, (reason) => onCutOff(reason, late));
		const waitMs = this.allowance.ms;
		const outcome = await this.bounded(ended, waitMs);
		late = true;
		return outcome ?? (this.isClosing ? { kind: 'closed' } : { kind: 'unknown', waitedMs: waitMs });
	}

	/**
	 * Starts a run without waiting for its end; first waits until fewer than `MOST_AT_ONCE` are under way. Where the engine
	 * tells nothing of its runs, a place is free again after a while.
	 *
	 * @param prepare called right before the run is started; makes its items and stores the position
	 * @param onLost told when n8n did not carry the run out, or not to its end
	 * @param onStartedBefore told when n8n had a run of this key already
	 */
	async startUnattended(
		prepare: () => { outputs: INodeExecutionData[][]; key: string },
		onLost: (reason: string) => void,
		onStartedBefore: () => void,
	): Promise<'started' | 'closed'> {
		while (this.underWay >= MOST_AT_ONCE && !this.isClosing) {
			await this.bounded(new Promise<void>((resolve) => (this.freed = resolve)), LONGEST_WAIT_MS);
		}
		if (this.isClosing) return 'closed';
		const { outputs, key } = prepare();
		this.underWay++;
		const free = () => {
			this.underWay--;
			this.freed?.();
		};
		const run = async () => {
			let outcome = this.areTold ? await this.start(outputs, key, onLost) : await this.startUntold(outputs, key);
			if (outcome.kind === 'refused' && refusedToWait(outcome.reason)) {
				this.areTold = false;
				outcome = await this.startUntold(outputs, key);
			}
			if (outcome.kind === 'refused' || outcome.kind === 'notTaken') onLost(outcome.reason);
			if (outcome.kind === 'startedBefore') onStartedBefore();
		};
		void this.bounded(run(), this.allowance.ms).then(free);
		return 'started';
	}

	/** After a stop: waits until n8n has taken up every run that was started; it cuts off those on their way there. */
	async takenUp(): Promise<void> {
		const left = () => (this.open > 0 ? this.startedAt + PACE.takenUp - performance.now() : 0);
		while (left() > 0) await pause(Math.min(left(), 20));
	}

	private get isClosing(): boolean {
		return this.options.closing.aborted;
	}

	/** Resolves with the end of the run, however late; never rejects. */
	private async start(outputs: INodeExecutionData[][], key: string, onCutOff: (reason: string) => void): Promise<RunOutcome> {
		const { context } = this.options;
		const done = context.helpers.createDeferredPromise<IRun>();
		const startedAt = performance.now();
		const notTaken = this.emit(outputs, key, done);
		if (notTaken) return notTaken;
		const outcome = await done.promise.then(
			(run: IRun | undefined): RunOutcome => {
				const end = outcomeOf(run);
				// To be asked before this end is learned from.
				if (run && end.kind === 'failed' && this.allowance.isCutOff(run) && !this.isClosing) onCutOff(end.reason);
				if (run) this.allowance.learn(run, performance.now() - startedAt);
				return end;
			},
			(error: unknown): RunOutcome => (this.isClosing ? { kind: 'closed' } : rejectionOf(error)),
		);
		this.open--;
		return outcome;
	}

	/** Resolves with `promise`, or with nothing after `ms` or when the trigger is stopped; leaves no timer behind. */
	private async bounded<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
		const limit = new AbortController();
		const stop = () => limit.abort();
		this.stops.add(stop);
		if (this.isClosing) stop();
		const outcome = await Promise.race([promise, pause(ms, limit.signal).then(() => undefined)]);
		this.stops.delete(stop);
		stop();
		return outcome;
	}

	/** Resolves when a run of which the engine tells nothing counts as ended. */
	private async startUntold(outputs: INodeExecutionData[][], key: string): Promise<RunOutcome> {
		const notTaken = this.emit(outputs, key);
		if (notTaken) return notTaken;
		await pause(PACE.untoldRun);
		this.open--;
		return { kind: 'succeeded' };
	}

	private emit(outputs: INodeExecutionData[][], key: string, done?: Parameters<ITriggerFunctions['emit']>[2]): RunOutcome | undefined {
		try {
			this.options.context.emit(outputs, undefined, done, key);
		} catch (error) {
			return { kind: 'notTaken', reason: error instanceof Error ? error.message : String(error) };
		}
		this.startedAt = performance.now();
		this.open++;
		return undefined;
	}
}
