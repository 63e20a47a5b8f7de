import type { INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';

import { PicoClient } from '../api/client';
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
import type { Runs } from './runs/runs';
import type { TriggerSettings } from './settings';

/** Whether the batch is behind us; after `closed` it stays unacknowledged and comes again at the next start. */
export type Verdict = 'acknowledged' | 'closed';

export interface Delivery {
	context: ITriggerFunctions;
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
	const { settings, place, report, closing } = delivery;
	const extras = await extrasFor(delivery, batch);
	if (closing.aborted) return 'closed';
	const outage = new Outage(settings.outagePatienceMs);
	let refused: string | undefined;
	for (;;) {
		const outcome = await startRun(delivery, batch, extras);
		if (outcome.kind === 'closed') return 'closed';
		if (outcome.kind === 'refused') {
			refused = outcome.reason;
			if ((await waitAfterRefusal(delivery, batch, refused)) === 'closed') return 'closed';
			continue;
		}
		if (outcome.kind === 'startedBefore' && refused !== undefined) {
			// n8n had noted the run before it failed to carry it out, as a crash leaves one behind.
			const again = settings.afterRestart === 'again';
			if (!again) tellUncertain(delivery, batch, refused);
			refused = undefined;
			if (again) {
				batch.attempt++;
				continue;
			}
		}
		if (outcome.kind === 'notTaken') tellNotTaken(delivery, batch, outcome.reason);
		if (outcome.kind !== 'failed' || settings.deliverNext !== 'afterSuccess') break;

		const wait = outcome.outage === undefined ? undefined : outage.nextWait();
		if (wait !== undefined) {
			report.warn(`Another system is down or busy (${outcome.outage}) for ${outage.lasted}; ${describe(batch.events)} is kept and tried again in ${seconds(wait)}`);
			batch.outages++;
			await pause(wait, closing);
		} else {
			if (batch.attempt >= settings.attempts || outage.isOver) {
				const reason = outage.isOver ? `${outcome.reason} (for ${outage.lasted})` : outcome.reason;
				if (settings.afterLastAttempt !== 'keepRetrying') {
					if ((await giveUp(delivery, batch, reason, extras)) === 'closed') return 'closed';
					break;
				}
				report.warn(`Keeps retrying ${describe(batch.events)}, later events wait: ${reason}`);
			}
			const tried = Math.min(batch.attempt - 1, 8);
			batch.attempt++;
			batch.outages = 0;
			await pause(Math.min(PACE.retryFirst * 2 ** tried, PACE.retryLongest), closing);
		}
		if (closing.aborted) return 'closed';
	}
	place.acknowledge(batch.events);
	return 'acknowledged';
}

/**
 * How long another system has been down, and how long to wait for it. The wait is a tenth of the time that it is down
 * already, so that what waits is delivered soon after it is back, however long that takes.
 */
class Outage {
	private since: number | undefined;

	constructor(private readonly patienceMs: number) {}

	/** Milliseconds to the next try; `undefined` when such runs count as any other, or the patience is over. */
	nextWait(): number | undefined {
		if (this.patienceMs === 0) return undefined;
		this.since ??= performance.now();
		if (this.isOver) return undefined;
		return Math.min(Math.max(this.lastedMs / 10, PACE.retryFirst), PACE.outageLongest);
	}

	get isOver(): boolean {
		return this.since !== undefined && this.lastedMs >= this.patienceMs;
	}

	get lasted(): string {
		return seconds(this.lastedMs);
	}

	private get lastedMs(): number {
		return this.since === undefined ? 0 : performance.now() - this.since;
	}
}

/** Asked for once, before the first attempt: later attempts give the workflow the same item. */
async function extrasFor({ context, settings, closing }: Delivery, batch: Batch): Promise<readonly Row[]> {
	if (!settings.attachStructure) return [];
	return await structuresFor(await PicoClient.of(context), settings.kind, batch.events, closing);
}

async function startRun(delivery: Delivery, batch: Batch, extras: readonly Row[]): Promise<RunOutcome> {
	const { settings, place, report, store, runs } = delivery;
	const { attempt, outages } = batch;
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
		const started = await runs.startUnattended(prepare, (reason) => tellUncertain(delivery, batch, reason));
		return { kind: started === 'closed' ? 'closed' : 'succeeded' };
	}
	const { outputs, key } = prepare();
	const outcome = await runs.startAndWait(outputs, key, (reason, late) => {
		// A further attempt has the event again.
		if (late || settings.deliverNext !== 'afterSuccess') tellUncertain(delivery, batch, reason);
	});
	if (outcome.kind === 'unknown') {
		report.warn(`n8n did not report the end of the run for ${describe(batch.events)} within ${seconds(outcome.waitedMs)}; continuing`);
	}
	if (outcome.kind === 'startedBefore') report.info(`${describe(batch.events)} was started before; not started again`);
	return outcome;
}

