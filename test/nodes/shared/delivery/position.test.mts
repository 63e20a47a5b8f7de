import { Position } from '../../../../nodes/shared/delivery/position.ts';
import type { StoredState } from '../../../../nodes/shared/delivery/state.ts';
import type { PicoEvent } from '../../../../nodes/shared/events/event.ts';
import { completion, timeAt } from '../../../kit/fakeN8n.mts';

const LOOKBACK = 300_000;
const HOUR = 3_600_000;

const started = (lookback = LOOKBACK) => Position.at(timeAt(0), 'source', 'token', lookback);
/** An event with a plain id, so many milliseconds into the day. */
const plain = (id: string, ms: number, subject = `subject-${id}`): PicoEvent => ({ id, subject, cursor: timeAt(ms), row: {} });
const numbered = (index: number, ms = index) => plain(`${String(index).padStart(12, '0')}-and-more-of-it`, ms, `${String(index).padStart(10, 's')}-and-more`);
const reload = (position: Position) => Position.from(JSON.parse(JSON.stringify(position.toState())) as StoredState, LOOKBACK);
const STATE: StoredState = { v: 1, source: 'source', resetToken: '', cursor: timeAt(HOUR), seen: [], floor: null, subjects: [], inFlight: null };

test('a trigger begins where it is told to, with nothing delivered and nothing under way', () => {
	const position = started();
	expect(position.acknowledged).toBe(timeAt(0));
	expect(position.unconfirmed).toBeUndefined();
	expect(position.toState()).toEqual({
		v: 1,
		source: 'source',
		resetToken: 'token',
		cursor: timeAt(0),
		seen: [],
		floor: null,
		subjects: [],
		inFlight: null,
		start: timeAt(0),
	});
});

describe('resuming', () => {
	test('looks back from the cursor', () => {
		expect(Position.from(STATE, LOOKBACK).resumeFrom).toBe(timeAt(HOUR - LOOKBACK));
	});

	test('looks back no further than a nanosecond before the start, as a server may read a cursor as "later than"', () => {
		expect(started().resumeFrom).toBe('2026-01-04T23:59:59.999999999Z');
		const position = started();
		position.pass(plain('a', 60_000));
		expect(position.resumeFrom).toBe('2026-01-04T23:59:59.999999999Z');
		position.pass(plain('b', LOOKBACK + 60_000));
		expect(position.resumeFrom).toBe(timeAt(60_000));
	});

	test('a start that is no timestamp bounds nothing', () => {
		expect(Position.at('now', 'source', '', LOOKBACK).resumeFrom).toBe('now');
		expect(Position.from({ ...STATE, start: 'then' }, LOOKBACK).resumeFrom).toBe(timeAt(HOUR - LOOKBACK));
	});

	test('looks back no further than where it still knows what was delivered', () => {
		expect(Position.from({ ...STATE, floor: Date.parse(timeAt(HOUR - 60_000)), seen: [`x.${Date.parse(timeAt(HOUR)).toString(36)}`] }, LOOKBACK).resumeFrom).toBe(
			timeAt(HOUR - 60_000),
		);
	});

	test('never resumes after the cursor', () => {
		const later = Date.parse(timeAt(HOUR + 60_000));
		expect(Position.from({ ...STATE, floor: later, seen: [`x.${later.toString(36)}`] }, LOOKBACK).resumeFrom).toBe(timeAt(HOUR));
		expect(Position.from({ ...STATE, start: timeAt(2 * HOUR) }, LOOKBACK).resumeFrom).toBe(timeAt(HOUR));
	});

	test('without a look-back it resumes at the cursor', () => {
		expect(Position.from(STATE, 0).resumeFrom).toBe(timeAt(HOUR));
	});
});

describe('the start', () => {
	test('is stored while looking back would reach behind it, and forgotten afterwards', () => {
		const position = started();
		position.pass(plain('a', LOOKBACK - 1));
		expect(position.toState()).toMatchObject({ start: timeAt(0) });
		position.pass(plain('b', LOOKBACK));
		expect(position.toState()).not.toHaveProperty('start');
	});

	test('survives a restart', () => {
		const position = started();
		position.pass(plain('a', 1_000));
		expect(reload(position).resumeFrom).toBe(position.resumeFrom);
		expect(reload(position).toState()).toEqual(position.toState());
		expect(Position.from(STATE, LOOKBACK).toState()).not.toHaveProperty('start');
	});
});

