import { NodeOperationError, type IRun, type ITriggerFunctions, type ITriggerResponse } from 'n8n-workflow';

import { EryxonClient } from '../shared/api/client';
import { asFailure, EryxonFailure } from '../shared/api/failure';
import { findGeneration } from '../shared/api/generation';
import { pause } from '../shared/api/pause';
import { enableWebhook, listWebhooks } from '../shared/api/webhooks';
import { TEST_EVENT } from '../shared/core/webhook/events';
import { readSeen, withSeen } from '../shared/core/webhook/seen';
import { itemOf, wanted } from './item';
import { memoryOf, remember } from './memory';
import { keepsFailures, readMissed, type Missed } from './missed';
import { readRegistration, type Registration } from './registration';
import { say } from './say';
import { readSettings, type TriggerSettings } from './settings';

/** n8n registers the webhook and starts this at the same time. */
export const CHECKS = { firstMs: 3_000, minuteMs: 60_000 };
const STARTED_WITHIN_MS = 2_000;
const SEEN = 'seen';
/** Failed deliveries up to this time were taken; as Eryxon writes it. */
const TAKEN = 'missedUntil';

/**
 * Runs as long as the workflow is published; n8n starts it at every start of its own. It fetches what Eryxon could not
 * deliver meanwhile, and looks whether Eryxon still has the webhook.
 */
export function watch(context: ITriggerFunctions): ITriggerResponse {
	if (context.getMode() === 'manual') return {};
	const settings = readSettings(context);
	const closed = new AbortController();
	void new Watch(context, settings, closed.signal).run();
	return { closeFunction: async () => closed.abort() };
}

class Watch {
	/** Causes that are shown until they are gone. */
	private readonly told = new Set<string>();

	constructor(
		private readonly context: ITriggerFunctions,
		private readonly settings: TriggerSettings,
		private readonly closed: AbortSignal,
	) {}

	async run(): Promise<void> {
		const every = this.settings.checkEveryMinutes * CHECKS.minuteMs;
		for (let next = CHECKS.firstMs; ; ) {
			await pause(next, this.closed);
			if (this.closed.aborted) return;
			try {
				await this.check();
				this.told.delete('unreached');
				if (every === 0) return;
				next = every;
			} catch (error) {
				if (!this.closed.aborted) this.log('unreached', `Could not fetch missed events (${asFailure(error).message}); trying again`);
				// At a start Eryxon may be starting as well.
				next = CHECKS.minuteMs;
			}
		}
	}

	private async check(): Promise<void> {
		const { context, settings, closed } = this;
		const registration = memoryOf(context).registration ?? readRegistration(context);
		if (!registration) return;
		const client = await EryxonClient.of(context);
		if (client.base !== registration.base) return;
		const generation = await findGeneration(client, settings.apiVersion, closed);
		await this.checkWebhook(client, registration);
		if (!keepsFailures(generation)) return;
		const since = String(context.getWorkflowStaticData('node')[TAKEN] ?? '');
		const { missed, unread, newest } = await readMissed(client, generation, registration.ids, since, closed);
		if (unread > 0 && generation === 'strict') {
			this.tell('unread', `Eryxon could not deliver more events than it lists: up to ${unread} are missing`, 'Compare with Eryxon what happened while n8n was not reachable, for example with Quantity: Get Many.');
		} else if (unread > 0) {
			// Up to 0.9 the list holds what was delivered as well.
			this.log('unread', `Eryxon made more deliveries since the last check than it lists; whether one of ${unread} older ones failed is not known`);
		}
		for (const each of missed) {
			if (closed.aborted) return;
			await this.deliver(each);
		}
		context.getWorkflowStaticData('node')[TAKEN] = newest;
	}

	/** Starts a run for an event that was not handed over yet. */
	private async deliver({ at, event }: Missed): Promise<void> {
		const { context } = this;
		const memory = memoryOf(context);
		await memory.underWay.get(event.eventId);
		const data = context.getWorkflowStaticData('node');
		const seen = readSeen(data[SEEN]);
		const known = memory.seen.has(event.eventId) || seen.includes(event.eventId);
		const before = { [TAKEN]: data[TAKEN], [SEEN]: data[SEEN] };
		data[TAKEN] = at;
		if (known || event.event === TEST_EVENT || !wanted(this.settings, event)) return;
		data[SEEN] = withSeen([...seen.filter((id) => !memory.seen.has(id)), ...memory.seen], event.eventId);
		const key = `${context.getWorkflow().id ?? ''}:${context.getNode().id}:${event.eventId}`.slice(0, 255);
		const run = context.helpers.createDeferredPromise<IRun>();
		const started = run.promise.then(
			() => true,
			() => false,
		);
		context.emit([[{ json: itemOf(event, true) }]], undefined, run, key);
		// It settles with the end of the run, which may never come; only that a run could not be started comes at once.
		if (await Promise.race([started, pause(STARTED_WITHIN_MS, this.closed).then(() => true)])) return remember(memory, event.eventId);
		Object.assign(data, before);
		throw new EryxonFailure('server', 'n8n could not start a run for a missed event');
	}

	/** Eryxon switches a webhook off after 25 deliveries in a row that failed. */
	private async checkWebhook(client: EryxonClient, { ids }: Registration): Promise<void> {
		const own = (await listWebhooks(client, this.closed)).filter(({ id }) => ids.includes(id));
		if (own.length < ids.length) {
			return this.tell('gone', 'Eryxon no longer has the webhook of this trigger', 'Somebody removed it there, so no event arrives. Unpublish the workflow and publish it again.');
		}
		for (const { id, active, disabledReason } of own) {
			if (active && !disabledReason) continue;
			if (!disabledReason) {
				this.tell('off', 'Somebody switched the webhook of this trigger off in Eryxon', 'No event arrives until it is turned on under Admin > Webhooks.');
				continue;
			}
			await enableWebhook(client, id, this.closed);
			this.tell(
				'disabled',
				`Eryxon had switched the webhook of this trigger off (${disabledReason}); it is on again`,
				'What happened while it was off was not sent and cannot be fetched. What Eryxon tried to send before is fetched now.',
			);
		}
	}

	/** Shows a cause once, as a failed execution where n8n has a way, so that the error workflow runs. */
	private tell(cause: string, message: string, hint: string): void {
		if (this.told.has(cause)) return;
		this.told.add(cause);
		say(this.context, 'warn', `${message}. ${hint}`);
		this.context.saveFailedExecution?.(new NodeOperationError(this.context.getNode(), message, { description: hint }));
	}

	private log(cause: string, message: string): void {
		if (!this.told.has(cause)) say(this.context, 'warn', message);
		this.told.add(cause);
	}
}
