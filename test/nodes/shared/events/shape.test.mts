import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import { eventShaper, shaper, type Output } from '../../../../nodes/shared/events/shape.ts';

const event = toEvent(orderCompleted, orderCompleted.sample);
const shown = (output: Output, perSerial = false) => eventShaper(orderCompleted, output, perSerial)(event);
const NAMED = ['externalOrderId', 'orderIndex', 'at', 'operation'];

test('selected fields are those that name the event and the chosen ones, each once; what the server lacks is null', () => {
	expect(Object.keys(shaper(orderCompleted, { mode: 'fields' })(event.row))).toEqual(NAMED);
	const row = shaper(orderCompleted, { mode: 'fields', fields: ['reservedSerialNumber', 'at', 'unheardOf'] })(event.row);
	expect(Object.keys(row)).toEqual([...NAMED, 'reservedSerialNumber', 'unheardOf']);
	expect(row).toMatchObject({ at: event.cursor, unheardOf: null });
});

test('the id stands first, and nothing that a server sends takes its place', () => {
	for (const mode of ['simplified', 'raw', 'fields'] as const) {
		const [row] = shown({ mode, fields: ['eventId'] });
		expect(Object.entries(row)[0]).toEqual(['eventId', event.id]);
	}
	const forged = toEvent(orderCompleted, { ...orderCompleted.sample, eventId: 'forged' });
	expect(eventShaper(orderCompleted, { mode: 'raw' }, false)(forged)).toEqual([{ ...forged.row, eventId: forged.id }]);
});

test('one item for each serial has the serial, also with selected fields, chosen or not', () => {
	for (const fields of [undefined, [], ['endState']]) {
		const rows = shown({ mode: 'fields', fields }, true);
		expect(rows).toHaveLength(2);
		expect(rows.map((row) => Object.keys(row))).toEqual(rows.map(() => ['eventId', 'line', ...NAMED, ...(fields ?? []), 'operationSummary']));
		expect(rows[1].operationSummary).toMatchObject({ consumedSerials: [{ value: 'LOT-7' }] });
	}
});
