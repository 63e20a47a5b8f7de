import { randomUUID } from 'node:crypto';
import type { IDataObject, ITriggerFunctions, ITriggerResponse, IWebhookFunctions } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { asFailure } from '../shared/api/failure';
import { errorSaying } from '../shared/api/nodeError';
import { pause } from '../shared/api/pause';
import { Retries, RETRY } from '../shared/api/retry';
import { findWebhook, putWebhook } from '../shared/api/webhooks';
import { readChoice } from '../shared/delivery/choice';
import { log } from '../shared/delivery/host';
import type { EventChoice } from '../shared/delivery/settings';
import { deliverByEmit } from './deliver';
import { memoryOf } from './memory';
import { ownSubscriptionId, SECRET_HEADER, secretOf, storedAddress, triggerKey, wantedWebhook } from './registration';

/** What the trigger sends to its own address; an event never looks like this. */
const OWN_CALL = 'catchUp';
/** Names this process in the answer. */
const PROCESS = randomUUID();

/** Between two checks; tests wait less. */
export const CHECK = { everyMs: 60_000 };
const GO_ON_MS = 200;
const ANSWER_WITHIN_MS = 30_000;
const SILENT_FOR_MS = 3_600_000;

/** Ends the wait of the trigger for its next check. */
const waiting = new Map<string, AbortController>();

interface Problem {
	/** Names the cause; each is shown once until it is gone. */
	kind: 'unserved' | 'unreached' | 'missing' | 'pico' | 'none';
	message: string;
	hint: string;
}

/**
 * Runs as long as the workflow is published. n8n starts it at every start, and each minute it has the trigger call its
 * own address: that fetches what was missed, and shows that n8n serves the address that Pico calls.
 */
export function watch(context: ITriggerFunctions): ITriggerResponse {
	const closed = new AbortController();
	memoryOf(context).closing = closed.signal;
	void new Watch(context, readChoice(context), closed.signal).run();
	return { closeFunction: async () => closed.abort() };
}

/** Has the trigger look for missed events now, if it lives in this process; else it does within a minute. */
export function checkSoon(context: IWebhookFunctions): void {
	waiting.get(triggerKey(context))?.abort();
}

export function isOwnCall(body: unknown): boolean {
	return typeof body === 'object' && body !== null && Object.keys(body).join() === OWN_CALL && (body as IDataObject)[OWN_CALL] === true;
}

/** The answer by which the trigger knows itself. */
export function ownAnswer(more: boolean): IDataObject {
	return { picoWebhookTrigger: true, process: PROCESS, more };
}

class Watch {
	/** Whether another process answers the calls; then only it knows what is delivered. */
	private elsewhere = false;
	/** n8n serves an address only after the activation, and its web server starts after its triggers. */
	private readonly retries = new Retries(RETRY.selfCall);
	private fetched = false;
	private told: Problem['kind'] = 'none';
	private silentSince: number | undefined;

	constructor(
		private readonly context: ITriggerFunctions,
		private readonly settings: EventChoice,
		private readonly closed: AbortSignal,
	) {}

	async run(): Promise<void> {
		for (let next = this.retries.next() ?? 0; ; ) {
			await this.wait(next);
			if (this.closed.aborted) return;
			next = await this.check();
		}
	}

	private async wait(ms: number): Promise<void> {
		const key = triggerKey(this.context);
		const soon = new AbortController();
		waiting.set(key, soon);
		await pause(ms, AbortSignal.any([this.closed, soon.signal]));
		if (waiting.get(key) === soon) waiting.delete(key);
	}

	/** @returns milliseconds to the next check */
	private async check(): Promise<number> {
		try {
			const client = await PicoClient.of(this.context);
			memoryOf(this.context).clock.set(Date.parse(await client.serverNow(this.closed)));
			const outcome = await this.callOwnAddress(client);
			this.silentSince = undefined;
			if ('more' in outcome) {
				this.retries.reset();
				this.tell({ kind: 'none', message: '', hint: '' });
				return outcome.more ? GO_ON_MS : CHECK.everyMs;
			}
			const again = this.retries.next();
			if (again !== undefined) return again;
			this.tell(outcome);
			return (await this.fetchHere(client, outcome)) ? GO_ON_MS : CHECK.everyMs;
		} catch (error) {
			this.picoFailed(asFailure(error).message);
			return CHECK.everyMs;
		}
	}

