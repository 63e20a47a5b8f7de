import type { ITriggerFunctions } from 'n8n-workflow';

import { PicoClient } from '../api/client';
import { pause } from '../api/pause';
import type { PicoEvent } from '../events/event';
import type { Row } from '../events/types';
import { structuresFor } from './attach';
import type { Batch } from './batch';
import { deduplicationKey } from './batch';
import { lagMs, toItems } from './item';
import type { Overlap } from './overlap';
import { PACE } from './pace';
import type { RunPatience } from './patience';
import type { Position } from './position';
import type { Report } from './report';
import { refusedToWait, runAndWait, type RunOutcome } from './runs';
import type { TriggerSettings } from './settings';

/** Whether the batch is behind us; after `closed` it stays unacknowledged and comes again at the next start. */
export type Verdict = 'acknowledged' | 'closed';

export interface Delivery {
	context: ITriggerFunctions;
	settings: TriggerSettings;
	position: Position;
	report: Report;
	/** Writes the position into static data; n8n saves it with the next `emit`. */
	store: () => void;
	closing: AbortSignal;
	/** Runs that nobody waits for. */
	overlap: Overlap;
	/** How long to wait for the others. */
	patience: RunPatience;
}

/**
 * Hands one batch to the workflow and sees it through: waits for the run as the settings ask, tries again after a
 * failed one, and acknowledges. Never throws for a failed run, so that one bad event cannot stop the stream.
 */
export async function deliver(delivery: Delivery, batch: Batch): Promise<Verdict> {
	const { settings, position, report, closing } = delivery;
	const extras = await extrasFor(delivery, batch);
	if (closing.aborted) return 'closed';
	let refused: string | undefined;
	for (let attempt = batch.attempt; ; attempt++) {
		const outcome = await handOver(delivery, batch, attempt, extras);
		if (outcome.kind === 'closed') return 'closed';
		if (outcome.kind === 'refused') {
			report.failedExecution(
				`n8n did not start a run for ${describe(batch.events)}: ${outcome.reason}`,
				refusedToWait(outcome.reason)
					? "This workflow runs on an engine that lets no trigger wait for a run. Set 'Move On' to 'As Soon as It Starts', or choose the other engine in the workflow settings."
					: 'The event is kept and offered again.',
			);
			refused = outcome.reason;
			await pause(PACE.slow, closing);
			if (closing.aborted) return 'closed';
			attempt--;
			continue;
		}
		if (outcome.kind === 'startedBefore' && refused !== undefined) {
			// n8n had noted the run before it failed to carry it out, as a crash leaves one behind.
			const again = settings.afterUncleanStop === 'again';
			if (!again) tellUnknown(delivery, batch, refused);
			refused = undefined;
			if (again) continue;
		}
		if (isDone(outcome, settings)) break;
		const reason = outcome.kind === 'failed' ? outcome.reason : '';
		if (attempt - batch.attempt + 1 >= settings.attempts) {
			if (settings.afterLastAttempt !== 'hold') {
				if ((await giveUp(delivery, batch, attempt, reason, extras)) === 'closed') return 'closed';
				break;
			}
			report.warn(`Holding the stream at ${describe(batch.events)}: ${reason}`);
		}
		await pause(Math.min(PACE.retryFirst * 2 ** Math.min(attempt - batch.attempt, 8), PACE.retryLongest), closing);
		if (closing.aborted) return 'closed';
	}
	position.acknowledge(batch.events);
	return 'acknowledged';
}

/** Asked for once, before the first attempt: later attempts give the workflow the same item. */
async function extrasFor({ context, settings, closing }: Delivery, batch: Batch): Promise<readonly Row[]> {
	if (!settings.attachStructure) return [];
	return await structuresFor(await PicoClient.of(context), settings.kind, batch.events, closing);
}

async function handOver(delivery: Delivery, batch: Batch, attempt: number, extras: readonly Row[]): Promise<RunOutcome> {
	const { context, settings, position, report, store, closing, overlap, patience } = delivery;
	const ids = batch.events.map(({ id }) => id);
	const key = batch.key ?? deduplicationKey(settings, ids, attempt);
	if (settings.moveOn === 'started') {
		await overlap.room();
		if (closing.aborted) return { kind: 'closed' };
	}
	const items = itemsOf(delivery, batch, attempt, extras);
	position.handOver({ ids, key, attempt });
	// Right before `emit`, which saves it: a change made while an earlier save is under way may be forgotten.
	store();
	batch.key = undefined;
	if (settings.moveOn === 'started') {
		overlap.start(context, [items], key, (reason) => tellUnknown(delivery, batch, reason));
		return { kind: 'succeeded' };
	}
	const outcome = await runAndWait(context, [items], key, patience, closing, (reason, late) => {
		// A further attempt holds the event again.
		if (late || settings.moveOn !== 'succeeded') tellUnknown(delivery, batch, reason);
	});
	if (outcome.kind === 'noWord') {
		report.warn(`No word of the run for ${describe(batch.events)} within ${Math.round(outcome.waitedMs / 1000)} s; moving on`);
	}
	if (outcome.kind === 'startedBefore') report.info(`${describe(batch.events)} was started before; not started again`);
	return outcome;
}

/** n8n failed to carry out a run to its end, or at least to say so, and the event is not started again. */
function tellUnknown({ report }: Delivery, batch: Batch, reason: string): void {
	report.failedExecution(
		`It is not certain that ${describe(batch.events)} was run: ${reason}`,
		'It is not started again, so that nothing happens twice. The event is below; see whether its run is in the executions list, and run it by hand if not.',
		batch.events.map(({ row }) => row),
	);
}

/** The end of an event whose last attempt failed: always visible, with its full payload, and then behind us. */
async function giveUp(
	delivery: Delivery,
	batch: Batch,
	attempt: number,
	reason: string,
	extras: readonly Row[],
): Promise<Verdict> {
	const { context, settings, report, store, closing, patience } = delivery;
	if (settings.afterLastAttempt === 'failedOutput') {
		const items = itemsOf(delivery, batch, attempt, extras).map(({ json }) => ({ json: { ...json, failedAttempts: settings.attempts, reason } }));
		const key = `${deduplicationKey(settings, batch.events.map(({ id }) => id), attempt)}:failed`;
		store();
		const outcome = await runAndWait(context, [[], items], key, patience, closing, () => undefined);
		if (outcome.kind === 'closed') return 'closed';
		if (outcome.kind !== 'failed' && outcome.kind !== 'refused') return 'acknowledged';
	}
	report.failedExecution(
		`Moved on after ${settings.attempts} attempt(s) for ${describe(batch.events)}`,
		`The last run ended with: ${reason}. The event is below; run it again by hand after mending the workflow.`,
		batch.events.map(({ row }) => row),
	);
	return 'acknowledged';
}

function itemsOf({ settings, position }: Delivery, batch: Batch, attempt: number, extras: readonly Row[]) {
	return batch.events.flatMap((event, index) =>
		toItems(
			settings,
			event,
			{
				attempt,
				replayed: batch.replayed(event),
				correction: settings.kind.id === 'orderCompleted' && position.isCorrection(event),
				lagMs: lagMs(event, Date.now()),
			},
			extras[index],
		),
	);
}

function isDone(outcome: RunOutcome, { moveOn }: TriggerSettings): boolean {
	return outcome.kind !== 'failed' || moveOn !== 'succeeded';
}

function describe(events: readonly PicoEvent[]): string {
	const [first] = events;
	return events.length === 1 ? `event ${first.id} of ${first.cursor}` : `${events.length} events from ${first.id} of ${first.cursor} on`;
}
