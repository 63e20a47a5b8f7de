import { rowsOf, toEvent } from '../../../../nodes/shared/events/event.ts';
import { eventId, subjectId } from '../../../../nodes/shared/events/identity.ts';
import { EVENT_KINDS, orderCompleted, structureChanged } from '../../../../nodes/shared/events/kinds/index.ts';

test.each(EVENT_KINDS.map((kind) => [kind.id, kind] as const))('%s: an event has its ids, its own time and its row under the current names', (_id, kind) => {
	const event = toEvent(kind, kind.sample);
	const row = kind.normalise(kind.sample);
	expect(event).toMatchObject({ id: eventId(kind, row), subject: subjectId(kind, row), cursor: kind.sample[kind.cursorField] });
	expect(event.row).toEqual(row);
	expect(event.id).not.toBe(event.subject);
});

test('the time of an event is read under the current name, wherever the server wrote it', () => {
	const { at, ...rest } = orderCompleted.sample;
	expect(toEvent(orderCompleted, { ...rest, operationSummary: { endState: { at } } }).cursor).toBe(at);
	expect(toEvent(structureChanged, { subId: 'a', updatedAt: '2026-01-05T08:00:00Z' }).row).toMatchObject({ childId: 'a' });
});

test.each([undefined, null, {}, ['2026-01-05T10:00:00Z']])('an event whose time is %p has no cursor', (at) => {
	expect(toEvent(orderCompleted, { ...orderCompleted.sample, at }).cursor).toBe('');
});

test('an event whose time is a number has the number as its cursor', () => {
	expect(toEvent(orderCompleted, { ...orderCompleted.sample, at: 1_767_607_200_000 }).cursor).toBe('1767607200000');
});

test('an id is computed once, however often it is asked for, and not at all when nobody asks', () => {
	const identity = jest.fn(() => ['x']);
	const subject = jest.fn(() => ['y']);
	const event = toEvent({ ...orderCompleted, identity, subject }, orderCompleted.sample);
	expect([identity.mock.calls.length, subject.mock.calls.length]).toEqual([0, 0]);
	expect(event.id).toBe(event.id);
	expect(event.subject).toBe(event.subject);
	expect([identity.mock.calls.length, subject.mock.calls.length]).toEqual([1, 1]);
});

test.each([
	['one object', { a: 1 }, [{ a: 1 }], []],
	['a list with nulls', [{ a: 1 }, null, undefined, { b: 2 }], [{ a: 1 }, { b: 2 }], []],
	['an empty list', [], [], []],
	['nothing', undefined, [], []],
	['null', null, [], []],
	['text', 'x', [], ['x']],
	['a list with other things', [0, '', false, [{}], { a: 1 }], [{ a: 1 }], [0, '', false, [{}]]],
])('a result of %s is read whole, and nothing strange gets lost', (_name, value, rows, strange) => {
	expect(rowsOf(value)).toStrictEqual({ rows, strange });
});
