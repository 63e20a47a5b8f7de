import fc from 'fast-check';

import { Place } from '../../../../../nodes/shared/delivery/place/place.ts';
import { loadState, type StoredState } from '../../../../../nodes/shared/delivery/place/state.ts';
import type { PicoEvent } from '../../../../../nodes/shared/events/event.ts';
import { compareTimestamps, fromNanos, toNanos } from '../../../../../nodes/shared/events/timestamp.ts';
import { completion, DAY, timeAt } from '../../../../kit/fakeN8n.mts';

const LOOKBACK = 300_000;
const HOUR = 3_600_000;

beforeEach(() => void jest.useFakeTimers({ now: DAY + 24 * HOUR }));
afterEach(() => void jest.useRealTimers());

const options = (lookbackMs = LOOKBACK) => ({ source: 'source', resetKey: 'key', lookbackMs });
const started = (lookbackMs = LOOKBACK) => Place.startingAt(timeAt(0), options(lookbackMs));
/** An event with a plain id, so many milliseconds into the day. */
const plain = (id: string, ms: number, subject = `subject-${id}`): PicoEvent => ({ id: id.padEnd(12, '-'), subject, cursor: timeAt(ms), row: {} });
const numbered = (index: number, ms = index) => plain(`${String(index).padStart(6, '0')}-seen-and-more-of-it`, ms, `${String(index).padStart(10, 's')}-and-more`);
const copyOf = (state: StoredState) => JSON.parse(JSON.stringify(state)) as StoredState;
const restarted = (place: Place, lookbackMs = LOOKBACK) => Place.restored(copyOf(place.toState()), options(lookbackMs));
const known = (place: Place, events: readonly PicoEvent[]) => events.map((event) => place.isDelivered(event));

test('a trigger begins where it is told to, with nothing delivered and nothing under way', () => {
	const place = started();
	expect([place.cursor, place.unconfirmed]).toEqual([timeAt(0), undefined]);
	expect(place.toState()).toEqual({
		v: 1,
		source: 'source',
		resetKey: 'key',
		cursor: timeAt(0),
		start: timeAt(0),
		seen: [],
		ahead: [],
		forgottenUpTo: null,
		subjects: [],
		runs: null,
		inFlight: null,
	});
});

test('what is stored is all it takes to go on', () => {
	const place = started();
	for (let index = 0; index < 20; index++) place.acknowledge([numbered(index, index * 60_000)]);
	place.noteInFlight({ ids: ['a'], key: 'key', attempt: 2, outages: 1 });
	expect(restarted(place).toState()).toEqual(place.toState());
	expect(restarted(place).resumeFrom).toBe(place.resumeFrom);
	expect(place.toState({ queued: true, longestMs: 5 }).runs).toEqual({ queued: true, longestMs: 5 });
});

describe('what was delivered', () => {
	test('is known afterwards, also after a restart; what was left out is as well', () => {
		const place = started();
		const [delivered, leftOut, other] = [completion(1), completion(2), completion(3)];
		place.acknowledge([delivered]);
		place.leaveOut(leftOut);
		for (const one of [place, restarted(place)]) {
			expect(known(one, [delivered, leftOut, other])).toEqual([true, true, false]);
			expect(one.cursor).toBe(leftOut.cursor);
		}
	});

	test('is told apart by 12 characters of its id', () => {
		const place = started();
		place.leaveOut(plain('abcdefghijkl-one', 1));
		expect(known(place, [plain('abcdefghijkl-two', 1), plain('abcdefghijkX-one', 1)])).toEqual([true, false]);
		expect(place.toState().seen).toEqual([`${(DAY / 1_000).toString(36)}:abcdef`]);
	});

	test('is known for as long as the look-back reaches, also where Pico sends no usable time', () => {
		const place = started();
		place.leaveOut(plain('first', HOUR));
		const timeless = [1, 2, 3].map((index) => ({ ...numbered(index), cursor: ['', 'soon', '31.12.2026'][index - 1] }));
		place.acknowledge(timeless);
		place.leaveOut(plain('later', HOUR + LOOKBACK));
		expect(known(restarted(place), timeless)).toEqual([true, true, true]);
		expect(place.cursor).toBe(timeAt(HOUR + LOOKBACK));
		place.leaveOut(plain('much later', HOUR + LOOKBACK + 1));
		expect(known(place, timeless)).toEqual([false, false, false]);
	});

	test('of a trigger that has only just begun is known where Pico sends no usable time', () => {
		const place = started();
		const timeless = { ...numbered(1), cursor: 'soon' };
		place.acknowledge([timeless]);
		place.acknowledge([numbered(2, LOOKBACK)]);
		expect(place.isDelivered(timeless)).toBe(true);
	});

	test('moves the cursor forward only, by the time as Pico wrote it', () => {
		const place = started();
		const exact = { ...plain('a', 0), cursor: '2026-01-05T00:00:07.123456789Z' };
		place.acknowledge([exact]);
		place.acknowledge([plain('b', 5_000)]);
		place.acknowledge([{ ...plain('c', 0), cursor: 'no time' }]);
		expect(place.cursor).toBe(exact.cursor);
	});
});

