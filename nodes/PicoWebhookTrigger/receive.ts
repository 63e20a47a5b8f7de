import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { pause } from '../shared/api/pause';
import { structuresFor } from '../shared/delivery/attach';
import { matches } from '../shared/delivery/filter';
import { lagMs, toItem } from '../shared/delivery/item';
import type { PicoEvent } from '../shared/events/event';
import { compareTimestamps, minusMs } from '../shared/events/timestamp';
import { readBody } from './body';
import { catchUp, type CaughtUp } from './catchUp';
import { AFTER_A_CALL, goOnLater } from './goOn';
import { Progress, readStored, store, type StoredProgress } from './progress';
import { readRegistration, type Registration } from './registration';
import { isSecret, SECRET_HEADER } from './secret';
import { readSettings, sourceOf, type WebhookSettings } from './settings';
import { inTurn, type Memory } from './turns';
import { asFailure } from '../shared/api/failure';

/**
 * n8n answers Pico when this call is over and the run has been started, and Pico drops an event whose delivery takes
 * too long: reading what was missed gets little time, and goes on in another call.
 */
const EVENT_BUDGET_MS = 2_500;
/** A call of our own may take longer. */
const OWN_BUDGET_MS = 10_000;
const STRUCTURE_BUDGET_MS = 3_000;
/** Events that one call starts a run with at most. */
const MOST_EVENTS = 500;
/** Read again before each event; the whole look-back window once a minute is enough. */
const OVERLAP_MS = 2_000;
const LOOK_BACK_EVERY_MS = 60_000;

/** Handles one call of the trigger's address. */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const registration = readRegistration(context);
	if (!registration || !isSecret(registration.secret, context.getHeaderData()[SECRET_HEADER])) {
		return refuse(context, 401, `The header ${SECRET_HEADER} does not hold the secret of this webhook`);
	}
	const settings = readSettings(context);
	const body = readBody(settings.kind, context.getBodyData());
	if (body.kind === 'strange') return refuse(context, 400, body.problem);
	const events = body.kind === 'events' ? body.events : [];
	const wanted = events.filter((event) => matches(settings, event));
	if (body.kind === 'events' && wanted.length === 0) return { webhookResponse: { message: 'Left out by the filter' } };
	if (context.getMode() === 'manual') return await testRun(context, settings, wanted);

	const call = { registration, settings, arrived: wanted, own: body.kind === 'catchUp' };
	return await inTurn(turnKey(context), async (memory) => await deliver(context, call, memory));
}

/** Names the trigger in this process. */
export function turnKey(context: Pick<IWebhookFunctions, 'getWorkflow' | 'getNode'>): string {
	return `${String(context.getWorkflow().id)}/${context.getNode().id}`;
}

interface Call {
	registration: Registration;
	settings: WebhookSettings;
	arrived: readonly PicoEvent[];
	/** Sent by the trigger itself to go on with catching up. */
	own: boolean;
}

async function deliver(
	context: IWebhookFunctions,
	call: Call,
	memory: Memory,
): Promise<{ result: IWebhookResponseData; settled: Promise<unknown> }> {
	const { registration, settings, arrived, own } = call;
	const client = await clientOf(context);
	const progress = progressOf(context, client, call, memory);
	const fresh = arrived.filter((event) => !progress.isDelivered(event));
	if (fresh.length === 0 && !own) {
		return { result: { webhookResponse: { message: 'Delivered before' } }, settled: Promise.resolve() };
	}

	const caughtUp = client ? await read(client, progress, { ...call, arrived: fresh }, memory) : unreachable(fresh, progress);
	const stored = store(context, progress);
	const settled = answered(context).then((ok) => {
		if (!ok) return;
		memory.latest = stored;
		for (const { event } of caughtUp.deliver) memory.seen.add(event.id, event.cursor);
	});
	tell(context, call, caughtUp, stored.cursor);
	if (caughtUp.more && !memory.closing.signal.aborted) goOnLater(context, turnKey(context), registration, AFTER_A_CALL);
	if (caughtUp.deliver.length === 0) {
		return { result: { webhookResponse: { message: caughtUp.more ? 'Catching up' : 'Nothing new' } }, settled };
	}
	const posted = new Set(arrived.map(({ id }) => id));
	const items = await itemsOf(client, settings, caughtUp, posted);
	void storeOnceMore(context, progress);
	return { result: { workflowData: [items] }, settled };
}

async function read(client: PicoClient, progress: Progress, { settings, arrived, own }: Call, memory: Memory): Promise<CaughtUp> {
	const now = Date.now();
	const short = !own && now - memory.lookedBackAt < LOOK_BACK_EVERY_MS;
	const overlap = minusMs(progress.cursor, OVERLAP_MS);
	const from = short && compareTimestamps(overlap, progress.resumeFrom) > 0 ? overlap : progress.resumeFrom;
	const caughtUp = await catchUp(client, settings, progress, {
		from,
		arrived,
		budgetMs: own ? OWN_BUDGET_MS : EVENT_BUDGET_MS,
		most: MOST_EVENTS,
		closing: memory.closing.signal,
	});
	if (!short && !caughtUp.failure && !caughtUp.more) memory.lookedBackAt = now;
	return caughtUp;
}

