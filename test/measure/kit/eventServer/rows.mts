const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Rows in one frame of a stream and in one page. */
export const BATCH = 100;

/** Time of a row; rows are one millisecond apart. */
export const timeOf = (index: number) => new Date(START + index).toISOString();
export const indexAfter = (time: string) => Math.max(0, Date.parse(time) - START + 1);

/** A completion with all that the node asks for, about 480 bytes of JSON. */
export function completion(index: number, at = timeOf(index), serial = `SN-PUMP-100-${index}`): string {
	return JSON.stringify({
		externalOrderId: `MO-${String(index).padStart(6, '0')}`,
		orderIndex: 0,
		at,
		operation: { id: 'op-pump-100-b', externalId: 'PUMP-100', externalRevision: 'B', name: 'Coolant pump' },
		operationSummary: {
			startedAt: new Date(Date.parse(at) - 1_200_000).toISOString(),
			cycleTime: 0.013888888888888888,
			consumedSerials: [
				{ id: 'attr-motor', externalId: 'MOTOR-20', value: `MOT-${index}` },
				{ id: 'attr-housing', externalId: 'HOUSING-7', value: `LOT-${index}` },
			],
		},
		endState: { producedSerial: serial },
		reservedSerialNumber: null,
		secondaryExternalOrderId: null,
	});
}

/** The lists of rows, each `BATCH` long, as JSON text. Made once, so that the server costs next to nothing later. */
export function rowLists(rows: number): string[] {
	return Array.from({ length: Math.ceil(rows / BATCH) }, (_, list) => {
		const size = Math.min(BATCH, rows - list * BATCH);
		return `[${Array.from({ length: size }, (_, index) => completion(list * BATCH + index)).join(',')}]`;
	});
}
