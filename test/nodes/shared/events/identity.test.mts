import fc from 'fast-check';

import { eventId, subjectId } from '../../../../nodes/shared/events/identity.ts';
import { EVENT_KINDS, noteSaved, operationChanged, orderCompleted, structureChanged } from '../../../../nodes/shared/events/kinds/index.ts';
import type { Row } from '../../../../nodes/shared/events/types.ts';

const completion = (extra: Row = {}): Row => orderCompleted.normalise({ ...orderCompleted.sample, ...extra });

/** The same object with its keys in another order, at every depth. */
function shuffled(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(shuffled);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, shuffled(inner)]));
}

test.each(EVENT_KINDS.map((kind) => [kind.id, kind] as const))('%s: the same event has the same id, however it is written', (_id, kind) => {
	const again = kind.normalise(shuffled(JSON.parse(JSON.stringify(kind.sample))) as Row);
	expect(eventId(kind, again)).toBe(eventId(kind, kind.normalise(kind.sample)));
	expect(eventId(kind, again)).toMatch(/^[\w-]{24}$/);
});

test('ids are frozen: a change would make every event of the look-back window look new', () => {
	expect(eventId(orderCompleted, completion())).toBe('RqGA0OAtTkHLcBBgo33bfxCA');
	expect(eventId(operationChanged, operationChanged.normalise(operationChanged.sample))).toBe('i0m22OWErviluOGNTHMgHxyA');
});

test('units of one order are different events about different things', () => {
	fc.assert(
		fc.property(fc.uniqueArray(fc.nat({ max: 10_000 }), { minLength: 2, maxLength: 20 }), (indices) => {
			const rows = indices.map((orderIndex) => completion({ orderIndex }));
			expect(new Set(rows.map((row) => eventId(orderCompleted, row))).size).toBe(indices.length);
			expect(new Set(rows.map((row) => subjectId(orderCompleted, row))).size).toBe(indices.length);
		}),
	);
});

test('a second completion of a unit is another event about the same thing', () => {
	const first = completion();
	const second = completion({ at: '2026-01-05T15:00:00.000Z' });
	expect(eventId(orderCompleted, second)).not.toBe(eventId(orderCompleted, first));
	expect(subjectId(orderCompleted, second)).toBe(subjectId(orderCompleted, first));
});

test('a missing order index is the first unit', () => {
	expect(eventId(orderCompleted, completion({ orderIndex: null }))).toBe(eventId(orderCompleted, completion({ orderIndex: 0 })));
});

test('completions without an order id are told apart by serial and start', () => {
	const one = completion({ externalOrderId: '', endState: { producedSerial: 'A' } });
	const two = completion({ externalOrderId: '', endState: { producedSerial: 'B' } });
	expect(eventId(orderCompleted, one)).not.toBe(eventId(orderCompleted, two));
});

test('nanoseconds count', () => {
	const one = completion({ at: '2026-01-05T14:22:00.000000001Z' });
	const two = completion({ at: '2026-01-05T14:22:00.000000002Z' });
	expect(eventId(orderCompleted, one)).not.toBe(eventId(orderCompleted, two));
});

test('an update of a note is another event, although id, seq and time repeat', () => {
	const update = { ...noteSaved.sample, text: 'Replaced the seal and tested' };
	expect(eventId(noteSaved, update)).not.toBe(eventId(noteSaved, noteSaved.sample));
});

test('rows of old and new servers about the same step have one id', () => {
	const { childId, childIndex, ...rest } = structureChanged.sample;
	const legacy = structureChanged.normalise({ ...rest, subId: childId, subGroup: childIndex });
	expect(eventId(structureChanged, legacy)).toBe(eventId(structureChanged, structureChanged.normalise(structureChanged.sample)));
});
