import fc from 'fast-check';

import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { EVENT_KINDS, orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import { linesOf, simplifyLine } from '../../../../nodes/shared/events/lines.ts';
import type { Row } from '../../../../nodes/shared/events/types.ts';
import { anyJson, anyRowOf, ODD_NAMES } from '../../../kit/anyRow.mts';

describe.each(EVENT_KINDS.map((kind) => [kind.id, kind] as const))('%s', (_id, kind) => {
	test('whatever Pico sends as a row can be read, identified and made into output', () => {
		const row = fc.oneof(anyRowOf(kind), fc.dictionary(fc.string(), anyJson).map((object) => object as Row));
		fc.assert(
			fc.property(row, (one) => {
				const event = toEvent(kind, one);
				expect(event.id).toMatch(/^[\w-]{24}$/);
				expect(event.subject).toMatch(/^[\w-]{24}$/);
				expect(toEvent(kind, one).id).toBe(event.id);
				expect(typeof event.cursor).toBe('string');
				expect(Object.keys(kind.simplify(event.row))).toEqual(Object.keys(kind.simplify(kind.sample)));
			}),
			{ numRuns: 200 },
		);
	});
});

test('whatever a completion consumed can be taken apart into lines, each with an id of its own', () => {
	fc.assert(
		fc.property(anyRowOf(orderCompleted), (row) => {
			const lines = linesOf(toEvent(orderCompleted, row));
			expect(new Set(lines.map(({ line }) => line.id)).size).toBe(lines.length);
			for (const { row: one } of lines) simplifyLine(one);
		}),
		{ numRuns: 200 },
	);
});

test('part numbers that mean something to JavaScript are names like any other', () => {
	const consumedSerials = ODD_NAMES.flatMap((externalId) => [
		{ id: externalId, externalId, value: `first of ${externalId}` },
		{ id: externalId, externalId, value: `second of ${externalId}` },
	]);
	const row = { ...orderCompleted.sample, operationSummary: { consumedSerials } };
	expect(linesOf(toEvent(orderCompleted, row)).map(({ row: line }) => simplifyLine(line).consumedPartNumber)).toEqual(consumedSerials.map(({ externalId }) => externalId));
});
