import type { INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';

import type { PicoClient } from '../api/client';
import { pause } from '../api/pause';
import type { PicoEvent } from '../events/event';
import type { Row } from '../events/types';
import { structuresFor } from './attach';
import { deduplicationKey, type Batch } from './batch';
import type { Report } from './host';
import { lagMs, toItems } from './item';
import { PACE } from './pace';
import type { Place } from './place/place';
import { refusedToWait, type RunOutcome } from './runs/outcome';
import { duration, Retry, type Over } from './runs/retry';
import type { Runs } from './runs/runs';
import type { TriggerSettings } from './settings';

/** Whether the batch is behind us; after `closed` it stays unacknowledged and comes again at the next start. */
export type Verdict = 'acknowledged' | 'closed';

const STOPPED_EACH_TIME: Over = { kind: 'over', reason: 'n8n stopped before the end of the run was stored' };

export interface Delivery {
	context: ITriggerFunctions;
	client: PicoClient;
	settings: TriggerSettings;
	place: Place;
	report: Report;
	/** Writes the place into static data; n8n saves it with the next `emit`. */
	store: () => void;
	closing: AbortSignal;
	runs: Runs;
}

/**
 * Hands one batch to the workflow and sees it through: waits for the run as the settings ask, tries again after a
 * failed one, and acknowledges. Never throws for a failed run, so that one bad event cannot stop the stream.
 */
export async function deliver(delivery: Delivery, batch: Batch): Promise<Verdict> {
	const { settings, place, closing } = delivery;
	const extras = await extrasFor(delivery, batch);
	if (closing.aborted) return 'closed';
	const isSpent = wasStoppedEachTime(settings, batch);
	if (isSpent) batch.attempt--;
	const end = isSpent ? STOPPED_EACH_TIME : await runToEnd(delivery, batch, extras);
	if (end.kind === 'over' && (await giveUp(delivery, batch, end.reason, extras)) === 'closed') return 'closed';
	if (end.kind === 'closed') return 'closed';
	place.acknowledge(batch.events);
	return 'acknowledged';
}

/** Runs the batch as often as the settings ask; `over` after the last attempt. */
async function runToEnd(delivery: Delivery, batch: Batch, extras: readonly Row[]): Promise<{ kind: 'done' | 'closed' } | Over> {
	const { settings, report, closing } = delivery;
	const retry = new Retry(settings);
	for (;;) {
		const outcome = await startUntilTaken(delivery, batch, extras);
		if (outcome.kind === 'closed') return { kind: 'closed' };
		if (outcome.kind === 'notTaken') tellNotTaken(delivery, batch, outcome.reason);
		if (outcome.kind !== 'failed' || settings.deliverNext !== 'afterSuccess') return { kind: 'done' };

		const next = retry.after(outcome, batch.attempt);
		if (next.kind === 'over') return next;
		if (next.log) report.warn(`${describe(batch.events)}: ${next.log}`);
		if (next.isOutage) batch.outages++;
		else Object.assign(batch, { attempt: batch.attempt + 1, outages: 0 });
		await pause(next.waitMs, closing);
		if (closing.aborted) return { kind: 'closed' };
	}
}

/**
 * Whether n8n stopped during every attempt of an event that is to run again after a restart, and during one more: an event
 * whose run stops n8n each time must not keep n8n from working for ever.
 */
function wasStoppedEachTime({ attempts, afterLastAttempt }: TriggerSettings, { attempt, key }: Batch): boolean {
	return key === undefined && attempt > attempts + 1 && afterLastAttempt !== 'keepRetrying';
}

/** Asked for once, before the first attempt: later attempts give the workflow the same item. */
async function extrasFor({ client, settings, closing }: Delivery, batch: Batch): Promise<readonly Row[]> {
	return settings.attachStructure ? await structuresFor(client, settings.kind, batch.events, closing) : [];
}

/** Starts a run, and offers the batch again for as long as n8n does not start one. */
async function startUntilTaken(delivery: Delivery, batch: Batch, extras: readonly Row[]): Promise<RunOutcome> {
	const { settings, report, closing } = delivery;
	let refused: string | undefined;
	for (;;) {
		const outcome = await startRun(delivery, batch, extras);
		if (outcome.kind === 'startedBefore' && refused !== undefined) {
			// n8n had noted the run before it failed to carry it out, as a crash leaves one behind.
			if (settings.afterRestart === 'skip') {
				tellUncertain(delivery, batch, refused);
				return outcome;
			}
			refused = undefined;
			batch.attempt++;
			continue;
		}
		if (outcome.kind !== 'refused') return outcome;
		if (refused === undefined) tellRefused(delivery, batch, outcome.reason);
		else report.warn(`n8n did not start a run for ${describe(batch.events)}: ${outcome.reason}`);
		refused = outcome.reason;
		await pause(PACE.slow, closing);
		if (closing.aborted) return { kind: 'closed' };
	}
}

async function startRun(delivery: Delivery, batch: Batch, extras: readonly Row[]): Promise<RunOutcome> {
	const { settings, place, report, store, runs } = delivery;
	const { attempt, outages } = batch;
	const noteStarted = () => {
		batch.startedBefore = true;
		report.info(`${describe(batch.events)} was started before; not started again`);
	};
	const prepare = () => {
		const ids = batch.events.map(({ id }) => id);
		const key = batch.key ?? deduplicationKey(settings, ids, batch);
		batch.key = undefined;
		const outputs = [itemsOf(delivery, batch, extras)];
		place.noteInFlight({ ids, key, attempt, ...(outages > 0 ? { outages } : {}) });
		// Right before `emit`, which saves it: a change made while an earlier save is under way may be forgotten.
		store();
		return { outputs, key };
	};
	if (settings.deliverNext === 'immediately') {
		const started = await runs.startUnattended(prepare, (reason) => tellUncertain(delivery, batch, reason), noteStarted);
		return { kind: started === 'closed' ? 'closed' : 'succeeded' };
	}
	const { outputs, key } = prepare();
	const outcome = await runs.startAndWait(outputs, key, (reason, late) => {
		// A further attempt has the event again.
		if (late || settings.deliverNext !== 'afterSuccess') tellUncertain(delivery, batch, reason);
	});
	if (outcome.kind === 'unknown') {
		report.warn(`n8n did not report the end of the run for ${describe(batch.events)} within ${duration(outcome.waitedMs)}; continuing`);
	}
	if (outcome.kind === 'startedBefore') noteStarted();
	return outcome;
}

function tellRefused({ report }: Delivery, batch: Batch, reason: string): void {
	report.failedExecution(
		`n8n did not start a run for ${describe(batch.events)}: ${reason}`,
		refusedToWait(reason)
			? "A trigger cannot wait for a run on the engine of this workflow. Set 'Deliver Next Event' to 'Immediately', or choose the other engine in the workflow settings."
			: 'The event is kept and tried again every minute.',
	);
}

/** n8n failed to carry out a run to its end, or at least to say so, and the event is not started again. */
function tellUncertain({ report }: Delivery, batch: Batch, reason: string): void {
	report.failedExecution(
		`The run for ${describe(batch.events)} may not have finished: ${reason}`,
		'It is not started again, to avoid duplicates. Look for its run in the list of executions. If it is not there, run it by hand with the event below.',
		batch.events.map(({ row }) => row),
	);
}

/** n8n itself could not deal with the items. Trying again would not help, and must not hold up the events behind. */
function tellNotTaken({ report }: Delivery, batch: Batch, reason: string): void {
	report.failedExecution(
		`n8n could not accept ${describe(batch.events)}: ${reason}`,
		'No run was started for it. The event is below; the stream continues with the next one.',
		batch.events.map(({ row }) => row),
	);
}

/** The end of an event whose last attempt failed: always visible, with its full payload, and then behind us. */
async function giveUp(delivery: Delivery, batch: Batch, reason: string, extras: readonly Row[]): Promise<Verdict> {
	const { settings, report, store, runs } = delivery;
	const attempts = `${batch.attempt} ${batch.attempt === 1 ? 'attempt' : 'attempts'}`;
	if (settings.afterLastAttempt === 'failedOutput') {
		const items = itemsOf(delivery, batch, extras, reason);
		const key = `${deduplicationKey(settings, batch.events.map(({ id }) => id), batch)}:failed`;
		store();
		const outcome = await runs.startAndWait([[], items], key, () => undefined);
		if (outcome.kind === 'closed') return 'closed';
		if (!['failed', 'refused', 'notTaken'].includes(outcome.kind)) return 'acknowledged';
	}
	report.failedExecution(
		`Continued after ${attempts} for ${describe(batch.events)}`,
		`The last run ended with: ${reason}. The event is below; run it again by hand after you fix the workflow.`,
		batch.events.map(({ row }) => row),
	);
	return 'acknowledged';
}

function itemsOf({ settings, place }: Delivery, { events, attempt, replayed }: Batch, extras: readonly Row[], reason?: string): INodeExecutionData[] {
	return events.flatMap((event, index) =>
		toItems(
			settings,
			event,
			{
				attempt,
				replayed: replayed(event),
				correction: settings.kind.repeatIsCorrection && place.isCorrection(event),
				lagMs: lagMs(event, Date.now()),
				...(reason === undefined ? {} : { reason }),
			},
			extras[index],
		),
	);
}

function describe(events: readonly PicoEvent[]): string {
	const [first] = events;
	return events.length === 1 ? `event ${first.id} of ${first.cursor}` : `${events.length} events from ${first.id} of ${first.cursor} on`;
}
