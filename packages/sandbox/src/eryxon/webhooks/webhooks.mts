import { tenantId } from '../database.mts';
import type { Site } from '../site.mts';
import type { Row } from '../table.mts';
import { attemptDelivery, retryable, type Attempt } from './attempt.mts';
import { newSignature, oldSignature } from './sign.mts';

export interface Delivery {
	id: string;
	webhookId: string;
	url: string;
	event: string;
	eventId: string;
	at: string;
	/** The body as it was signed and sent. */
	body: string;
	status: 'pending' | 'delivered' | 'failed';
	attempts: number;
	statusCode: number | null;
	latencyMs: number;
	error: string | null;
}

const keep = 2000;
const atOnce = 8;

/** Sends events to the registered addresses: queue, attempts, log, and disabling what fails for too long. */
export class Webhooks {
	/** The latest deliveries, oldest first. */
	readonly deliveries: Delivery[] = [];
	/** Changes with every step of a delivery. */
	revision = 0;
	private readonly queue: (() => Promise<void>)[] = [];
	private running = 0;
	private stop = new AbortController();

	constructor(
		private readonly site: Site,
		/** Hosts besides this machine that may be reached. */
		private readonly hosts: readonly string[],
	) {}

	/** Whether anybody listens at all. */
	get wanted(): boolean {
		return this.site.db.table('webhooks').rows.size > 0;
	}

	/** Deliveries that are not finished. */
	get pending(): number {
		return this.queue.length + this.running;
	}

	/** Sends an event to every active webhook that lists its name. @param only id of the one webhook to send a test to */
	emit(event: string, data: unknown, only?: string): void {
		const eventId = crypto.randomUUID();
		const at = new Date();
		for (const hook of this.site.db.table('webhooks').rows.values()) {
			const listens = Array.isArray(hook.events) && hook.events.includes(event);
			if (only === undefined ? hook.active !== true || !listens : hook.id !== only) continue;
			const body = JSON.stringify(this.envelope(eventId, event, at, data));
			this.send(hook, { event, eventId, body });
			if (this.site.switches.duplicateDeliveries) this.send(hook, { event, eventId, body });
		}
	}

	/** Sends an event once more, with its id and body as they were. */
	sendAgain(deliveryId: string): Delivery {
		const before = this.deliveries.find((each) => each.id === deliveryId);
		const hook = before && this.site.db.get('webhooks', before.webhookId);
		if (!before || !hook) throw new Error(`There is no delivery ${deliveryId} with a webhook`);
		return this.send(hook, before);
	}

	/** Drops what is under way and forgets the log. */
	clear(): void {
		this.stop.abort();
		this.stop = new AbortController();
		this.queue.length = 0;
		this.deliveries.length = 0;
	}

	private envelope(id: string, event: string, at: Date, data: unknown): unknown {
		const time = at.toISOString();
		return this.site.switches.envelope === 'old'
			? { event, timestamp: time, data }
			: { id, event, occurred_at: time, tenant_id: tenantId, data };
	}

	private send(hook: Row, { event, eventId, body }: Pick<Delivery, 'event' | 'eventId' | 'body'>): Delivery {
		const delivery: Delivery = {
			id: crypto.randomUUID(),
			webhookId: hook.id,
			url: String(hook.url),
			event,
			eventId,
			at: new Date().toISOString(),
			body,
			status: 'pending',
			attempts: 0,
			statusCode: null,
			latencyMs: 0,
			error: null,
		};
		this.deliveries.push(delivery);
		this.revision += 1;
		if (this.deliveries.length > keep) this.deliveries.shift();
		const { signal } = this.stop;
		this.queue.push(() => this.deliver(hook, delivery, signal));
		this.work();
		return delivery;
	}

	private work(): void {
		while (this.running < atOnce) {
			const next = this.queue.shift();
			if (!next) return;
			this.running += 1;
			void next().finally(() => {
				this.running -= 1;
				this.work();
			});
		}
	}

	private async deliver(hook: Row, delivery: Delivery, signal: AbortSignal): Promise<void> {
		const { switches, dialect } = this.site;
		// 0.1.0 tried once, 0.8 three times, 0.11 five times.
		const attempts = { g1: 1, g2: 3, g3: 5 }[dialect];
		const started = performance.now();
		let last: Attempt = { statusCode: null, error: 'not sent' };
		const secret = switches.badSignature > 0 ? 'another secret' : String(hook.secret_key);
		if (switches.badSignature > 0) switches.badSignature -= 1;
		for (let attempt = 1; attempt <= attempts; attempt += 1) {
			delivery.attempts = attempt;
			this.revision += 1;
			const headers = this.headers(delivery, secret);
			last = await attemptDelivery(delivery, headers, {
				hosts: this.hosts,
				timeoutMs: switches.webhookTimeoutMs,
				signal,
			});
			if (signal.aborted) return;
			if (!retryable(last) || attempt === attempts) break;
			await pause(switches.webhookRetryMs * 2 ** (attempt - 1), signal);
			if (signal.aborted) return;
		}
		delivery.latencyMs = Math.round(performance.now() - started);
		delivery.statusCode = last.statusCode;
		delivery.error = last.error;
		this.revision += 1;
		delivery.status = last.error === null ? 'delivered' : 'failed';
		this.record(hook, delivery);
	}

	private headers(delivery: Delivery, secret: string): Record<string, string> {
		const { switches } = this.site;
		const at = Math.floor(Date.now() / 1000) - switches.staleSeconds;
		const headers: Record<string, string> = {
			'content-type': 'application/json',
			'x-eryxon-event': delivery.event,
			'x-eryxon-signature':
				switches.signature === 'sha256' ? oldSignature(secret, delivery.body) : newSignature(secret, delivery.body, at),
		};
		if (switches.envelope === 'old') return { ...headers, 'user-agent': 'Eryxon-Webhooks/1.0' };
		return {
			...headers,
			'user-agent': 'Eryxon-Webhooks/2',
			'x-eryxon-event-id': delivery.eventId,
			'x-eryxon-delivery-id': delivery.id,
		};
	}

	/** The log that the API shows, and since 0.11.0 the count of failures that disables a webhook. */
	private record(hook: Row, delivery: Delivery): void {
		const { db, dialect, switches } = this.site;
		const { id, webhookId, event, eventId, status, statusCode, attempts, latencyMs, error, body } = delivery;
		const payload: unknown = JSON.parse(body);
		if (dialect === 'g3') {
			const row = { id, webhook_id: webhookId, event, event_id: eventId, status, attempts, error, payload };
			db.insert('webhook_deliveries', { ...row, status_code: statusCode, latency_ms: latencyMs });
		} else {
			const row = { webhook_id: webhookId, event_type: event, payload };
			db.insert('webhook_logs', { ...row, status_code: statusCode, error_message: error });
		}
		const log = db.table(dialect === 'g3' ? 'webhook_deliveries' : 'webhook_logs');
		for (const oldest of log.rows.values()) {
			if (log.rows.size <= keep) break;
			log.remove(oldest);
		}
		if (dialect !== 'g3' || !db.get('webhooks', hook.id)) return;
		const failures = status === 'failed' ? Number(hook.consecutive_failures ?? 0) + 1 : 0;
		const tooMany = failures >= switches.disableAfter && hook.active === true;
		db.update('webhooks', hook, {
			consecutive_failures: failures,
			last_delivery_at: db.now(),
			last_status_code: statusCode,
			...(tooMany
				? { active: false, disabled_reason: `Disabled after ${failures} consecutive failed deliveries` }
				: {}),
		});
	}
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = (): void => {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		signal.addEventListener('abort', done);
	});
}
