import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';

import { pause, within } from '../api/pause';
import { PACE } from './pace';
import type { RunPatience } from './patience';

/** How the run of a batch came out. */
export type RunOutcome =
	/** Ended well; also a run that now waits at a Wait node: n8n does not report how that one ends. */
	| { kind: 'succeeded' }
	| { kind: 'failed'; reason: string }
	/** n8n holds a run under this key already: the batch was started before. */
	| { kind: 'startedBefore' }
	/** No word within the time allowed, milliseconds. */
	| { kind: 'noWord'; waitedMs: number }
	/** n8n refused to start a run. */
	| { kind: 'refused'; reason: string }
	/** The trigger is being stopped. */
	| { kind: 'closed' };

/** Starts a run without waiting for it. */
export function startRun(context: ITriggerFunctions, outputs: INodeExecutionData[][], key: string): void {
	context.emit(outputs, undefined, undefined, key);
}

/**
 * Starts a run and waits until it ended, patience ran out or the trigger is stopped. The promise that n8n gives can stay
 * open for ever (its end may be lost between processes), so the wait is always bounded; an end that comes later is still
 * learned from. A trigger that is stopped right after `emit` waits until n8n has taken the run up.
 *
 * @param onCutOff told when a worker died with the run, also after patience ran out (`late`)
 */
export async function runAndWait(
	context: ITriggerFunctions,
	outputs: INodeExecutionData[][],
	key: string,
	patience: RunPatience,
	closing: AbortSignal,
	onCutOff: (reason: string, late: boolean) => void,
): Promise<RunOutcome> {
	const done = context.helpers.createDeferredPromise<IRun>();
	const emittedAt = Date.now();
	let late = false;
	const ended = done.promise.then(
		(run: IRun | undefined) => {
			if (!closing.aborted) tellCutOff(run, patience, (reason) => onCutOff(reason, late));
			if (run) patience.learn(run, Date.now() - emittedAt);
			return outcomeOf(run);
		},
		(error: unknown): RunOutcome => refusal(error, closing),
	);
	context.emit(outputs, undefined, done, key);

	const timer = new AbortController();
	const stop = () => timer.abort();
	closing.addEventListener('abort', stop, { once: true });
	const waitMs = patience.ms;
	const limit = pause(waitMs, timer.signal).then((): RunOutcome => (closing.aborted ? { kind: 'closed' } : { kind: 'noWord', waitedMs: waitMs }));
	const outcome = await Promise.race([ended, limit]);
	late = true;
	closing.removeEventListener('abort', stop);
	timer.abort();
	if (outcome.kind === 'closed') await within(ended, emittedAt + PACE.takenUp - Date.now(), undefined);
	return outcome;
}

/** Tells the reason when a worker of the queue died with the run. To be asked before patience learns from that end. */
export function tellCutOff(run: IRun | undefined, patience: RunPatience, tell: (reason: string) => void): void {
	const outcome = outcomeOf(run);
	if (run && outcome.kind === 'failed' && patience.isCutOff(run)) tell(outcome.reason);
}

/** Whether n8n's reason is an engine (2.0) on which no trigger may wait for a run. */
export function refusedToWait(reason: string): boolean {
	return /without waiting/i.test(reason);
}

/** n8n resolves with the run for failed runs too, and with nothing for a key that it knows. */
export function outcomeOf(run: IRun | undefined): RunOutcome {
	if (!run) return { kind: 'startedBefore' };
	if (run.status === 'success' || run.status === 'waiting') return { kind: 'succeeded' };
	return { kind: 'failed', reason: reasonOf(run) ?? `the run ended as '${run.status}'` };
}

const LONGEST_DESCRIPTION = 500;

/** In the message n8n says in general words which kind of refusal it was; what the server said is in the description. */
function reasonOf(run: IRun): string | undefined {
	const error = run.data?.resultData?.error;
	if (!error) return undefined;
	const said = 'description' in error && typeof error.description === 'string' ? error.description.trim() : '';
	return said && !error.message.includes(said) ? `${error.message}: ${said.slice(0, LONGEST_DESCRIPTION)}` : error.message;
}

function refusal(error: unknown, closing: AbortSignal): RunOutcome {
	if (closing.aborted) return { kind: 'closed' };
	const { name, message } = error instanceof Error ? error : new Error(String(error));
	// A person stopped the run: it was started, and its end is known.
	if (/cancel/i.test(name)) return { kind: 'failed', reason: message };
	return { kind: 'refused', reason: message };
}
