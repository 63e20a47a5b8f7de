import type { INodeExecutionData } from 'n8n-workflow';

import type { PicoEvent } from '../events/event';
import { linesOf, simplifyLine, type LineFacts } from '../events/lines';
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
}

type Choice = Pick<EventChoice, 'kind' | 'output' | 'perSerial'>;

/**
 * The items that a workflow receives for an event: one, or one for each consumed serial.
 *
 * @param extra further fields, such as the structure of the product
 */
export function toItems(choice: Choice, event: PicoEvent, facts: DeliveryFacts, extra: Row = {}): INodeExecutionData[] {
	if (!choice.perSerial) return [toItem(choice, event.id, event.row, facts, extra)];
	return linesOf(event).map((line) => toItem(choice, event.id, line.row, facts, extra, line.facts));
}

function toItem(
	{ kind, output, perSerial }: Choice,
	eventId: string,
	row: Row,
	facts: DeliveryFacts,
	extra: Row,
	line?: LineFacts,
): INodeExecutionData {
	const simplify = perSerial ? simplifyLine : (whole: Row) => kind.simplify(whole);
	const json =
		output === 'simplified'
			? { eventId, ...line, ...simplify(row), ...facts, ...extra }
			: { ...row, ...extra, _pico: { event: kind.id, eventId, ...line, ...facts } };
	return { json: json as INodeExecutionData['json'] };
}

/** @param now milliseconds since 1970 by the clock of this machine */
export function lagMs(event: PicoEvent, now: number): number | undefined {
	const at = toMs(event.cursor);
	return at === undefined ? undefined : Math.max(0, now - at);
}