describe('an event ahead of Pico\'s clock', () => {
	const NOW = DAY + 24 * HOUR;
	const now = (aheadMs = 0) => 24 * HOUR + aheadMs;
	const MINUTE = 60_000;

	test.each([20 * MINUTE, 26 * HOUR, 70 * 365 * 24 * HOUR])('is delivered and moves neither cursor nor window, now and after a restart (%d ms)', (ahead) => {
		const place = started();
		place.clock.set(NOW);
		const right = Array.from({ length: 10 }, (_, index) => numbered(index, now(index - 20)));
		const wrong = numbered(99, now(ahead));
		for (const event of [...right.slice(0, 5), wrong, ...right.slice(5)]) place.acknowledge([event]);
		for (const one of [place, restarted(place)]) {
			one.clock.set(NOW);
			expect(known(one, [...right, wrong])).toEqual(Array.from({ length: 11 }, () => true));
			expect(one.cursor).toBe(right[9].cursor);
			expect(one.resumeFrom).toBe(timeAt(now(-11) - LOOKBACK));
		}
	});

	test('is still known when the clock has come to it, and forgotten when the look-back has passed it', () => {
		const place = started();
		place.clock.set(NOW);
		const wrong = numbered(99, now(20 * MINUTE));
		place.acknowledge([wrong]);
		for (const after of [0, 19, 20, 24]) {
			place.clock.set(NOW + after * MINUTE);
			place.acknowledge([numbered(after, now(after * MINUTE))]);
			expect([after, place.isDelivered(wrong), restarted(place).isDelivered(wrong)]).toEqual([after, true, true]);
		}
		place.clock.set(NOW + 26 * MINUTE);
		place.acknowledge([numbered(26, now(26 * MINUTE))]);
		expect(place.isDelivered(wrong)).toBe(false);
		expect(compareTimestamps(place.resumeFrom, wrong.cursor)).toBeGreaterThan(0);
	});

	test('does not hide what others did while the connection was down', () => {
		const place = started();
		place.clock.set(NOW);
		place.acknowledge([numbered(99, now(20 * MINUTE))]);
		place.clock.set(NOW + 30 * MINUTE);
		const meanwhile = numbered(1, now(5 * MINUTE));
		expect(compareTimestamps(place.resumeFrom, meanwhile.cursor)).toBeLessThan(0);
		place.acknowledge([meanwhile]);
		expect(place.cursor).toBe(meanwhile.cursor);
	});

	test('a plant whose only station is 30 s ahead: the cursor keeps up, and nothing is repeated after a restart', () => {
		let place = started();
		const events = Array.from({ length: 1_000 }, (_, index) => numbered(index, now(index * 1_000 + 30_000)));
		events.forEach((event, index) => {
			if (index % 250 === 249) place = restarted(place);
			place.clock.set(NOW + index * 1_000);
			place.acknowledge([event]);
		});
		expect(compareTimestamps(place.cursor, timeAt(now(999_000)))).toBeGreaterThanOrEqual(0);
		expect(compareTimestamps(place.cursor, timeAt(now(999_000 + 30_000)))).toBeLessThanOrEqual(0);
		const again = restarted(place);
		again.clock.set(NOW + 1_000_000);
		const served = events.filter(({ cursor }) => compareTimestamps(cursor, again.resumeFrom) >= 0);
		expect(served.length).toBeGreaterThan(0);
		expect(served.filter((event) => !again.isDelivered(event))).toEqual([]);
	});

	test('how far it is ahead is told', () => {
		const place = started();
		place.clock.set(NOW);
		expect([plain('a', now(-1)), plain('b', now(5_000)), plain('c', now(HOUR)), { ...plain('d', 0), cursor: 'soon' }].map((event) => place.leadMs(event))).toEqual([0, 0, HOUR, 0]);
	});

	test('thousands of them leave room for what the others did', () => {
		const place = started();
		place.clock.set(NOW);
		for (let index = 0; index < 2_000; index++) place.acknowledge([numbered(index, now(HOUR + index))]);
		const right = Array.from({ length: 300 }, (_, index) => numbered(10_000 + index, now(index - 1_000)));
		place.acknowledge(right);
		const again = restarted(place);
		again.clock.set(NOW);
		expect(known(again, right).every(Boolean)).toBe(true);
		expect(again.resumeFrom).toBe(timeAt(now(-701) - LOOKBACK));
	});
});