async function waitAfterRefusal({ report, closing }: Delivery, batch: Batch, reason: string): Promise<Verdict> {
	report.failedExecution(
		`n8n did not start a run for ${describe(batch.events)}: ${reason}`,
		refusedToWait(reason)
			? "This workflow runs on an engine that lets no trigger wait for a run. Set 'Deliver Next Event' to 'Immediately', or choose the other engine in the workflow settings."
			: 'The event is kept and offered again.',
	);
	await pause(PACE.slow, closing);
	return closing.aborted ? 'closed' : 'acknowledged';
}

/** n8n failed to carry out a run to its end, or at least to say so, and the event is not started again. */
function tellUncertain({ report }: Delivery, batch: Batch, reason: string): void {
	report.failedExecution(
		`It is not certain that ${describe(batch.events)} was run: ${reason}`,
		'It is not started again, so that nothing happens twice. The event is below; see whether its run is in the executions list, and run it by hand if not.',
		batch.events.map(({ row }) => row),
	);
}

/** n8n itself could not deal with the items. Trying again would not help, and must not hold up the events behind. */
function tellNotTaken({ report }: Delivery, batch: Batch, reason: string): void {
	report.failedExecution(
		`n8n could not take in ${describe(batch.events)}: ${reason}`,
		'No run was started for it. The event is below; the stream continues with the next one.',
		batch.events.map(({ row }) => row),
	);
}

/** The end of an event whose last attempt failed: always visible, with its full payload, and then behind us. */
async function giveUp(delivery: Delivery, batch: Batch, reason: string, extras: readonly Row[]): Promise<Verdict> {
	const { settings, report, store, runs } = delivery;
	const attempts = `${batch.attempt} ${batch.attempt === 1 ? 'attempt' : 'attempts'}`;
	if (settings.afterLastAttempt === 'failedOutput') {
		const items = itemsOf(delivery, batch, extras).map(({ json }) => ({ json: { ...json, failedAttempts: batch.attempt, reason } }));
		const key = `${deduplicationKey(settings, batch.events.map(({ id }) => id), batch)}:failed`;
		store();
		const outcome = await runs.startAndWait([[], items], key, () => undefined);
		if (outcome.kind === 'closed') return 'closed';
		if (outcome.kind !== 'failed' && outcome.kind !== 'refused') return 'acknowledged';
	}
	report.failedExecution(
		`Continued after ${attempts} for ${describe(batch.events)}`,
		`The last run ended with: ${reason}. The event is below; run it again by hand after you fix the workflow.`,
		batch.events.map(({ row }) => row),
	);
	return 'acknowledged';
}

function itemsOf({ settings, place }: Delivery, { events, attempt, replayed }: Batch, extras: readonly Row[]): INodeExecutionData[] {
	return events.flatMap((event, index) =>
		toItems(
			settings,
			event,
			{
				attempt,
				replayed: replayed(event),
				correction: settings.kind.repeatIsCorrection && place.isCorrection(event),
				lagMs: lagMs(event, Date.now()),
			},
			extras[index],
		),
	);
}

function describe(events: readonly PicoEvent[]): string {
	const [first] = events;
	return events.length === 1 ? `event ${first.id} of ${first.cursor}` : `${events.length} events from ${first.id} of ${first.cursor} on`;
}

function seconds(ms: number): string {
	return ms < 90_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
