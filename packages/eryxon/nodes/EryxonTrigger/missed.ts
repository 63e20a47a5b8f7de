import type { EryxonClient } from '../shared/api/client';
import { PAGE } from '../shared/api/list';
import { isObject, readPage, type Row } from '../shared/core/answers';
import type { Generation } from '../shared/core/entities';
import { readEvent, type EryxonEvent } from '../shared/core/webhook/envelope';

/** Where a version keeps what it could not deliver; the first one keeps nothing. */
const KEPT: Partial<Record<Generation, { path: string; query: Record<string, string> }>> = {
	generic: { path: 'api-webhook-logs', query: {} },
	strict: { path: 'api-webhook-deliveries', query: { status: 'failed' } },
};

export function keepsFailures(generation: Generation): boolean {
	return KEPT[generation] !== undefined;
}

/** An event that Eryxon could not deliver. */
export interface Missed {
	/** When the delivery was given up, as Eryxon writes it. */
	at: string;
	event: EryxonEvent;
}

/**
 * What Eryxon could not deliver to its webhooks, oldest first, from a time on.
 *
 * @returns `unread`: how many more deliveries there may be that the list does not hand out; `newest`: where the next check begins
 */
export async function readMissed(
	client: EryxonClient,
	generation: Generation,
	ids: readonly string[],
	since: string,
	signal?: AbortSignal,
): Promise<{ missed: Missed[]; unread: number; newest: string }> {
	const kept = KEPT[generation];
	const missed: Missed[] = [];
	let unread = 0;
	let newest = since;
	for (const id of kept ? ids : []) {
		const { data, meta } = await client.get(kept?.path ?? '', { ...kept?.query, webhook_id: id, limit: PAGE, offset: 0 }, signal);
		const { rows, total = 0 } = readPage(data, meta);
		const later = rows.filter(({ webhook_id: hook, created_at: at }) => hook === id && String(at ?? '') >= since);
		// Newest first: when all of a page is new, older ones may be behind it.
		if (later.length === rows.length && total > rows.length) unread += total - rows.length;
		for (const { created_at: at } of later) if (String(at) > newest) newest = String(at);
		for (const row of later.filter(isFailed)) {
			const event = eventOf(row);
			if (event) missed.push({ at: String(row.created_at ?? ''), event });
		}
	}
	return { missed: missed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)), unread, newest };
}

function isFailed({ status, status_code: code }: Row): boolean {
	if (typeof status === 'string') return status === 'failed';
	return !(typeof code === 'number' && code >= 200 && code < 300);
}

function eventOf(row: Row): EryxonEvent | undefined {
	const payload = typeof row.payload === 'string' ? parse(row.payload) : row.payload;
	const whole = isObject(payload) && (typeof payload.event === 'string' || typeof payload.event_type === 'string') ? payload : undefined;
	return readEvent(whole ?? { id: row.event_id, event: row.event ?? row.event_type, occurred_at: row.created_at, data: payload }, row.event_id);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
