import fc from 'fast-check';

import { forgetDeletedNodes, loadState, STATE_VERSION } from '../../../../../nodes/shared/delivery/place/state.ts';
import { Place } from '../../../../../nodes/shared/delivery/place/place.ts';
import { toNanos } from '../../../../../nodes/shared/events/timestamp.ts';
import { timeAt } from '../../../../kit/fakeN8n.mts';

const stored = (): Record<string, unknown> =>
	JSON.parse(JSON.stringify(Place.startingAt(timeAt(0), { source: 'source', resetKey: '', lookbackMs: 300_000 }).toState())) as Record<string, unknown>;

test('whatever is stored, a place is read only with a usable cursor: never silently at now', () => {
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
	const valid = stored();
	fc.assert(
		fc.property(fc.constantFrom(...Object.keys(valid)), fc.anything({ withBigInt: false }), (key, value) => {
			const loaded = loadState({ ...valid, [key]: value }, 'source', '');
			expect(['state', 'other', 'unreadable']).toContain(loaded.kind);
			if (loaded.kind === 'state' && key !== 'cursor') expect(loaded.state.cursor).toBe(valid.cursor);
		}),
		{ numRuns: 2_000 },
	);
});

test('any newer version is used as far as its cursor and its start', () => {
	fc.assert(
		fc.property(fc.integer({ min: STATE_VERSION + 1, max: 1_000 }), fc.dictionary(fc.stringMatching(/^x\w+$/), fc.jsonValue()), (v, more) => {
			const loaded = loadState({ ...more, v, source: 'source', resetKey: '', cursor: timeAt(5), start: timeAt(1) }, 'source', '');
			expect(loaded).toMatchObject({ kind: 'state', state: { cursor: timeAt(5), start: timeAt(1), seen: [] } });
		}),
	);
});

const VALID = {
	v: 1,
	source: 'source',
	resetKey: 'token',
	cursor: timeAt(7),
	start: timeAt(1),
	seen: ['1:aaaaaa'],
	ahead: ['b.2'],
	forgottenUpTo: 7,
	subjects: ['s'],
	runs: { queued: true, longestMs: 5 },
	inFlight: { ids: ['a'], key: 'key', attempt: 1, outages: 2 },
};
const load = (raw: unknown) => loadState(raw, 'source', 'token');

test('nothing stored is nothing loaded', () => {
	expect([load(undefined), load(null)]).toEqual([{ kind: 'none' }, { kind: 'none' }]);
});

test('a whole state is read as it was stored', () => {
	expect(load(VALID)).toEqual({ kind: 'state', state: VALID });
	const { forgottenUpTo: _upTo, runs: _runs, inFlight: _inFlight, ...least } = VALID;
	expect(load(least)).toEqual({ kind: 'state', state: least });
	const nulls = { ...least, forgottenUpTo: null, runs: null, inFlight: null };
	expect(load(nulls)).toEqual({ kind: 'state', state: nulls });
});

test('a state behind the proxies of n8n is read as a plain copy', () => {
	const stored = { ...VALID, seen: ['1:aaaaaa'] };
	const proxied: unknown = new Proxy(stored, {});
	const loaded = load(proxied);
	expect(loaded).toEqual({ kind: 'state', state: VALID });
	stored.seen.push('2:bbbbbb');
	expect(loaded).toEqual({ kind: 'state', state: VALID });
});

test('after a reset, or for another source, it starts anew and says why; the reset counts first', () => {
	expect(loadState(VALID, 'source', 'new')).toEqual({ kind: 'other', reason: "'Position Reset Key' was changed" });
	expect(loadState(VALID, 'other', 'new')).toEqual({ kind: 'other', reason: "'Position Reset Key' was changed" });
	expect(loadState(VALID, 'other', 'token')).toEqual({ kind: 'other', reason: 'the host of the endpoint or the event was changed' });
	expect(loadState({ resetKey: 'old' }, 'source', 'token')).toEqual({ kind: 'other', reason: "'Position Reset Key' was changed" });
	expect(loadState({ source: 'old' }, 'source', 'token')).toEqual({ kind: 'other', reason: 'the host of the endpoint or the event was changed' });
});

const BARE = { v: 1, source: 'source', resetKey: 'token', cursor: VALID.cursor, start: VALID.start, seen: [], ahead: [], subjects: [] };

test.each([
	['is of a newer version', { v: 2 }],
	['has no version', { v: undefined }],
	['has ids that are none', { seen: [7] }],
	['has no ids', { seen: undefined }],
	['has ids ahead that are none', { ahead: [7] }],
	['has no ids ahead', { ahead: undefined }],
	['has a time up to which ids are forgotten that is no number', { forgottenUpTo: 'x' }],
	['has subjects that are none', { subjects: [null] }],
	['has no reset key', { resetKey: undefined }],
	['has runs without a time', { runs: { queued: true } }],
	['has runs without a place', { runs: { longestMs: 5 } }],
	['has runs that took less than nothing', { runs: { queued: true, longestMs: -1 } }],
	['has nothing in its batch', { inFlight: { ids: [], key: 'key', attempt: 1 } }],
	['has a batch without a key', { inFlight: { ids: ['a'], attempt: 1 } }],
	['has a batch of other things', { inFlight: { ids: [7], key: 'key', attempt: 1 } }],
	['has an attempt before the first', { inFlight: { ids: ['a'], key: 'key', attempt: 0 } }],
	['has half an attempt', { inFlight: { ids: ['a'], key: 'key', attempt: 1.5 } }],
	['has less than no outages', { inFlight: { ids: ['a'], key: 'key', attempt: 1, outages: -1 } }],
	['has half an outage', { inFlight: { ids: ['a'], key: 'key', attempt: 1, outages: 0.5 } }],
])('a state that %s is used as far as its cursor', (_name, change) => {
	expect(load({ ...VALID, ...change })).toEqual({ kind: 'state', state: BARE });
});

test.each([undefined, 7, 'then', null])('a state of which the start is %p begins at its cursor', (start) => {
	expect(load({ ...VALID, start })).toEqual({ kind: 'state', state: { ...BARE, start: VALID.cursor } });
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

describe('what is stored for nodes that the workflow no longer has', () => {
	const stored = () => ({ 'picoTrigger:a': { v: 1 }, 'picoTrigger:b': { v: 1 }, 'picoTrigger:constructor': { v: 1 }, 'picoOther:a': { v: 1 }, mine: 7 });

	test('is removed, and nothing else', () => {
		const data: Record<string, unknown> = stored();
		forgetDeletedNodes(data, 'picoTrigger:', new Set(['b', 'c']));
		expect(data).toEqual({ 'picoTrigger:b': { v: 1 }, 'picoOther:a': { v: 1 }, mine: 7 });
	});
});
