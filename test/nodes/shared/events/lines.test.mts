import fc from 'fast-check';

import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { eventId, lineId } from '../../../../nodes/shared/events/identity.ts';
import { EVENT_KINDS, orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import { isPerSerial, linesOf, simplifyLine } from '../../../../nodes/shared/events/lines.ts';
import type { Row } from '../../../../nodes/shared/events/types.ts';

interface Serial {
	id?: string | null;
	externalId?: string | null;
	value: string | null;
}

const completion = (consumedSerials: unknown): Row => ({
	...orderCompleted.sample,
	operationSummary: { ...(orderCompleted.sample.operationSummary as Row), consumedSerials },
});
const lines = (consumedSerials: unknown) => linesOf(toEvent(orderCompleted, completion(consumedSerials)));
/** Which id each serial has. */
const idsBySerial = (serials: readonly Serial[]) =>
	lines(serials).map(({ row, line }) => JSON.stringify([(row.operationSummary as Row).consumedSerials, line.id]));

const serials = fc.array(
	fc.record({
		id: fc.constantFrom('motor', 'seal', 'lot', null),
		externalId: fc.constantFrom('MOTOR-20', 'SEAL-9', null),
		value: fc.constantFrom('A', 'B', 'C', null),
	}),
	{ maxLength: 8 },
);

test('makes one line for each consumed serial, with what names the completion', () => {
	const [motor, seal, ...rest] = lines((orderCompleted.sample.operationSummary as Row).consumedSerials);
	expect(rest).toEqual([]);
	expect(simplifyLine(motor.row)).toEqual({
		orderId: 'MO-00042',
		orderIndex: 0,
		partNumber: 'PUMP-100',
		completedAt: '2026-01-05T14:22:00.000Z',
		producedSerial: 'PUMP-0042',
		consumedPartNumber: 'MOTOR-20',
		consumedSerial: 'MOT-0042',
	});
	expect(simplifyLine(seal.row)).toMatchObject({ consumedPartNumber: 'SEAL-9', consumedSerial: 'LOT-7' });
	expect([motor, seal].map(({ line }) => [line.number, line.count])).toEqual([
		[1, 2],
		[2, 2],
	]);
});

test('only completions have lines, and only when asked for', () => {
	const asked = EVENT_KINDS.filter((kind) => isPerSerial(kind, 'consumedSerial')).map(({ id }) => id);
	expect(asked).toEqual(['orderCompleted']);
	expect([undefined, '', 'completion'].some((itemPer) => isPerSerial(orderCompleted, itemPer))).toBe(false);
});

test('ids of lines are frozen: a change would post every line of a repeated event again', () => {
	const event = eventId(orderCompleted, orderCompleted.sample);
	expect(lines((orderCompleted.sample.operationSummary as Row).consumedSerials).map(({ line }) => line.id)).toEqual([
		`${event}-UfFRrWvY`,
		`${event}-hicxdBkj`,
	]);
});

test.each([
	['an empty list', []],
	['null', null],
	['nothing', undefined],
	['a list of nulls', [null, null]],
])('a completion whose consumed serials are %s is one line without a serial', (_name, consumed) => {
	const [line, ...rest] = lines(consumed);
	expect(rest).toEqual([]);
	expect(line.line).toEqual({ number: 1, count: 1, id: expect.stringMatching(/^[\w-]{24}-[\w-]{8}$/) as string });
	expect(simplifyLine(line.row)).toMatchObject({ orderId: 'MO-00042', consumedPartNumber: null, consumedSerial: null });
});

test('a completion without a summary is one line as well', () => {
	const { operationSummary: _, ...row } = orderCompleted.sample;
	expect(linesOf(toEvent(orderCompleted, row))).toHaveLength(1);
});

test('the order in which Pico lists the serials changes no id', () => {
	fc.assert(
		fc.property(serials, fc.infiniteStream(fc.nat()), (list, dice) => {
			const shuffled = list.map((serial) => ({ serial, at: dice.next().value as number })).sort((a, b) => a.at - b.at).map(({ serial }) => serial);
			expect(idsBySerial(shuffled).sort()).toEqual(idsBySerial(list).sort());
		}),
	);
});

test('no two lines of a completion share an id, also where one attribute has many serials', () => {
	fc.assert(
		fc.property(serials, (list) => {
			const ids = lines(list).map(({ line }) => line.id);
			expect(ids).toHaveLength(Math.max(1, list.length));
			expect(new Set(ids).size).toBe(ids.length);
		}),
	);
	const lots = Array.from({ length: 2_000 }, (_, index) => ({ id: 'lot', externalId: 'SEAL-9', value: `L${index}` }));
	expect(new Set(lines(lots).map(({ line }) => line.id)).size).toBe(2_000);
});

test('a serial that was corrected under the same attribute keeps its id, so that it overwrites the wrong one', () => {
	const [wrong] = lines([{ id: 'motor', externalId: 'MOTOR-20', value: 'A' }]);
	const [right] = lines([{ id: 'motor', externalId: 'MOTOR-20', value: 'B' }]);
	expect(right.line.id).toBe(wrong.line.id);
});

test('a line of the raw output has what Pico sent, with its one serial in the list', () => {
	const row = completion([
		{ id: 'motor', externalId: 'MOTOR-20', value: 'A', extra: 1 },
		{ id: 'seal', externalId: 'SEAL-9', value: 'B' },
	]);
	expect(linesOf(toEvent(orderCompleted, row)).map((line) => line.row)).toEqual([
		completion([{ id: 'motor', externalId: 'MOTOR-20', value: 'A', extra: 1 }]),
		completion([{ id: 'seal', externalId: 'SEAL-9', value: 'B' }]),
	]);
});

test('serials of one attribute are counted by what they are, equal ones in their order', () => {
	const event = eventId(orderCompleted, orderCompleted.sample);
	const lot = (value: string) => ({ id: 'lot', externalId: 'SEAL-9', value });
	const count = (...values: string[]) => lines(values.map(lot)).map(({ line }) => line.id);
	const nth = (...numbers: number[]) => numbers.map((number) => lineId(event, 'lot', number));
	expect(count('C', 'A', 'B')).toEqual(nth(2, 0, 1));
	expect(count('A', 'A', 'A', 'A')).toEqual(nth(0, 1, 2, 3));
	expect(count('B', 'A', 'B', 'A')).toEqual(nth(2, 0, 3, 1));
});
