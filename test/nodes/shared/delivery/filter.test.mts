import fc from 'fast-check';

import { Dialect } from '../../../../nodes/shared/api/dialect/dialect.ts';
import { matchesPattern, matches, serverFilter } from '../../../../nodes/shared/delivery/filter.ts';
import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { EVENT_KINDS, noteSaved, operationChanged, orderCompleted, structureChanged } from '../../../../nodes/shared/events/kinds/index.ts';

/** A server of which this is the answer to whether it knows a filter; every question is noted. */
function server(answer: boolean | undefined) {
	const asked: unknown[] = [];
	const dialect = { hasFilter: (...question: unknown[]) => (asked.push(question), answer) } as unknown as Dialect;
	return { dialect, asked };
}

test.each([
	[orderCompleted, { operation: { id: { _in: ['a', 'b'] } } }, ['operation', 'id', '_in']],
	[operationChanged, { id: { _in: ['a', 'b'] } }, ['id', '_in']],
	[structureChanged, { parentId: { _in: ['a', 'b'] } }, ['parentId', '_in']],
])('lets a server that can do so filter by product', (kind, where, path) => {
	const { dialect, asked } = server(true);
	expect(serverFilter({ kind, products: ['a', 'b'], orderFilter: '' }, dialect)).toEqual(where);
	expect(asked).toEqual([['Subscription', kind.streamField, 'where', path]]);
});

test('asks no server to filter that does not say it can', () => {
	for (const answer of [false, undefined]) {
		expect(serverFilter({ kind: orderCompleted, products: ['a'], orderFilter: '' }, server(answer).dialect)).toBeUndefined();
	}
});

test('asks for no filter when all products are wanted, nor for notes, which do not tell theirs', () => {
	expect(serverFilter({ kind: orderCompleted, products: [], orderFilter: 'MO-1' }, server(true).dialect)).toBeUndefined();
	expect(serverFilter({ kind: noteSaved, products: ['a'], orderFilter: '' }, server(true).dialect)).toBeUndefined();
});

const passes = (kind: (typeof EVENT_KINDS)[number], products: string[], orderFilter = '', row = kind.sample) => matches({ kind, products, orderFilter }, toEvent(kind, row));

test('takes events of the chosen products only', () => {
	for (const kind of [orderCompleted, operationChanged, structureChanged]) {
		expect([passes(kind, []), passes(kind, ['x', 'sample-operation']), passes(kind, ['x'])]).toEqual([true, true, false]);
	}
	expect(passes(noteSaved, ['x'])).toBe(true);
});

test('an event that names no product is of none of the chosen ones', () => {
	const row = { ...orderCompleted.sample, operation: null };
	expect([passes(orderCompleted, ['x'], '', row), passes(orderCompleted, [], '', row)]).toEqual([false, true]);
	expect(passes(orderCompleted, ['7'], '', { ...row, operation: { id: 7 } })).toBe(true);
});

test('takes completions of matching orders only, and lets the filter of orders not touch other events', () => {
	expect([passes(orderCompleted, [], 'MO-*'), passes(orderCompleted, [], 'SO-*'), passes(orderCompleted, ['x'], 'MO-*')]).toEqual([true, false, false]);
	for (const kind of [operationChanged, structureChanged, noteSaved]) expect(passes(kind, [], 'SO-*')).toBe(true);
	expect(passes(orderCompleted, [], 'MO-*', { ...orderCompleted.sample, externalOrderId: null })).toBe(false);
	expect(passes(orderCompleted, [], 'S*', { ...orderCompleted.sample, externalOrderId: null })).toBe(false);
	expect(passes(orderCompleted, [], '*', { ...orderCompleted.sample, externalOrderId: null })).toBe(true);
});

test.each([
	['MO-1', 'MO-1', true],
	['MO-1', 'mo-1', true],
	['MO-1', 'MO-12', false],
	['MO-1', 'XMO-1', false],
	['MO-*', 'MO-', true],
	['MO-*', 'MO-1\nx', true],
	['*-1', 'MO-1', true],
	['M*-*1', 'MO-2/1', true],
	['MO.1', 'MOx1', false],
	['MO.1', 'MO.1', true],
	['(MO)[1]+?^$|{}\\', '(MO)[1]+?^$|{}\\', true],
	['a|b', 'a', false],
	['**', '', true],
	['*', '', true],
	['', '', true],
	['', 'x', false],
	['ab*ba', 'aba', false],
	['ab*ba', 'abba', true],
	['a*b*b', 'ab', false],
	['a*b*b', 'abb', true],
	['*a*a*', 'a', false],
	['*a*a*', 'aa', true],
	['*MO-*-7*', 'xmo-12-7', true],
	['*ab*cd*', 'xcdxab', false],
	['ÄÖ*', 'äö1', true],
])('the pattern %s and the order %j: %p', (pattern, text, expected) => {
	expect(matchesPattern(pattern, text)).toBe(expected);
});

/** The same written as a regular expression, which is right, and slow for some patterns. */
const slowly = (pattern: string, text: string) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 'is').test(text);

test('matches what the same regular expression matches', () => {
	const pattern = fc.stringMatching(/^[ab*]{0,8}$/);
	fc.assert(fc.property(pattern, fc.stringMatching(/^[abA]{0,10}$/), (like, text) => expect(matchesPattern(like, text)).toBe(slowly(like, text))), { numRuns: 3_000 });
});

test.each([
	['MO-*-*-*-*-*-*X', 'MO-'.padEnd(40_000, '-1')],
	['**********X', 'Y'.repeat(100_000)],
	[`${'*a'.repeat(50)}*b`, 'a'.repeat(100_000)],
	[`${'*aaaaaaab'.repeat(20)}*`, 'a'.repeat(100_000)],
])('takes time in proportion to the lengths, whatever the pattern: %s', (pattern, text) => {
	const spent = (rounds: number) => {
		const begin = performance.now();
		for (let round = 0; round < rounds; round++) matchesPattern(pattern, text);
		return performance.now() - begin;
	};
	spent(3);
	// A text of the same length that is only looked through, to compare with: machines differ.
	const plain = text.toLowerCase();
	const begin = performance.now();
	for (let round = 0; round < 10; round++) plain.split('x').join('y').toLowerCase();
	const measure = performance.now() - begin;
	expect(spent(10)).toBeLessThan(Math.max(measure, 5) * 200);
});
