import { asNumber, asObject, asObjects, asText, at, isDeeperThan, jsonText, upperLevels } from '../../../../nodes/shared/events/read.ts';

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

/** Lists and objects by turns, so many levels of them. */
function nested(levels: number, inner: unknown = 7): unknown {
	let value = inner;
	for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { a: value, b: 'x' } : [value, null];
	return value;
}

test('how deeply a value is nested is found without recursion', () => {
	for (const value of [null, undefined, 'x', 7, true]) expect(isDeeperThan(0, value)).toBe(false);
	expect([0, 1].map((levels) => isDeeperThan(levels, {}))).toEqual([true, false]);
	expect([99, 100, 101].map((levels) => isDeeperThan(100, nested(levels)))).toEqual([false, false, true]);
	expect(isDeeperThan(100, [nested(5), nested(3), nested(100)])).toBe(true);
	expect(isDeeperThan(100, nested(200_000))).toBe(true);
	expect(isDeeperThan(100, Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, { index }])))).toBe(false);
});

test('JSON is written of any value, of one that is nested too deeply of its upper levels', () => {
	expect(jsonText({ a: [1, null] })).toBe('{"a":[1,null]}');
	expect(jsonText({ a: 1 }, 2)).toBe('{\n  "a": 1\n}');
	expect(jsonText(undefined)).toBe('undefined');
	expect(jsonText(nested(1_000))).toBe(JSON.stringify(nested(1_000)));
	const deep = jsonText({ id: 'n1', metadata: nested(200_000) });
	expect(deep).toMatch(/^\{"id":"n1","metadata":\[\{"a":.*… \(nested deeper\)/);
	expect(deep.length).toBeLessThan(5_000);
	expect(isDeeperThan(100, upperLevels(nested(6_000)))).toBe(false);
});

test('names that mean something to JavaScript are copied like any other', () => {
	const row = JSON.parse('{"__proto__":{"a":[{"constructor":1}]},"toString":2,"hasOwnProperty":null}') as object;
	expect(JSON.stringify(upperLevels(row))).toBe(JSON.stringify(row));
	expect(jsonText(row)).toBe(JSON.stringify(row));
});
