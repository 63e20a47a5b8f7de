import fc from 'fast-check';

import { Position } from '../../../../nodes/shared/delivery/position.ts';
import { loadState, STATE_VERSION } from '../../../../nodes/shared/delivery/state.ts';
import { compareTimestamps, fromNanos, toNanos } from '../../../../nodes/shared/events/timestamp.ts';
import type { PicoEvent } from '../../../../nodes/shared/events/event.ts';

const LOOKBACK = 300_000;
const START = BigInt(Date.UTC(2026, 0, 5)) * 1_000_000n;

const id = fc.stringMatching(/^[\w-]{24}$/);
const event = fc.tuple(id, id, fc.bigInt({ min: 0n, max: 400_000_000_000n })).map(
	([eventId, subject, offset]): PicoEvent => ({ id: eventId, subject, cursor: fromNanos(START + offset), row: {} }),
);

const stored = (position: Position): unknown => JSON.parse(JSON.stringify(position.toState()));

test('whatever is stored, a position is read only with a usable cursor: never silently at now', () => {
	fc.assert(
		fc.property(fc.anything({ maxDepth: 3, withBigInt: false }), (raw) => {
			const loaded = loadState(raw, 'source', '');
			if (raw === undefined || raw === null) expect(loaded.kind).toBe('none');
			else expect(loaded.kind === 'state' ? toNanos(loaded.state.cursor) : loaded.kind).not.toBe('none');
			if (loaded.kind === 'state') expect(toNanos(loaded.state.cursor)).toBeDefined();
		}),
		{ numRuns: 2_000 },
	);
});

test('a valid state with one value broken keeps its cursor or asks a person', () => {
	const position = Position.at(fromNanos(START), 'source', '', LOOKBACK);
	const valid = stored(position) as Record<string, unknown>;
	fc.assert(
		fc.property(fc.constantFrom(...Object.keys(valid)), fc.anything({ withBigInt: false }), (key, value) => {
			const loaded = loadState({ ...valid, [key]: value }, 'source', '');
			expect(['state', 'other', 'unreadable']).toContain(loaded.kind);
			if (loaded.kind === 'state' && key !== 'cursor') expect(loaded.state.cursor).toBe(valid.cursor);
		}),
		{ numRuns: 2_000 },
	);
});

test('any newer version is used as far as its cursor', () => {
	fc.assert(
		fc.property(fc.integer({ min: STATE_VERSION + 1, max: 1_000 }), fc.dictionary(fc.stringMatching(/^x\w+$/), fc.jsonValue()), (v, more) => {
			const loaded = loadState({ ...more, v, source: 'source', resetToken: '', cursor: fromNanos(START) }, 'source', '');
			expect(loaded).toMatchObject({ kind: 'state', state: { cursor: fromNanos(START), seen: [] } });
		}),
	);
});

test('the cursor only moves forward, whatever the order of the events', () => {
	fc.assert(
		fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
			const position = Position.at(fromNanos(START), 'source', '', LOOKBACK);
			let last = position.acknowledged;
			for (const one of events) {
				position.acknowledge([one]);
				expect(compareTimestamps(position.acknowledged, last)).toBeGreaterThanOrEqual(0);
				last = position.acknowledged;
			}
			const newest = events.reduce((a, b) => (compareTimestamps(a.cursor, b.cursor) >= 0 ? a : b)).cursor;
			expect(compareTimestamps(position.acknowledged, newest)).toBe(0);
		}),
	);
});

test('after a restart every delivered event at or after the resume point is known', () => {
	fc.assert(
		fc.property(fc.uniqueArray(event, { minLength: 1, maxLength: 1_200, size: 'max', selector: (one) => one.id }), (events) => {
			const position = Position.at(fromNanos(START), 'source', '', LOOKBACK);
			const inOrder = [...events].sort((a, b) => compareTimestamps(a.cursor, b.cursor));
			for (const one of inOrder) position.acknowledge([one]);
			const loaded = loadState(stored(position), 'source', '');
			if (loaded.kind !== 'state') throw new Error(loaded.kind);
			const restarted = Position.from(loaded.state, LOOKBACK);
			const resume = restarted.resumeFrom;
			// At the very resume point ties may have been dropped; there n8n's key stands in.
			const served = inOrder.filter(({ cursor }) => compareTimestamps(cursor, resume) > 0);
			const floorMs = fromNanos(toNanos(resume)! + 1_000_000n);
			expect(served.filter((one) => compareTimestamps(one.cursor, floorMs) >= 0 && !restarted.isDelivered(one))).toEqual([]);
		}),
		{ numRuns: 60, endOnFailure: true },
	);
});