describe('an event that was delivered ahead of others', () => {
	test('is known and does not move the cursor; the event in its turn does', () => {
		const place = started();
		const ahead = numbered(5, 60_000);
		place.acknowledgeAhead(ahead);
		for (const one of [place, restarted(place)]) {
			expect([one.cursor, one.isDelivered(ahead), one.isCorrection(ahead)]).toEqual([timeAt(0), true, true]);
		}
		const again = restarted(place);
		again.acknowledge([numbered(1, 30_000)]);
		expect([again.cursor, again.isDelivered(ahead)]).toEqual([timeAt(30_000), true]);
		again.leaveOut(ahead);
		expect([again.cursor, again.isDelivered(ahead)]).toEqual([timeAt(60_000), true]);
	});

	test('is passed together with what came before it', () => {
		const place = started();
		place.acknowledgeAhead(numbered(5, 60_000));
		place.acknowledge([numbered(6, 90_000)]);
		expect(place.cursor).toBe(timeAt(90_000));
		expect(place.isDelivered(numbered(5))).toBe(true);
	});
});

describe('a look-back that changes', () => {
	const delivered = Array.from({ length: 600 }, (_, index) => numbered(index, index * 10_000));
	/** Delivers for 100 minutes, restarting in between with these look-backs, in seconds; returns the last place. */
	function afterRestarts(lookBacks: readonly number[]) {
		let place = started(lookBacks[0] * 1_000);
		const part = delivered.length / lookBacks.length;
		lookBacks.forEach((seconds, index) => {
			place = restarted(place, seconds * 1_000);
			for (const event of delivered.slice(index * part, (index + 1) * part)) place.acknowledge([event]);
		});
		return place;
	}

	test.each([
		[[1], 7_200],
		[[60], 3_600],
		[[3_600], 60],
		[[0], 86_400],
		[[3_600, 1], 3_600],
		[[1, 3_600], 7_200],
		[[7_200, 60, 86_400], 300],
	])('from %j s to %d s repeats nothing', (before, after) => {
		const place = restarted(afterRestarts(before), after * 1_000);
		const served = delivered.filter(({ cursor }) => compareTimestamps(cursor, place.resumeFrom) >= 0);
		expect(served.filter((event) => !place.isDelivered(event))).toEqual([]);
	});

	test('never reaches behind the start', () => {
		const place = restarted(started(1_000), 86_400_000);
		place.acknowledge([numbered(1, HOUR)]);
		expect(restarted(place, 86_400_000).resumeFrom).toBe('2026-01-04T23:59:59.999999Z');
	});
});

