import { asNumber, asObject, asObjects, asText, at } from '../../../../nodes/shared/events/read.ts';

test('an object is an object; lists, nulls and plain values are none', () => {
	const row = { a: 1 };
	expect(asObject(row)).toBe(row);
	for (const value of [null, undefined, [], [row], 'text', 7, true]) expect(asObject(value)).toBeUndefined();
});

test('a list is read for its objects, and one object counts as a list', () => {
	expect(asObjects([{ a: 1 }, null, 7, 'x', [{}], { b: 2 }])).toEqual([{ a: 1 }, { b: 2 }]);
	expect(asObjects({ a: 1 })).toEqual([{ a: 1 }]);
	for (const value of [null, undefined, 7, 'x']) expect(asObjects(value)).toEqual([]);
});

test('text stays as it is; numbers and booleans are written out; all else is no text', () => {
	expect(asText('')).toBe('');
	expect(asText(' x ')).toBe(' x ');
	expect(asText(0)).toBe('0');
	expect(asText(false)).toBe('false');
	for (const value of [null, undefined, {}, ['x'], 1n, Symbol('x')]) expect(asText(value)).toBeNull();
});

test('a number is read from a number or its spelling, and is always finite', () => {
	expect(asNumber(0)).toBe(0);
	expect(asNumber(-1.5)).toBe(-1.5);
	expect(asNumber(' 12 ')).toBe(12);
	for (const value of [Number.NaN, Infinity, -Infinity, '', '  ', 'x', 'Infinity', null, undefined, true, [], ['7'], {}]) expect(asNumber(value)).toBeNull();
});

test('a path leads through objects only and ends at nothing where a step is missing', () => {
	const row = { a: { b: { c: 7 }, list: [{ c: 1 }], text: 'abc' } };
	expect(at(row, 'a.b.c')).toBe(7);
	expect(at(row, 'a')).toBe(row.a);
	for (const path of ['x', 'a.x.c', 'a.list.0', 'a.text.length', 'a.b.c.d', 'a.b.c.toFixed']) expect(at(row, path)).toBeUndefined();
});
