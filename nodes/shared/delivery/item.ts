import type { INodeExecutionData } from 'n8n-workflow';

import type { PicoEvent } from '../events/event';
import { eventShaper } from '../events/shape';
import { toMs } from '../events/timestamp';
import type { Row } from '../events/types';
import type { EventChoice } from './settings';

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
	/** Why its runs failed, on the Failed output. */
	reason?: string;
}

type Choice = Pick<EventChoice, 'kind' | 'output' | 'fields' | 'perSerial'>;

/**
 * The items that a workflow receives for an event: one, or one for each consumed serial.
 *
 * @param extra further fields, such as the structure of the product
 */
export function toItems({ kind, output, fields, perSerial }: Choice, event: PicoEvent, facts: DeliveryFacts, extra: Row = {}): INodeExecutionData[] {
	const delivery = { event: kind.id, ...facts };
	const rows = eventShaper(kind, { mode: output, fields }, perSerial)(event);
	return rows.map((row) => ({ json: { ...row, ...extra, delivery } as INodeExecutionData['json'] }));
}

/** @param now milliseconds since 1970 by the clock of this machine */
export function lagMs(event: PicoEvent, now: number): number | undefined {
	const at = toMs(event.cursor);
	return at === undefined ? undefined : Math.max(0, now - at);
}
