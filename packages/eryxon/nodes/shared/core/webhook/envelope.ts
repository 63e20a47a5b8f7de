import { isObject, type Row } from '../answers';
import { contentHash } from '../identity';

/** One event, the same for both envelopes. */
export interface EryxonEvent {
	/** Eryxon's own where it has one (0.11 and newer), else made from the content in any order; the same for every delivery. */
	eventId: string;
	/** For example `operation.completed`. */
	event: string;
	/** `operation` */
	kind: string;
	/** `completed` */
	change: string;
	/** ISO 8601, as Eryxon wrote it. */
	occurredAt: string | null;
	tenantId: string | null;
	/** ID of the job, part, operation… in Eryxon. */
	recordId: string | null;
	externalId: string | null;
	externalSource: string | null;
	previousStatus: string | null;
	newStatus: string | null;
	/** Job, part and cell around it, where Eryxon sends them. */
	context: Row;
	/** Full row of the record from 0.11 on, null before. */
	record: Row | null;
	/** As it came. */
	data: Row;
}

/**
 * Reads `{event, timestamp, data}` (before 0.11) and `{id, event, occurred_at, tenant_id, data}`.
 *
 * @param headerId value of `X-Eryxon-Event-Id`, where there is one
 * @returns undefined for a body that is no event
 */
export function readEvent(body: unknown, headerId?: unknown): EryxonEvent | undefined {
	if (!isObject(body)) return undefined;
	const event = text(body.event) ?? text(body.event_type);
	if (event === null || !isObject(body.data)) return undefined;
	const { data } = body;
	const [kind, ...rest] = event.split('.');
	const record = isObject(data.record) ? data.record : null;
	const context = isObject(data.context) ? data.context : contextOf(data);
	return {
		eventId: text(body.id) ?? text(headerId) ?? contentHash({ event, at: body.occurred_at ?? body.timestamp, data }),
		event,
		kind,
		change: rest.join('.'),
		occurredAt: text(body.occurred_at) ?? text(body.timestamp),
		tenantId: text(body.tenant_id),
		recordId: text(record?.id) ?? text(data[`${kind}_id`]) ?? text(data.id),
		externalId: text(record?.external_id) ?? text(data.external_id),
		externalSource: text(record?.external_source) ?? text(data.external_source),
		previousStatus: text(data.previous_status),
		newStatus: text(record?.status) ?? text(data.new_status),
		context,
		record,
		data,
	};
}

/** When the sender says it happened, in seconds; undefined without a readable time. */
export function secondsOf(occurredAt: string | null): number | undefined {
	const ms = occurredAt === null ? Number.NaN : Date.parse(occurredAt);
	return Number.isNaN(ms) ? undefined : ms / 1000;
}

const CONTEXT = ['job_id', 'job_number', 'customer', 'part_id', 'part_number', 'cell_id', 'cell'];

function contextOf(data: Row): Row {
	return Object.fromEntries(CONTEXT.filter((name) => name in data).map((name) => [name, data[name]]));
}

function text(value: unknown): string | null {
	return typeof value === 'string' && value !== '' ? value : null;
}
