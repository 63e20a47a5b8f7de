import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { canonicalJson, eventId, identityText, lineId, subjectId, textId } from '../../../../nodes/shared/events/identity.ts';
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

test('the id of a text is a hash of it, and of what it is', () => {
	const hashed = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 24);
	expect(textId('any "text"')).toBe(hashed('["text","any \\"text\\""]'));
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

test('JSON is written with sorted keys at every depth, lists in their order', () => {
	expect(canonicalJson({ b: 1, a: [{ d: null, c: 'x' }, 2], ab: { z: 1, y: [] } })).toBe('{"a":[{"c":"x","d":null},2],"ab":{"y":[],"z":1},"b":1}');
	expect(canonicalJson([2, '1', null, true])).toBe('[2,"1",null,true]');
	expect(canonicalJson([{ b: 1, a: 2 }, 1])).toBe('[{"a":2,"b":1},1]');
	expect(canonicalJson([1, [{ b: 1, a: 2 }]])).toBe('[1,[{"a":2,"b":1}]]');
	expect(canonicalJson('text')).toBe('"text"');
	fc.assert(fc.property(fc.jsonValue(), (value) => {
		expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
		expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
	}));
});

test('a line is named after its event, its attribute and its number', () => {
	const ids = [lineId('event', 'motor', 0), lineId('event', 'motor', 1), lineId('event', 'seal', 0), lineId('event', null, 0), lineId('other', 'motor', 0)];
	expect(new Set(ids).size).toBe(ids.length);
	for (const id of ids) expect(id).toMatch(/^(event|other)-[\w-]{8}$/);
	expect(lineId('event', null, 0)).toBe('event-A1YW6UWj');
});

test('the text behind an id tells the same events apart', () => {
	const rows = [completion(), completion({ orderIndex: 1 }), completion({ at: null })];
	expect(new Set(rows.map((row) => identityText(orderCompleted, row))).size).toBe(3);
	expect(identityText(orderCompleted, completion())).toBe('["orderCompleted","sample-operation","MO-00042",0,"2026-01-05T14:22:00.000Z"]');
});

test('a list without objects, as most identities are, is written without looking for keys to sort', () => {
	const written = jest.spyOn(JSON, 'stringify');
	const text = canonicalJson(['a', 1, null, true]);
	canonicalJson([1, {}]);
	const replaced = written.mock.calls.map(([, replacer]) => replacer !== undefined);
	written.mockRestore();
	expect(text).toBe('["a",1,null,true]');
	expect(replaced).toEqual([false, true]);
});