describe('what is under way', () => {
	const inFlight = { ids: ['a', 'b'], key: 'key', attempt: 2 };

	test('is stored until it is acknowledged, and offered again after a restart', () => {
		const place = started();
		place.noteInFlight(inFlight);
		expect(place.toState().inFlight).toEqual(inFlight);
		expect(restarted(place).unconfirmed).toEqual(inFlight);
		place.leaveOut(plain('c', 1));
		place.acknowledgeAhead(plain('d', 1));
		expect(place.unconfirmed).toEqual(inFlight);
		place.acknowledge([plain('a', 1)]);
		expect([place.unconfirmed, place.toState().inFlight]).toEqual([undefined, null]);
	});
});

describe('corrections', () => {
	test('a second event about a unit is one, also after a restart', () => {
		const place = started();
		place.acknowledge([completion(1)]);
		for (const one of [place, restarted(place)]) {
			expect([one.isCorrection(completion(1, 9_000)), one.isCorrection(completion(2))]).toEqual([true, false]);
		}
	});

	test('an event that was left out makes no later one a correction', () => {
		const place = started();
		place.leaveOut(completion(1));
		expect(place.isCorrection(completion(1, 9_000))).toBe(false);
	});

	test('are told for the last 600 units, by 10 characters', () => {
		const place = started();
		for (let index = 0; index < 600; index++) place.acknowledge([numbered(index)]);
		place.acknowledge([numbered(1, 700)]);
		expect(place.toState().subjects).toHaveLength(600);
		expect(place.toState().subjects.at(-1)).toBe('sssssssss1');
		place.acknowledge([numbered(600)]);
		expect([0, 1, 2, 600].map((index) => place.isCorrection(numbered(index)))).toEqual([false, true, true, true]);
		place.acknowledge([numbered(601)]);
		expect([1, 2, 3].map((index) => place.isCorrection(numbered(index)))).toEqual([true, false, true]);
		expect(place.toState().subjects).toHaveLength(600);
		expect(place.toState().subjects[0]).toBe('sssssssss3');
	});
});

describe('what is stored', () => {
	/** Ids in stored state. */
	const seenIn = ({ seen }: StoredState) => seen.reduce((sum, group) => sum + (group.split(':')[1].length / 6), 0);

	const deliveredEvery = (stepMs: number, count: number) => {
		const place = started();
		for (let index = 0; index < count; index++) place.leaveOut(numbered(index, index * stepMs));
		return place;
	};

	test('is every id of a plant that completes twelve units a second', () => {
		const place = deliveredEvery(83, 5_000);
		const first = 4_999 - Math.floor(LOOKBACK / 83);
		const again = restarted(place);
		expect(known(again, [first, first + 1, 4_999].map((index) => numbered(index, index * 83)))).toEqual([true, true, true]);
		expect(again.resumeFrom).toBe(place.resumeFrom);
		expect(again.toState()).toEqual(place.toState());
	});

	test('is the last ids of a faster one, and from where on it is complete', () => {
		const state = deliveredEvery(20, 10_000).toState();
		const first = 10_000 - seenIn(state);
		expect(seenIn(state)).toBeGreaterThan(3_900);
		const upTo = Math.floor(((first - 1) * 20) / 1_000) * 1_000 + 999;
		expect(state.forgottenUpTo).toBe(DAY + upTo);
		const again = Place.restored(copyOf(state), options());
		expect(known(again, [first - 1, first, 9_999].map((index) => numbered(index, index * 20)))).toEqual([false, true, true]);
		expect(again.resumeFrom).toBe(timeAt(upTo + 1));
		expect(again.toState()).toEqual(state);
	});

	test('says when it is less than the look-back', () => {
		const few = started();
		for (let index = 0; index < 1_000; index++) few.acknowledge([numbered(index, index * 1_000)]);
		expect([few.isLookBackCut, restarted(few).isLookBackCut]).toEqual([false, false]);
		const many = started();
		for (let index = 0; index < 10_000; index++) many.acknowledge([numbered(index, index * 10)]);
		expect([many.isLookBackCut, restarted(many).isLookBackCut]).toEqual([false, true]);
	});

	test.each([
		[0, 3_000, 600],
		[1, 3_000, 600],
		[200, 3_000, 484],
		[500, 2_721, 0],
		[1_154, 5, 0],
		[1_200, 0, 0],
	])('makes room for a batch of %d by %d ids and %d subjects', (batch, ids, subjects) => {
		const place = started();
		for (let index = 0; index < 3_000; index++) place.acknowledge([numbered(index, index * 50)]);
		place.noteInFlight({ ids: Array.from({ length: batch }, (_, index) => `i${index}`), key: 'key', attempt: 1 });
		const state = place.toState();
		expect([seenIn(state), state.subjects.length]).toEqual([ids, subjects]);
		if (subjects > 0) expect(state.subjects.at(-1)).toBe('ssssss2999');
	});

	test('fits into 32 KB, whatever happened', () => {
		const place = started(86_400_000);
		const long = (index: number) => ({ id: `id${index}`.padEnd(24, 'x'), subject: `${index}`.padEnd(24, 'y'), cursor: `2026-01-05T00:00:${String(index % 60).padStart(2, '0')}.123456789+00:00`, row: {} });
		for (let index = 0; index < 6_000; index++) {
			place.acknowledge([long(index)]);
			place.acknowledgeAhead(long(index + 10_000));
		}
		for (const batch of [1, 100, 500]) {
			place.noteInFlight({ ids: Array.from({ length: batch }, (_, index) => long(index).id), key: 'k'.repeat(240), attempt: 99, outages: 99 });
			expect(JSON.stringify(place.toState({ queued: true, longestMs: 3_600_000 })).length).toBeLessThan(32_000);
		}
	});

	test('is a copy: what happens later does not change it', () => {
		const place = started();
		place.acknowledge([numbered(1)]);
		const state = place.toState();
		const before = JSON.stringify(state);
		place.acknowledge([numbered(2)]);
		expect(JSON.stringify(state)).toBe(before);
	});
});

