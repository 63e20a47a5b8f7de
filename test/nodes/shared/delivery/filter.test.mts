import { Dialect } from '../../../../nodes/shared/api/dialect/dialect.ts';
import { likePattern, matches, serverFilter } from '../../../../nodes/shared/delivery/filter.ts';
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
])('the pattern %s and the order %j: %p', (pattern, text, expected) => {
	expect(likePattern(pattern, text)).toBe(expected);
});
