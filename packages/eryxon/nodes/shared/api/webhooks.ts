import { isObject, readRow, type Row } from '../core/answers';
import type { Generation } from '../core/entities';
import type { EryxonClient } from './client';
import { EryxonFailure } from './failure';

const PATH = 'api-webhooks';

/** A webhook as Eryxon lists it; secrets are not looked at, newer versions do not show them. */
export interface Webhook {
	id: string;
	url: string;
	events: string[];
	active: boolean;
	/** Why Eryxon switched it off, from 0.11 on. */
	disabledReason?: string;
}

export async function listWebhooks(client: EryxonClient, signal?: AbortSignal): Promise<Webhook[]> {
	return (await client.list(PATH, {}, {}, undefined, signal)).map(readWebhook);
}

function readWebhook(row: Row): Webhook {
	const events = Array.isArray(row.events) ? row.events.map(String) : typeof row.event_type === 'string' ? [row.event_type] : [];
	return {
		id: String(row.id),
		url: String(row.url ?? ''),
		events,
		active: row.active !== false,
		...(row.disabled_reason ? { disabledReason: String(row.disabled_reason) } : {}),
	};
}

/**
 * Registers a webhook; the first generation takes one event for each.
 *
 * @returns the IDs
 */
export async function createWebhooks(
	client: EryxonClient,
	generation: Generation,
	wanted: { url: string; events: readonly string[]; secret: string; name: string },
): Promise<string[]> {
	const common = { url: wanted.url, secret_key: wanted.secret, active: true };
	if (generation === 'documented') {
		const ids: string[] = [];
		for (const event of wanted.events) ids.push(await create(client, { ...common, event_type: event }));
		return ids;
	}
	const body = { ...common, events: wanted.events };
	return [await create(client, generation === 'strict' ? { ...body, name: wanted.name } : body)];
}

async function create(client: EryxonClient, body: Record<string, unknown>): Promise<string> {
	const { data } = await client.send({ method: 'POST', path: PATH, body });
	const id = readRow(data)?.id ?? (isObject(data) ? data.webhook_id : undefined);
	if (typeof id !== 'string') throw new EryxonFailure('refused', 'Eryxon registered the webhook, but its answer contains no ID');
	return id;
}

/** Switches a webhook on again, which also forgets its failures. */
export async function enableWebhook(client: EryxonClient, id: string, signal?: AbortSignal): Promise<void> {
	await client.send({ method: 'PATCH', path: PATH, query: { id }, body: { active: true }, repeatable: true, signal });
}

/** Removes a webhook; one that is gone already is no failure. */
export async function deleteWebhook(client: EryxonClient, id: string, signal?: AbortSignal): Promise<void> {
	try {
		await client.send({ method: 'DELETE', path: PATH, query: { id }, repeatable: true, signal });
	} catch (error) {
		if (error instanceof EryxonFailure && error.kind === 'notFound') return;
		throw error instanceof EryxonFailure ? error : new EryxonFailure('server', String(error));
	}
}
