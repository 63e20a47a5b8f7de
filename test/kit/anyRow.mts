import fc from 'fast-check';

import type { EventKind, Row } from '../../nodes/shared/events/types.ts';

/** Names that every plain object answers to, or that code likes to ask objects for. */
export const ODD_NAMES = ['constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty', 'isPrototypeOf', '__defineGetter__', 'toJSON', 'then', 'length', '0', ''] as const;

/** A value nested so many levels deep. */
export function nested(levels: number, inner: unknown = 7): unknown {
	let value = inner;
	for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { a: value } : [value];
	return value;
}

const oddText = fc.oneof(fc.constantFrom(...ODD_NAMES), fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '2026-01-05T10:00:00Z', '1e999', 'null'));
const oddKey = fc.oneof(fc.constantFrom(...ODD_NAMES), fc.constantFrom('id', 'at', 'externalId', 'value', 'operation', 'endState', 'consumedSerials'));
const plain = fc.oneof(oddText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));

/** JSON as a server may send it, with names and depths that code stumbles over. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		{ weight: 6, arbitrary: plain },
		{ weight: 4, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
		{ weight: 8, arbitrary: fc.array(fc.tuple(oddKey, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)) },
		{ weight: 1, arbitrary: fc.constantFrom(90, 150, 6_000).map((levels) => nested(levels)) },
	),
})).value;

/** The sample of a kind with some of its values, on any level, replaced by whatever. */
export function anyRowOf(kind: EventKind): fc.Arbitrary<Row> {
	const { sample } = kind;
	const paths = Object.entries(sample).flatMap(([name, value]) => [[name], ...(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value).map((inner) => [name, inner]) : [])]);
	return fc.array(fc.tuple(fc.constantFrom(...paths), anyJson), { minLength: 1, maxLength: 4 }).map((changes) => {
		const row = JSON.parse(JSON.stringify(sample)) as Row;
		for (const [[name, inner], value] of changes) {
			const object = row[name];
			if (inner === undefined || typeof object !== 'object' || object === null) row[name] = value;
			else (object as Row)[inner] = value;
		}
		return row;
	});
}
