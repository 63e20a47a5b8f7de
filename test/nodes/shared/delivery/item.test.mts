import { lagMs, toItems } from '../../../../nodes/shared/delivery/item.ts';
import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { noteSaved, orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import { linesOf } from '../../../../nodes/shared/events/lines.ts';
import { EVENT_KINDS } from '../../../../nodes/shared/events/kinds/index.ts';

const FACTS = { attempt: 1, replayed: false, correction: false, lagMs: 5 };
const event = toEvent(orderCompleted, orderCompleted.sample);
const choose = (changes: Partial<Parameters<typeof toItems>[0]> = {}): Parameters<typeof toItems>[0] => ({
	kind: orderCompleted,
	output: 'simplified',
	fields: [],
	perSerial: false,
	...changes,
});
const items = (...args: Parameters<typeof toItems>) => toItems(...args).map(({ json }) => json);

const delivery = { event: 'orderCompleted', ...FACTS };

test('a simplified item has the event id, the words of an ERP, what was added, and the facts of its delivery in one object', () => {
	const [json, ...rest] = items(choose(), event, FACTS, { structure: null });
	expect(rest).toEqual([]);
	expect(json).toEqual({ eventId: event.id, ...orderCompleted.simplify(orderCompleted.sample), structure: null, delivery });
});

test.each(EVENT_KINDS.flatMap((kind) => [false, true].map((perSerial) => [kind.id, perSerial, kind] as const)))(
	'a simplified item of %s (one per serial: %s) has at most 10 fields, so that a person sees them at once',
	(_id, perSerial, kind) => {
		const [json] = items(choose({ kind, perSerial: perSerial && kind.hasLines }), toEvent(kind, kind.sample), FACTS);
		expect(Object.keys(json).length).toBeLessThanOrEqual(10);
	},
);

test('a raw item is what Pico sent, with id and delivery', () => {
	const [json] = items(choose({ output: 'raw' }), event, FACTS, { structure: null });
	expect(json).toEqual({ eventId: event.id, ...orderCompleted.sample, structure: null, delivery });
});

test('selected fields always come with those that name the event', () => {
	const { externalOrderId, orderIndex, at, operation, endState } = orderCompleted.sample;
	const [json] = items(choose({ output: 'fields', fields: ['endState'] }), event, FACTS);
	expect(json).toEqual({ eventId: event.id, externalOrderId, orderIndex, at, operation, endState, delivery });
});

test('nothing that a server sends takes the place of id or delivery', () => {
	const hostile = toEvent(orderCompleted, { ...orderCompleted.sample, eventId: 'x', delivery: 'x', line: 'x' });
	const [json] = items(choose({ output: 'raw', perSerial: true }), hostile, FACTS);
	expect(json).toMatchObject({ eventId: hostile.id, delivery, line: { number: 1, count: 2 } });
});

test('nothing is added where there is nothing to add', () => {
	const note = toEvent(noteSaved, noteSaved.sample);
	expect(items(choose({ kind: noteSaved }), note, FACTS)).toEqual([
		{ eventId: note.id, ...noteSaved.simplify(noteSaved.sample), delivery: { event: 'noteSaved', ...FACTS } },
	]);
});

test('line by line, each item has the id of its line and one serial', () => {
	const lines = linesOf(event);
	const simplified = items(choose({ perSerial: true }), event, FACTS);
	expect(simplified).toHaveLength(2);
	expect(simplified[1]).toMatchObject({ eventId: event.id, line: lines[1].line, consumedSerial: 'LOT-7', delivery });
	expect(simplified[1]).not.toHaveProperty('consumedSerials');
	expect(items(choose({ output: 'raw', perSerial: true }), event, FACTS)[1]).toEqual({
		eventId: event.id,
		line: lines[1].line,
		...lines[1].row,
		delivery,
	});
});

test('the lag counts from the own time of the event, never below nothing, and is unknown without one', () => {
	const at = Date.parse('2026-01-05T14:22:00.000Z');
	expect(lagMs(event, at + 1_500)).toBe(1_500);
	expect(lagMs(event, at - 1_500)).toBe(0);
	expect(lagMs(toEvent(orderCompleted, { ...orderCompleted.sample, at: null }), at)).toBeUndefined();
});