describe('for whatever events', () => {
	const START = BigInt(DAY) * 1_000_000n;
	const id = fc.stringMatching(/^[\w-]{24}$/);
	const event = fc.tuple(id, id, fc.bigInt({ min: 0n, max: 400_000_000_000n })).map(
		([eventId, subject, offset]): PicoEvent => ({ id: eventId, subject, cursor: fromNanos(START + offset), row: {} }),
	);

	test('the cursor only moves forward, and ends at the newest', () => {
		fc.assert(
			fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
				const place = started();
				let last = place.cursor;
				for (const one of events) {
					place.acknowledge([one]);
					expect(compareTimestamps(place.cursor, last)).toBeGreaterThanOrEqual(0);
					last = place.cursor;
				}
				const newest = events.reduce((a, b) => (compareTimestamps(a.cursor, b.cursor) >= 0 ? a : b)).cursor;
				expect(compareTimestamps(place.cursor, newest)).toBe(0);
			}),
		);
	});

	// Ids that differ in what is stored of them: hashes do, the texts that are made up here need not.
	test('after a restart every delivered event that is served again is known', () => {
		fc.assert(
			fc.property(fc.uniqueArray(event, { minLength: 1, maxLength: 1_200, size: 'max', selector: (one) => one.id.slice(0, 6) }), (events) => {
				const place = started();
				const inOrder = [...events].sort((a, b) => compareTimestamps(a.cursor, b.cursor));
				for (const one of inOrder) place.acknowledge([one]);
				const loaded = loadState(copyOf(place.toState()), 'source', 'key');
				if (loaded.kind !== 'state') throw new Error(loaded.kind);
				const again = Place.restored(loaded.state, options());
				// A server with an inclusive cursor; at the very cursor there may be more than can be stored.
				const served = inOrder.filter(({ cursor }) => toNanos(cursor)! >= toNanos(again.resumeFrom)!);
				expect(served.filter((one) => !again.isDelivered(one))).toEqual([]);
			}),
			{ numRuns: 60, endOnFailure: true },
		);
	});
});