	/** Calls the address that Pico has of this trigger. */
	private async callOwnAddress(client: PicoClient): Promise<{ more: boolean } | Problem> {
		const id = ownSubscriptionId(this.context);
		const found = await findWebhook(client, id, this.closed);
		const url = found?.webhookUrl;
		if (!url) return lost(`Pico no longer has the webhook '${id}'`);
		const wanted = wantedWebhook(this.context, client, this.settings, url);
		const [, name] = wanted.fragment(await client.dialect(this.closed)).split(' ');
		if (!found.responseFragment?.includes(name)) {
			if (url !== storedAddress(this.context)) return lost(`In Pico, the webhook '${id}' calls another address, ${url}`);
			await putWebhook(client, wanted, found, this.closed);
			log(this.context, 'info', `Registered the webhook '${id}' with the secret that belongs to the current token`);
		}
		return await this.call(url, secretOf(this.context, client));
	}

	private async call(url: string, secret: string): Promise<{ more: boolean } | Problem> {
		try {
			const { statusCode, body } = (await this.context.helpers.httpRequest({
				method: 'POST',
				url,
				headers: { [SECRET_HEADER]: secret },
				body: { [OWN_CALL]: true },
				json: true,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				timeout: ANSWER_WITHIN_MS,
				abortSignal: this.closed,
			})) as { statusCode: number; body: unknown };
			const answer = (typeof body === 'object' && body !== null ? body : {}) as { picoWebhookTrigger?: unknown; process?: unknown; more?: unknown };
			if (statusCode < 300 && answer.picoWebhookTrigger === true) {
				this.elsewhere ||= answer.process !== PROCESS;
				return { more: answer.more === true };
			}
			return this.unserved(url, statusCode, body);
		} catch (error) {
			return {
				kind: 'unreached',
				message: `n8n cannot reach its own webhook address ${url} (${asFailure(error).message})`,
				hint: 'Pico may still reach it. Events that Pico could not deliver are fetched with the next event and after each start of n8n.',
			};
		}
	}

	private unserved(url: string, status: number, body: unknown): Problem {
		const what = typeof body === 'string' && /^\s*</.test(body) ? 'a web page' : status === 404 ? 'nothing of this workflow' : 'another service';
		const cause = this.context.getNode().webhookId
			? 'Check that WEBHOOK_URL points to this n8n, and that no proxy answers in its place.'
			: 'The node has no webhook ID (the workflow was probably imported from a file without one), so it has no address in n8n. Copy the node, paste it, delete the old one, and publish the workflow again.';
		return {
			kind: 'unserved',
			message: `The webhook address of this trigger leads to ${what}: ${url} answered with HTTP ${status}`,
			hint: `Calls from Pico do not arrive. ${cause} Until then events are fetched once a minute.`,
		};
	}

	/**
	 * Fetches what was missed without a call. Where the address merely cannot be reached from here, other processes may
	 * answer Pico's calls, and only they know what is delivered: then no more than once after each start.
	 */
	private async fetchHere(client: PicoClient, { kind }: Problem): Promise<boolean> {
		if (this.elsewhere || (kind === 'unreached' && this.fetched)) return false;
		const more = await deliverByEmit(this.context, { client, settings: this.settings });
		this.fetched = !more;
		return more;
	}

	private picoFailed(reason: string): void {
		if (this.closed.aborted) return;
		this.silentSince ??= performance.now();
		if (performance.now() - this.silentSince < SILENT_FOR_MS) return;
		this.tell({
			kind: 'pico',
			message: `Pico has not answered for an hour (${reason})`,
			hint: 'Events that happen meanwhile are fetched as soon as it answers.',
		});
	}

	/** Shows a cause once: as a failed execution, or in the log where it may be none. */
	private tell({ kind, message, hint }: Problem): void {
		if (this.told === kind) return;
		if (kind === 'none') log(this.context, 'info', 'The webhook works again');
		else log(this.context, 'warn', `${message}. ${hint}`);
		this.told = kind;
		if (kind === 'none' || kind === 'unreached') return;
		this.context.saveFailedExecution?.(errorSaying(this.context.getNode(), message, hint));
	}
}

function lost(message: string): Problem {
	return {
		kind: 'missing',
		message,
		hint: 'Somebody changed it there, so Pico no longer calls this workflow. Missed events are fetched once a minute. Unpublish the workflow and publish it again to register it.',
	};
}
