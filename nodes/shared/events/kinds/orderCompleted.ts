import { asNumber, asObject, asObjects, asText, at } from '../read';
import type { EventKind, Row } from '../types';

const SECONDS_PER_DAY = 86_400;

/**
 * A finished operation order. Order, unit and operation name it: Pico keeps
 * (operation id, external order id, order index) unique, and one order is one unit.
 */
export const orderCompleted: EventKind = {
	id: 'orderCompleted',
	displayName: 'Operation Order Completed',
	description: 'A unit of an order was finished on the shop floor',
	streamField: 'operationOrderCompletesStream',
	typeName: 'OperationOrderComplete',
	cursorField: 'at',
	selection: [
		{ name: 'externalOrderId' },
		{ name: 'orderIndex' },
		{ name: 'at' },
		{
			name: 'operation',
			type: 'Operation',
			fields: [{ name: 'id' }, { name: 'externalId' }, { name: 'externalRevision' }, { name: 'name' }],
		},
		{
			name: 'operationSummary',
			type: 'OperationSummary',
			fields: [
				{ name: 'startedAt' },
				{ name: 'cycleTime' },
				{
					name: 'consumedSerials',
					type: 'ConsumedSerial',
					fields: [{ name: 'id' }, { name: 'externalId' }, { name: 'value' }],
				},
				// Older servers keep completion time and produced serial here.
				{
					name: 'endState',
					type: 'State',
					insteadOf: 'OperationOrderComplete.at',
					fields: [{ name: 'producedSerial' }, { name: 'at' }],
				},
			],
		},
		{ name: 'endState', type: 'State', fields: [{ name: 'producedSerial' }] },
		{ name: 'reservedSerialNumber' },
		{ name: 'secondaryExternalOrderId' },
		{ name: 'wip', insteadOf: 'OperationOrderComplete.at' },
	],
	identityFields: ['externalOrderId', 'orderIndex', 'at', 'operation', 'operationSummary', 'endState'],
	namedBy: ['externalOrderId', 'orderIndex', 'at', 'operation'],
	requiredFields: ['externalOrderId', 'operation', 'operationSummary'],
	productPath: ['operation', 'id'],
	orderIdField: 'externalOrderId',
	repeatIsCorrection: true,
	hasLines: true,
	normalise(row) {
		if (isCurrent(row)) return row;
		const summary = asObject(row.operationSummary) ?? {};
		const { endState: summaryEnd, ...rest } = summary;
		const endState = { ...asObject(summaryEnd), ...dropNulls(asObject(row.endState)) };
		const { at: endAt, ...end } = endState as Row;
		return {
			...row,
			at: row.at ?? endAt ?? null,
			operationSummary: rest,
			endState: Object.keys(end).length > 0 ? end : (row.endState ?? null),
		};
	},
	identity(row) {
		const key: unknown[] = [...this.subject(row), asText(row.at)];
		const { id } = asObject(row.operation) ?? {};
		const incomplete = !id || !row.externalOrderId || !row.at;
		if (incomplete) key.push(at(row, 'endState.producedSerial') ?? null, at(row, 'operationSummary.startedAt') ?? null);
		// Nothing names it: only its content tells it from others of this kind.
		if (!id && !row.externalOrderId && !row.at) key.push(row);
		return key;
	},
	subject: (row) => [
		asText(asObject(row.operation)?.id),
		asText(row.externalOrderId),
		// A missing index is the first unit.
		asNumber(row.orderIndex) ?? 0,
	],
	simplify(row) {
		const cycleTimeDays = asNumber(at(row, 'operationSummary.cycleTime'));
		return {
			orderId: asText(row.externalOrderId),
			orderIndex: asNumber(row.orderIndex) ?? 0,
			partNumber: asText(at(row, 'operation.externalId')),
			revision: asText(at(row, 'operation.externalRevision')),
			completedAt: asText(row.at),
			cycleTimeSeconds: cycleTimeDays === null ? null : Math.round(cycleTimeDays * SECONDS_PER_DAY * 1000) / 1000,
			producedSerial: asText(at(row, 'endState.producedSerial')),
			consumedSerials: asObjects(at(row, 'operationSummary.consumedSerials')).map((serial) => ({
				id: asText(serial.id),
				partNumber: asText(serial.externalId),
				serial: asText(serial.value),
			})),
		};
	},
	sample: {
		externalOrderId: 'MO-00042',
		orderIndex: 0,
		at: '2026-01-05T14:22:00.000Z',
		operation: { id: 'sample-operation', externalId: 'PUMP-100', externalRevision: 'B', name: 'Coolant pump' },
		operationSummary: {
			startedAt: '2026-01-05T14:00:00.000Z',
			cycleTime: 0.0125,
			consumedSerials: [
				{ id: 'sample-motor', externalId: 'MOTOR-20', value: 'MOT-0042' },
				{ id: 'sample-seal', externalId: 'SEAL-9', value: 'LOT-7' },
			],
		},
		endState: { producedSerial: 'PUMP-0042' },
		reservedSerialNumber: null,
		secondaryExternalOrderId: null,
	},
};

/** Whether a row is normal already, as newer servers send it: most rows are, and a replay reads many. */
function isCurrent(row: Row): boolean {
	const { at: time, operationSummary: summary, endState } = row;
	if (typeof time !== 'string' || !asObject(summary) || 'endState' in (summary as Row)) return false;
	if (endState === null) return true;
	const end = asObject(endState);
	return end !== undefined && !('at' in end) && Object.values(end).every((value) => value !== null);
}

function dropNulls(row: Row | undefined): Row {
	return Object.fromEntries(Object.entries(row ?? {}).filter(([, value]) => value !== null && value !== undefined));
}
