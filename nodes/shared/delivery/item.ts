import type { INodeExecutionData } from 'n8n-workflow';

import type { PicoEvent } from '../events/event';
import { toMs } from '../events/timestamp';
import type { EventKind, Row } from '../events/types';
import type { OutputMode } from './settings';

/** What is known of one delivery besides the event itself. */
export interface DeliveryFacts {
	/** 1 for the first run of this event. */
	attempt: number;
	/** Read back from before the connection was made, not received live. */
	replayed: boolean;
	/** The same ordered unit was delivered before with other content. */
	correction: boolean;
	/** Milliseconds from the event's own time to its delivery; absent without a usable time. */
	lagMs?: number;
	/** A made-up event for an editor test run. */
	sample?: true;
}

/**
 * The item that a workflow receives.
 *
 * @param extra further fields, such as the structure of the product
 */
export function toItem(
	kind: EventKind,
	event: PicoEvent,
	output: OutputMode,
	facts: DeliveryFacts,
	extra: Row = {},
): INodeExecutionData {
	if (output === 'simplified') return { json: { ...simplified(kind, event, facts), ...extra } as INodeExecutionData['json'] };
	const json = { ...event.row, ...extra, _pico: { event: kind.id, eventId: event.id, ...facts } };
	return { json: json as INodeExecutionData['json'] };
}

export function simplified(kind: EventKind, event: PicoEvent, facts?: DeliveryFacts): Row {
	return { eventId: event.id, ...kind.simplify(event.row), ...facts };
}

/** @param now milliseconds since 1970 by the clock of this machine */
export function lagMs(event: PicoEvent, now: number): number | undefined {
	const at = toMs(event.cursor);
	return at === undefined ? undefined : Math.max(0, now - at);
}
