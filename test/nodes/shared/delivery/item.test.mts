import { lagMs, toItems } from '../../../../nodes/shared/delivery/item.ts';
import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { noteSaved, orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import { linesOf } from '../../../../nodes/shared/events/lines.ts';

const FACTS = { attempt: 1, replayed: false, correction: false, lagMs: 5 };
const event = toEvent(orderCompleted, orderCompleted.sample);
const items = (...args: Parameters<typeof toItems>) => toItems(...args).map(({ json }) => json);

test('a simplified item is flat: id, the words of an ERP, the facts of its delivery and what was added', () => {
	const [json, ...rest] = items({ kind: orderCompleted, output: 'simplified', perSerial: false }, event, FACTS, { structure: null });
	expect(rest).toEqual([]);
	expect(json).toEqual({ eventId: event.id, ...orderCompleted.simplify(orderCompleted.sample), ...FACTS, structure: null });
});

test.each(['raw', 'fields'] as const)('an item of the output %s is what Pico sent, with all else under _pico', (output) => {
	const [json] = items({ kind: orderCompleted, output, perSerial: false }, event, FACTS, { structure: null });
	expect(json).toEqual({ ...orderCompleted.sample, structure: null, _pico: { event: 'orderCompleted', eventId: event.id, ...FACTS } });
});

test('nothing is added where there is nothing to add', () => {
	const note = toEvent(noteSaved, noteSaved.sample);
	expect(items({ kind: noteSaved, output: 'simplified', perSerial: false }, note, FACTS)).toEqual([{ eventId: note.id, ...noteSaved.simplify(noteSaved.sample), ...FACTS }]);
});

test('line by line, each item has the id of its line and one serial', () => {
	const lines = linesOf(event);
	const simplified = items({ kind: orderCompleted, output: 'simplified', perSerial: true }, event, FACTS);
	expect(simplified).toHaveLength(2);
	expect(simplified[1]).toMatchObject({ eventId: event.id, ...lines[1].facts, consumedSerial: 'LOT-7', ...FACTS });
	expect(simplified[1]).not.toHaveProperty('consumedSerials');
	expect(items({ kind: orderCompleted, output: 'raw', perSerial: true }, event, FACTS)[1]).toEqual({
		...lines[1].row,
		_pico: { event: 'orderCompleted', eventId: event.id, ...lines[1].facts, ...FACTS },
	});
});

test('the lag counts from the own time of the event, never below nothing, and is unknown without one', () => {
	const at = Date.parse('2026-01-05T14:22:00.000Z');
	expect(lagMs(event, at + 1_500)).toBe(1_500);
	expect(lagMs(event, at - 1_500)).toBe(0);
	expect(lagMs(toEvent(orderCompleted, { ...orderCompleted.sample, at: null }), at)).toBeUndefined();
});
