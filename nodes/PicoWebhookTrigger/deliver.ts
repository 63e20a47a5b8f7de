import type { INodeExecutionData, IRun, ITriggerFunctions, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { PicoClient } from '../shared/api/client';
import { pause, within } from '../shared/api/pause';
import { structuresFor } from '../shared/delivery/attach';
import { lagMs, toItems } from '../shared/delivery/item';
import { log } from '../shared/delivery/host';
import { Place } from '../shared/delivery/place/place';
import type { StoredState } from '../shared/delivery/place/state';
import type { EventChoice } from '../shared/delivery/settings';
import { compareTimestamps, minusMs, toMs } from '../shared/events/timestamp';
import { unusableItem, type Arrival } from '../shared/delivery/arrival';
import { catchUp, type CaughtUp } from './catchUp';
import { inTurn, loadPlace, placeOptions, readStored, store, type Memory } from './memory';
import { triggerKey } from './registration';

/**
 * n8n answers Pico when a call is over and the run has been started, and Pico drops an event whose delivery takes too
 * long: reading what was missed gets little time, and goes on in another call.
 */
const EVENT_BUDGET_MS = 2_500;
/** A call of our own may take longer. */
const OWN_BUDGET_MS = 10_000;
/** Read again before each event; the whole look-back window once a minute is enough. */
const OVERLAP_MS = 2_000;
const LOOK_BACK_EVERY_MS = 60_000;
const STRUCTURE_BUDGET_MS = 3_000;
/** n8n tells within this time that it could not start a run. */
const STARTED_WITHIN_MS = 2_000;
/** What there is to deliver: events that have just arrived, or none for a look at what was missed. */
interface Delivery {
	client: PicoClient;
	settings: EventChoice;
	arrived: readonly Arrival[];
}

export interface Delivered {
	response: IWebhookResponseData;
	/** Whether Pico has more that is due. */
	more: boolean;
}

/** Has a webhook call start one run with what has arrived and what was missed before it. */
export async function deliverByCall(context: IWebhookFunctions, delivery: Delivery): Promise<Delivered> {
	return await inTurn<Delivered>(context, async (memory) => {
		const found = await collect(context, delivery, memory);
		if (found === 'known') return { result: answer('Already delivered', false), settled: Promise.resolve() };
		const { stored, items, caughtUp, moved } = found;
		const settled = answered(context).then((ok) => {
			if (ok) remember(memory, stored, caughtUp);
		});
		if (moved) store(context, stored);
		const { more } = caughtUp;
		if (items.length === 0) return { result: answer(more ? 'Catching up' : 'Nothing new', more), settled };
		// n8n saves static data after it started the run, which is the right order, but forgets that they were changed when it
		// prepares the run. So they are changed again in the first turn of the event loop after this call.
		void pause(0).then(() => store(context, stored));
		return { result: { response: { workflowData: [items] }, more }, settled };
	});
}

/**
 * Starts one run with what was missed, without a call: where n8n does not serve the address of the trigger.
 *
 * @returns whether Pico has more that is due
 */
export async function deliverByEmit(context: ITriggerFunctions, delivery: Omit<Delivery, 'arrived'>): Promise<boolean> {
	return await inTurn(context, async (memory) => {
		const before = readStored(context);
		const found = await collect(context, { ...delivery, arrived: [] }, memory);
		if (found === 'known' || found.items.length === 0) return { result: found !== 'known' && found.caughtUp.more, settled: Promise.resolve() };
		store(context, found.stored);
		const run = context.helpers.createDeferredPromise<IRun>();
		const started = run.promise.then(() => true, () => false);
		context.emit([found.items], undefined, run, deduplicationKey(context, delivery.settings, found.caughtUp));
		const ok = await within(started, STARTED_WITHIN_MS, true);
		if (ok) remember(memory, found.stored, found.caughtUp);
		else {
			store(context, before);
			log(context, 'warn', 'n8n could not start a run for missed events; trying again in a minute');
		}
		return { result: ok && found.caughtUp.more, settled: Promise.resolve() };
	});
}

/** The items for events, also those of a test run. */
export async function itemsOf(
	client: PicoClient,
	settings: EventChoice,
	deliver: CaughtUp['deliver'],
	/** Ids of the events that Pico sent by itself; the others were read back. */
	posted: ReadonlySet<string>,
): Promise<INodeExecutionData[]> {
	if (deliver[0]?.event.problem) return [unusableItem(deliver[0].event)];
	const events = deliver.map(({ event }) => event);
	const extras = settings.attachStructure
		? await structuresFor(client, settings.kind, events, AbortSignal.timeout(STRUCTURE_BUDGET_MS))
		: [];
	return deliver.flatMap(({ event, correction }, index) =>
		toItems(
			settings,
			event,
			{ attempt: 1, replayed: !posted.has(event.id), correction, lagMs: lagMs(event, Date.now()) },
			extras[index],
		),
	);
}

interface Collected {
	stored: StoredState;
	caughtUp: CaughtUp;
	items: INodeExecutionData[];
	moved: boolean;
}

/** What has arrived and what was missed before it, in order, as items; the place has moved over both. */
async function collect(
	context: IWebhookFunctions | ITriggerFunctions,
	{ client, settings, arrived }: Delivery,
	memory: Memory,
): Promise<Collected | 'known'> {
	const place = newestPlace(context, client, settings, arrived, memory);
	place.clock.set(memory.clock.ms);
	const before = JSON.stringify(place.toState());
	const isDelivered = (event: Arrival) => place.isDelivered(event) || memory.seen.has(event.id);
	const fresh = arrived.filter((event) => !isDelivered(event));
	if (fresh.length === 0 && arrived.length > 0) return 'known';

	const own = arrived.length === 0;
	const now = performance.now();
	const short = !own && now - memory.lookedBackAt < LOOK_BACK_EVERY_MS;
	const overlap = minusMs(place.cursor, OVERLAP_MS);
	const caughtUp = await catchUp(client, settings, place, {
		isDelivered,
		from: short && compareTimestamps(overlap, place.resumeFrom) > 0 ? overlap : place.resumeFrom,
		arrived: fresh,
		budgetMs: own ? OWN_BUDGET_MS : EVENT_BUDGET_MS,
		closing: memory.closing,
	});
	if (!short && !caughtUp.failure && !caughtUp.more) memory.lookedBackAt = now;
	tell(context, fresh.length, caughtUp, place.cursor);
	const items = await itemsOf(client, settings, caughtUp.deliver, new Set(arrived.map(({ id }) => id)));
	const stored = place.toState();
	return { stored, caughtUp, items, moved: JSON.stringify(stored) !== before };
}

function answer(message: string, more: boolean): Delivered {
	return { response: { webhookResponse: { message } }, more };
}

function tell(context: IWebhookFunctions | ITriggerFunctions, arrived: number, { deliver, more, failure }: CaughtUp, cursor: string): void {
	const missed = deliver.length - (more || failure ? 0 : arrived);
	if (failure) log(context, 'warn', `Could not ask Pico for missed events (${failure.message}); trying again within a minute, from ${cursor}`);
	else if (missed > 0) log(context, 'info', `Fetched ${missed} missed event(s), now at ${cursor}${more ? '; more to come' : ''}`);
}

/**
 * The newer of what n8n read for this call and what this process did last: n8n reads before a call waits for its turn,
 * and the end of any other run may put an older copy back.
 */
function newestPlace(
	context: IWebhookFunctions | ITriggerFunctions,
	client: PicoClient,
	settings: EventChoice,
	arrived: readonly Arrival[],
	{ latest }: Memory,
): Place {
	const options = placeOptions(client, settings);
	const stored = loadPlace(readStored(context), options);
	const known = loadPlace(latest, options);
	if ('place' in known && 'place' in stored) return compareTimestamps(known.place.cursor, stored.place.cursor) >= 0 ? known.place : stored.place;
	if ('place' in known) return known.place;
	if ('place' in stored) return stored.place;
	const first = arrived.map(({ cursor }) => cursor).filter((cursor) => cursor !== '').sort(compareTimestamps);
	const start = first.length > 0 ? 'the event that has just arrived' : 'new events';
	log(context, 'warn', `Starts with ${start} because ${'reason' in stored ? stored.reason : 'no position is stored'}`);
	return Place.startingAt(first[0] ?? new Date().toISOString(), options);
}

function remember(memory: Memory, stored: StoredState, { deliver }: CaughtUp): void {
	memory.latest = stored;
	for (const { event } of deliver) memory.seen.add(event.id, toMs(event.cursor));
}

/** Settles when n8n has answered, which it does after it started the run: `false` when it could not start one. */
async function answered(context: IWebhookFunctions): Promise<boolean> {
	const response = context.getResponseObject();
	// Pico may have hung up already; n8n starts the run all the same.
	if (!response.closed && !response.destroyed) await new Promise<void>((resolve) => response.once('close', () => resolve()));
	return response.statusCode < 400;
}

/** n8n starts at most one run for a key. */
function deduplicationKey(context: ITriggerFunctions, { resetKey }: EventChoice, { deliver }: CaughtUp): string {
	return `picoWebhook:${triggerKey(context)}:${deliver[0].event.id}:${deliver.length}:${resetKey.slice(0, 40)}`;
}