describe('what was delivered', () => {
	test('is known afterwards, also after a restart; what was only passed over is as well', () => {
		const position = started();
		const [delivered, passed, other] = [completion(1), completion(2), completion(3)];
		position.acknowledge([delivered]);
		position.pass(passed);
		for (const one of [position, reload(position)]) {
			expect([delivered, passed, other].map((event) => one.isDelivered(event))).toEqual([true, true, false]);
			expect(one.acknowledged).toBe(passed.cursor);
		}
	});

	test('is told apart by 12 characters of its id', () => {
		const position = started();
		position.pass(plain('abcdefghijkl-one', 1));
		expect(position.isDelivered(plain('abcdefghijkl-two', 1))).toBe(true);
		expect(position.isDelivered(plain('abcdefghijkX-one', 1))).toBe(false);
		expect(position.toState().seen).toEqual([`abcdefghijkl.${Date.parse(timeAt(1)).toString(36)}`]);
	});

	test('moves the cursor forward only, by the time as Pico wrote it', () => {
		const position = started();
		const exact = { ...plain('a', 0), cursor: '2026-01-05T00:00:07.123456789Z' };
		position.acknowledge([exact]);
		position.acknowledge([plain('b', 5_000)]);
		position.acknowledge([{ ...plain('c', 0), cursor: 'no time' }]);
		expect(position.acknowledged).toBe(exact.cursor);
	});
});

describe('what is under way', () => {
	const inFlight = { ids: ['a', 'b'], key: 'key', attempt: 2 };

	test('is stored until it is acknowledged, and offered again after a restart', () => {
		const position = started();
		position.handOver(inFlight);
		expect(position.toState().inFlight).toEqual(inFlight);
		expect(reload(position).unconfirmed).toEqual(inFlight);
		position.pass(plain('c', 1));
		expect(position.unconfirmed).toEqual(inFlight);
		position.acknowledge([plain('a', 1)]);
		expect([position.unconfirmed, position.toState().inFlight]).toEqual([undefined, null]);
	});
});

describe('corrections', () => {
	test('a second event about a unit is one, also after a restart', () => {
		const position = started();
		position.acknowledge([completion(1)]);
		for (const one of [position, reload(position)]) {
			expect([one.isCorrection(completion(1, 9_000)), one.isCorrection(completion(2))]).toEqual([true, false]);
		}
	});

	test('an event that nobody wanted makes no later one a correction', () => {
		const position = started();
		position.pass(completion(1));
		expect(position.isCorrection(completion(1, 9_000))).toBe(false);
	});

	test('are told for the last 600 units, by 10 characters', () => {
		const position = started();
		for (let index = 0; index < 600; index++) position.acknowledge([numbered(index)]);
		position.acknowledge([numbered(1, 700)]);
		expect(position.toState().subjects).toHaveLength(600);
		expect(position.toState().subjects.at(-1)).toBe('sssssssss1');
		position.acknowledge([numbered(600)]);
		expect([0, 1, 2, 600].map((index) => position.isCorrection(numbered(index)))).toEqual([false, true, true, true]);
		position.acknowledge([numbered(601)]);
		expect([1, 2, 3].map((index) => position.isCorrection(numbered(index)))).toEqual([true, false, true]);
		expect(position.toState().subjects).toHaveLength(600);
		expect(position.toState().subjects[0]).toBe('sssssssss3');
	});
});

describe('what is stored', () => {
	test('holds the last 800 ids, and from where on it is complete', () => {
		const position = started();
		for (let index = 0; index < 900; index++) position.pass(numbered(index));
		const state = position.toState();
		expect(state.seen).toHaveLength(800);
		expect(state.seen[0]).toMatch(/^000000000100\./);
		expect(state.floor).toBe(Date.parse(timeAt(99)));
		const again = reload(position);
		expect([99, 100, 899].map((index) => again.isDelivered(numbered(index)))).toEqual([false, true, true]);
		expect(again.resumeFrom).toBe(timeAt(99));
		expect(again.toState()).toEqual(state);
	});

	test.each([
		[0, 800, 600],
		[1, 800, 600],
		[100, 800, 600],
		[200, 800, 523],
		[1_000, 183, 0],
		[1_162, 1, 0],
		[1_200, 0, 0],
	])('makes room for a batch of %d by %d ids and %d subjects', (batch, marks, subjects) => {
		const position = started();
		for (let index = 0; index < 900; index++) position.acknowledge([numbered(index)]);
		position.handOver({ ids: Array.from({ length: batch }, (_, index) => `i${index}`), key: 'key', attempt: 1 });
		const state = position.toState();
		expect([state.seen.length, state.subjects.length]).toEqual([marks, subjects]);
		if (subjects > 0) expect(state.subjects.at(-1)).toBe('sssssss899');
	});

	test('is a copy: what happens later does not change it', () => {
		const position = started();
		position.acknowledge([numbered(1)]);
		const state = position.toState();
		const before = JSON.stringify(state);
		position.acknowledge([numbered(2)]);
		expect(JSON.stringify(state)).toBe(before);
	});
});
