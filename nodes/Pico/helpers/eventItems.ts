import type { IDataObject } from 'n8n-workflow';

import type { PicoEvent } from '../../shared/events/event';
import { linesOf, simplifyLine } from '../../shared/events/lines';
import type { EventKind, Row } from '../../shared/events/types';
import { shaper, type Output } from './output';

/** How an event is given out: as one item, or as one for each consumed serial. */
export function eventItems(kind: EventKind, output: Output, perSerial: boolean): (event: PicoEvent) => IDataObject[] {
	if (!perSerial) {
		const shape = shaper(kind, output);
		return ({ id, row }) => [{ eventId: id, ...shape(row) }];
	}
	// A line without its serial would be pointless, so that field comes along with the chosen ones.
	const fields = output.fields && [...new Set([...output.fields, 'operationSummary'])];
	const shape = output.mode === 'simplified' ? (row: Row) => simplifyLine(row) as IDataObject : shaper(kind, { ...output, fields });
	return (event) => linesOf(event).map(({ row, facts }) => ({ eventId: event.id, ...facts, ...shape(row) }));
}
