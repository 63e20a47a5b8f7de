import type { PicoEvent } from './event';
import { canonicalJson, lineId } from './identity';
import { orderCompleted } from './kinds';
import { asObject, asObjects, asText } from './read';
import type { EventKind, Row } from './types';

/** One consumed serial of a completion: what an ERP books as one component issue. */
export interface Line {
	/** The row of the completion, with this serial as its only consumed one. */
	row: Row;
	line: {
		/** Stable id, for idempotent writes; see `lineId`. */
		id: string;
		/** From 1 on, in the order in which Pico lists the serials. */
		number: number;
		count: number;
	};
}

/** Reads the choice of what one item stands for; only completions consume serials. */
export function isPerSerial({ hasLines }: EventKind, itemPer: unknown): boolean {
	return hasLines && itemPer === 'consumedSerial';
}

/**
 * The lines of a completion, one for each consumed serial. A completion that consumed none has one line without a
 * serial: it must not vanish from a workflow that works line by line.
 */
export function linesOf({ id, row }: PicoEvent): Line[] {
	const summary = asObject(row.operationSummary) ?? {};
	const serials = asObjects(summary.consumedSerials);
	const ids = lineIds(id, serials);
	return ids.map((lineId, index) => ({
		row: { ...row, operationSummary: { ...summary, consumedSerials: serials.slice(index, index + 1) } },
		line: { id: lineId, number: index + 1, count: ids.length },
	}));
}

/**
 * The simplified form of a line's row: its serial in place of the list, and without the cycle time, which belongs to the
 * whole unit and would be summed up once for each line.
 */
export function simplifyLine(row: Row): Row {
	const { orderId, orderIndex, partNumber, completedAt, producedSerial, consumedSerials } = orderCompleted.simplify(row);
	const [serial] = asObjects(consumedSerials);
	return {
		orderId,
		orderIndex,
		partNumber,
		completedAt,
		producedSerial,
		consumedPartNumber: serial?.partNumber ?? null,
		consumedSerial: serial?.serial ?? null,
	};
}

/** One id for each serial, in their order; a single one where there is none. */
function lineIds(eventId: string, serials: readonly Row[]): string[] {
	if (serials.length === 0) return [lineId(eventId, null, 0)];
	const known = serials.map(({ id, externalId, value }, index) => ({
		index,
		attribute: asText(id) ?? asText(externalId),
		content: canonicalJson([asText(value), asText(externalId)]),
	}));
	// Pico promises no order of the list: serials of the same attribute are told apart by what they are.
	known.sort((a, b) => (a.content === b.content ? a.index - b.index : a.content < b.content ? -1 : 1));
	const ids: string[] = [];
	const used = new Map<string | null, number>();
	for (const { index, attribute } of known) {
		const nth = used.get(attribute) ?? 0;
		used.set(attribute, nth + 1);
		ids[index] = lineId(eventId, attribute, nth);
	}
	return ids;
}
