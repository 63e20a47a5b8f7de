import fc from 'fast-check';

import { Position } from '../../../../nodes/shared/delivery/position.ts';
import { loadState, sourceFingerprint, STATE_VERSION } from '../../../../nodes/shared/delivery/state.ts';
import { compareTimestamps, fromNanos, toNanos } from '../../../../nodes/shared/events/timestamp.ts';
import type { PicoEvent } from '../../../../nodes/shared/events/event.ts';
import { noteSaved } from '../../../../nodes/shared/events/kinds/index.ts';
import { settingsWith } from '../../../kit/fakeN8n.mts';

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

const VALID = {
	v: 1,
	source: 'source',
	resetToken: 'token',
	cursor: fromNanos(START),
	start: fromNanos(START),
	seen: ['a.1'],
	floor: 7,
	subjects: ['s'],
	runs: { queued: true, longestMs: 5 },
	inFlight: { ids: ['a'], key: 'key', attempt: 1 },
};
const load = (raw: unknown) => loadState(raw, 'source', 'token');

test('nothing stored is nothing loaded', () => {
	expect([load(undefined), load(null)]).toEqual([{ kind: 'none' }, { kind: 'none' }]);
});

test('a whole state is read as it was stored', () => {
	expect(load(VALID)).toEqual({ kind: 'state', state: VALID });
	const { start: _start, floor: _floor, runs: _runs, inFlight: _inFlight, ...least } = VALID;
	expect(load(least)).toEqual({ kind: 'state', state: least });
	const nulls = { ...least, start: null, floor: null, runs: null, inFlight: null };
	expect(load(nulls)).toEqual({ kind: 'state', state: nulls });
});

test('a state behind the proxies of n8n is read as a plain copy', () => {
	const stored = { ...VALID, seen: ['a.1'] };
	const proxied: unknown = new Proxy(stored, {});
	const loaded = load(proxied);
	expect(loaded).toEqual({ kind: 'state', state: VALID });
	stored.seen.push('b.2');
	expect(loaded).toEqual({ kind: 'state', state: VALID });
});

test('after a reset, or for another source, it starts anew and says why; the reset counts first', () => {
	expect(loadState(VALID, 'source', 'new')).toEqual({ kind: 'other', reason: 'the reset token was changed' });
	expect(loadState(VALID, 'other', 'new')).toEqual({ kind: 'other', reason: 'the reset token was changed' });
	expect(loadState(VALID, 'other', 'token')).toEqual({ kind: 'other', reason: 'endpoint, event or filter was changed' });
	expect(loadState({ resetToken: 'old' }, 'source', 'token')).toEqual({ kind: 'other', reason: 'the reset token was changed' });
	expect(loadState({ source: 'old' }, 'source', 'token')).toEqual({ kind: 'other', reason: 'endpoint, event or filter was changed' });
});

const BARE = { v: 1, source: 'source', resetToken: 'token', cursor: VALID.cursor, seen: [], subjects: [], floor: null, inFlight: null };

test.each([
	['is of a newer version', { v: 2 }],
	['has no version', { v: undefined }],
	['has ids that are none', { seen: [7] }],
	['has no ids', { seen: undefined }],
	['has a strange start', { start: 'then' }],
	['has a floor that is no number', { floor: 'x' }],
	['has subjects that are none', { subjects: [null] }],
	['has no reset token', { resetToken: undefined }],
	['has runs without a time', { runs: { queued: true } }],
	['has runs without a place', { runs: { longestMs: 5 } }],
	['has runs that took less than nothing', { runs: { queued: true, longestMs: -1 } }],
	['has nothing in its batch', { inFlight: { ids: [], key: 'key', attempt: 1 } }],
	['has a batch without a key', { inFlight: { ids: ['a'], attempt: 1 } }],
	['has a batch of other things', { inFlight: { ids: [7], key: 'key', attempt: 1 } }],
	['has an attempt before the first', { inFlight: { ids: ['a'], key: 'key', attempt: 0 } }],
	['has half an attempt', { inFlight: { ids: ['a'], key: 'key', attempt: 1.5 } }],
])('a state that %s is used as far as its cursor', (_name, change) => {
	expect(load({ ...VALID, ...change })).toEqual({ kind: 'state', state: BARE });
});

test.each([
	['text', 'x'],
	['a number', 7],
	['a list', []],
	['no cursor', { ...VALID, cursor: undefined }],
	['a cursor that is no timestamp', { ...VALID, cursor: 'now' }],
	['a cursor that is no text', { ...VALID, cursor: 7 }],
	['no source', { ...VALID, source: undefined }],
	['a source that is no text', { ...VALID, source: 7 }],
])('%s is left to a person, with a reason', (_name, raw) => {
	expect(load(raw)).toEqual({ kind: 'unreadable', reason: expect.stringMatching(/./) as string });
});

test('what cannot be copied is left to a person as well', () => {
	const circular: Record<string, unknown> = { ...VALID };
	circular.itself = circular;
	expect(load(circular)).toEqual({ kind: 'unreadable', reason: 'Required' });
});

test('the fingerprint tells endpoint, event and filter apart, not the order of the products, and is frozen', () => {
	const choice = { ...settingsWith(), products: ['b', 'a'], orderFilter: 'MO-*' };
	const prints = [
		sourceFingerprint('http://a', choice),
		sourceFingerprint('http://b', choice),
		sourceFingerprint('http://a', { ...choice, kind: noteSaved }),
		sourceFingerprint('http://a', { ...choice, products: ['a'] }),
		sourceFingerprint('http://a', { ...choice, orderFilter: '' }),
	];
	expect(new Set(prints).size).toBe(prints.length);
	expect(sourceFingerprint('http://a', { ...choice, products: ['a', 'b'] })).toBe(prints[0]);
	expect(choice.products).toEqual(['b', 'a']);
	expect(prints[0]).toBe('gxT5cNARW7J7koqg');
});
