import { Feed } from '../graphql/feed.mts';
import type { Log } from '../plant/log.mts';
import { oddityOf } from '../plant/odd.mts';
import { PlantError } from '../plant/plant.mts';
import type { Sandbox } from '../sandbox.mts';
import { Stamp } from '../time.mts';
import { kindOf, readFragment, selectFields } from './fragment.mts';

export interface WebhookRequest {
	subscriptionId: string;
	responseFragment: string;
	webhookUrl: string;
	webhookHeaders?: unknown;
}

export interface Webhook extends WebhookRequest {
	headers: Record<string, string>;
	createdAt: Stamp;
	lastEventAt: Stamp | null;
	/** Machine time until which events are missed after a cut; 0 = listening. */
	downUntil: number;
	stop: () => void;
}

export interface Delivery {
	id: number;
	at: string;
	subscriptionId: string;
	url: string;
	status: number;
	outcome: 'delivered' | 'failed' | 'unreachable' | 'refused';
	detail: string;
	body: unknown;
}

const KEPT_DELIVERIES = 500;

/**
 * Webhooks by the documented rules: one event per request, the fragment's fields and nothing else, own headers, any 2xx is
 * success, no event is ever sent again, and after a cut Pico listens again 5 s later without what happened meanwhile.
 */
export class Webhooks {
	private readonly active = new Map<string, Webhook>();
	private readonly recent: Delivery[] = [];
	private count = 0;

	constructor(
		private readonly sandbox: Sandbox,
		private readonly allowedHosts: readonly string[],
	) {}

	subscribe(request: WebhookRequest): Webhook {
		const { subscriptionId } = request;
		if (!/^[A-Za-z0-9._~-]+$/.test(subscriptionId)) throw new PlantError('subscriptionID must be URL-safe');
		readFragment(this.sandbox.engine.schema, request.responseFragment);
		const headers = readHeaders(request.webhookHeaders);
		if (this.active.has(subscriptionId) && this.sandbox.switches.webhookDuplicate === 'error') {
			throw new PlantError(`a webhook with this subscriptionID already exists: ${subscriptionId}`);
		}
		this.unsubscribe(subscriptionId);
		return this.add({
			...request,
			headers,
			createdAt: this.sandbox.plant.now(),
			lastEventAt: null,
			downUntil: 0,
			stop: () => undefined,
		});
	}

	/** Starts listening for a new or stored subscription. */
	add(webhook: Webhook): Webhook {
		this.active.set(webhook.subscriptionId, webhook);
		this.listen(webhook);
		this.sandbox.changed();
		return webhook;
	}

	unsubscribe(subscriptionId: string): boolean {
		this.active.get(subscriptionId)?.stop();
		const known = this.active.delete(subscriptionId);
		if (known) this.sandbox.changed();
		return known;
	}

	/** The internal streams disconnect; each comes back after `webhookReconnectMs` and has missed what happened until then. */
	cut(): void {
		const wait = this.sandbox.switches.webhookReconnectMs;
		for (const webhook of this.active.values()) {
			webhook.stop();
			webhook.downUntil = Date.now() + wait;
			const timer = setTimeout(() => {
				webhook.downUntil = 0;
				if (this.active.get(webhook.subscriptionId) === webhook) this.listen(webhook);
				this.sandbox.changed();
			}, wait);
			webhook.stop = () => clearTimeout(timer);
		}
	}

	stopAll(): void {
		for (const webhook of this.active.values()) webhook.stop();
		this.active.clear();
		this.recent.length = 0;
	}

	list(): Webhook[] {
		return [...this.active.values()];
	}

	/** As the API lists them: never with headers. */
	handles() {
		return this.list().map(({ headers: _h, webhookHeaders: _w, stop: _s, downUntil: _d, ...handle }) => handle);
	}

	deliveries(): Delivery[] {
		return [...this.recent];
	}

	private listen(webhook: Webhook): void {
		const log = this.sandbox.plant.logs[kindOf(webhook.responseFragment)] as Log<object>;
		const feed = new Feed<object>({
			log,
			start: { kind: 'now' },
			batchSize: 1,
			matches: () => true,
			switches: () => this.sandbox.switches,
			random: this.sandbox.deliveryRandom,
		});
		const abort = new AbortController();
		webhook.stop = () => {
			abort.abort();
			feed.close();
		};
		void this.pump(webhook, feed, abort.signal);
	}

	private async pump(webhook: Webhook, feed: Feed<object>, signal: AbortSignal): Promise<void> {
		for await (const [row] of feed) {
			webhook.lastEventAt = this.sandbox.plant.now();
			const delivery = await this.deliver(webhook, row, signal);
			if (signal.aborted) return;
			this.recent.push(delivery);
			if (this.recent.length > KEPT_DELIVERIES) this.recent.shift();
			this.sandbox.changed();
		}
	}

	private async deliver(webhook: Webhook, row: object, signal: AbortSignal): Promise<Delivery> {
		const delivery: Delivery = {
			id: ++this.count,
			at: new Date().toISOString(),
			subscriptionId: webhook.subscriptionId,
			url: webhook.webhookUrl,
			status: 0,
			outcome: 'failed',
			detail: '',
			body: null,
		};
		let text: string | undefined;
		try {
			const { schema } = this.sandbox.engine;
			const odd = oddityOf(row);
			if (odd?.kind === 'raw') text = odd.text;
			else delivery.body = await selectFields(schema, readFragment(schema, webhook.responseFragment), row);
		} catch (error) {
			return { ...delivery, detail: error instanceof Error ? error.message : String(error) };
		}
		if (!this.mayReach(webhook.webhookUrl)) {
			return { ...delivery, outcome: 'refused', detail: 'the sandbox only delivers to this machine' };
		}
		try {
			const response = await fetch(webhook.webhookUrl, {
				method: 'POST',
				redirect: 'manual',
				headers: { 'content-type': 'application/json', 'user-agent': 'pico-sandbox-webhook', ...webhook.headers },
				body: text ?? JSON.stringify(delivery.body),
				signal: AbortSignal.any([signal, AbortSignal.timeout(this.sandbox.switches.webhookTimeoutMs)]),
			});
			await response.body?.cancel();
			return { ...delivery, status: response.status, outcome: response.ok ? 'delivered' : 'failed' };
		} catch (error) {
			const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
			return { ...delivery, outcome: 'unreachable', detail: cause instanceof Error ? cause.message : String(cause) };
		}
	}

	private mayReach(url: string): boolean {
		const { hostname } = new URL(url);
		const isLoopback = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
		return isLoopback || this.allowedHosts.includes(hostname);
	}
}

function readHeaders(value: unknown): Record<string, string> {
	if (value === undefined || value === null) return {};
	if (typeof value !== 'object' || Array.isArray(value)) throw new PlantError('webhookHeaders must be a JSON object');
	const entries = Object.entries(value).map(([name, each]) => [name, String(each)]);
	try {
		return Object.fromEntries(new Headers(Object.fromEntries(entries)));
	} catch {
		throw new PlantError('webhookHeaders holds a name or value that is no HTTP header');
	}
}