/** Without a usable credential nothing can be read; what has arrived is delivered all the same. */
function unreachable(events: readonly PicoEvent[], progress: Progress): CaughtUp {
	for (const event of events) progress.acknowledgeAhead(event);
	return {
		deliver: events.map((event) => ({ event, correction: false })),
		more: false,
		failure: asFailure(new Error('The credential cannot be used')),
	};
}

async function clientOf(context: IWebhookFunctions): Promise<PicoClient | undefined> {
	try {
		return await PicoClient.of(context);
	} catch (error) {
		context.logger.warn(`${label(context)} ${asFailure(error).message}`);
		return undefined;
	}
}

/**
 * The newer of what n8n read for this call and what this process did last: n8n reads before a call waits for its turn,
 * and the end of any other run may put an older copy back.
 */
function progressOf(context: IWebhookFunctions, client: PicoClient | undefined, call: Call, { latest, seen }: Memory): Progress {
	const raw = readStored(context) as Partial<StoredProgress> | undefined;
	const { settings, arrived } = call;
	const source = client
		? sourceOf(client, settings)
		: { fingerprint: raw?.source ?? '', resetToken: settings.resetToken, lookbackMs: settings.lookbackMs };
	const stored = Progress.load(raw, source, seen);
	const remembered = latest ? Progress.load(latest, source, seen) : stored;
	if (remembered.kind === 'progress') {
		if (stored.kind !== 'progress' || compareTimestamps(remembered.progress.cursor, stored.progress.cursor) >= 0) {
			return remembered.progress;
		}
	}
	if (stored.kind === 'progress') return stored.progress;
	const why = 'reason' in stored ? stored.reason : 'nothing is stored';
	context.logger.warn(`${label(context)} Begins with the event that has just arrived, since ${why}`);
	const first = arrived.map(({ cursor }) => cursor).filter((cursor) => cursor !== '');
	return Progress.at(first.sort(compareTimestamps)[0] ?? new Date().toISOString(), source, seen);
}

/**
 * n8n saves static data after it started the run, which is the right order: a run that could not be started leaves the
 * old position. But n8n 2.41 forgets that they were changed when it prepares the run, so they are changed again right
 * after that: in the first turn of the event loop after this call, before n8n hears from its database.
 */
async function storeOnceMore(context: IWebhookFunctions, progress: Progress): Promise<void> {
	await pause(0);
	store(context, progress);
}

/** Settles when n8n has answered, which it does after it started the run: `false` when it could not start one. */
async function answered(context: IWebhookFunctions): Promise<boolean> {
	const response = context.getResponseObject();
	// Pico may have hung up already; n8n starts the run all the same.
	if (!response.closed && !response.destroyed) await new Promise<void>((resolve) => response.once('close', () => resolve()));
	return response.statusCode < 400;
}

async function itemsOf(
	client: PicoClient | undefined,
	settings: WebhookSettings,
	{ deliver }: Pick<CaughtUp, 'deliver'>,
	posted: ReadonlySet<string>,
): Promise<INodeExecutionData[]> {
	const events = deliver.map(({ event }) => event);
	const extras =
		settings.attachStructure && client
			? await structuresFor(client, settings.kind, events, AbortSignal.timeout(STRUCTURE_BUDGET_MS))
			: [];
	return deliver.map(({ event, correction }, index) =>
		toItem(
			settings.kind,
			event,
			settings.output,
			{ attempt: 1, replayed: !posted.has(event.id), correction, lagMs: lagMs(event, Date.now()) },
			extras[index],
		),
	);
}

/** A test run shows the event that came in, and neither reads nor moves what is stored for the active workflow. */
async function testRun(context: IWebhookFunctions, settings: WebhookSettings, events: readonly PicoEvent[]): Promise<IWebhookResponseData> {
	const deliver = events.map((event) => ({ event, correction: false }));
	const client = settings.attachStructure ? await clientOf(context) : undefined;
	return { workflowData: [await itemsOf(client, settings, { deliver }, new Set(events.map(({ id }) => id)))] };
}

function tell(context: IWebhookFunctions, { arrived, own }: Call, { deliver, more, failure }: CaughtUp, cursor: string): void {
	const missed = deliver.length - (more || failure ? 0 : arrived.length);
	if (failure) {
		context.logger.warn(
			`${label(context)} Could not ask Pico for missed events (${failure.message}); asks again with the next event, from ${cursor} on`,
		);
	} else if (own || missed > 0) {
		context.logger.info(`${label(context)} Fetched ${Math.max(0, missed)} missed event(s), now at ${cursor}${more ? '; more to come' : ''}`);
	}
}

function refuse(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.logger.warn(`${label(context)} Refused a call with ${status}: ${message}`);
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

function label(context: IWebhookFunctions): string {
	return `[Pico MES Webhook Trigger '${context.getNode().name}', workflow ${context.getWorkflow().id}]`;
}
