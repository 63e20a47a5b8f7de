import { Heartbeat, nextDue, type ConnectionFacts, type ConnectionLimits } from '../../../../nodes/shared/delivery/deadlines.ts';

const FACTS: ConnectionFacts = { openedAt: 1_000, lastActivity: 2_000, waitingSince: 3_000, frames: 0, heartbeatMs: 0, quietDone: true };
const LIMITS: ConnectionLimits = { openMs: 30_000, silenceMs: 90_000, refreshMs: 150_000, quietMs: 5_000 };
const due = (facts: Partial<ConnectionFacts>, limits: Partial<ConnectionLimits> = {}) => nextDue({ ...FACTS, ...facts }, { ...LIMITS, ...limits });

test('a server has its time to accept the stream', () => {
	expect(due({ openedAt: undefined, waitingSince: 500 })).toEqual({ at: 30_500, what: 'open' });
});

test('after five quiet seconds everything stored has been sent, counted from opening or from the last frame', () => {
	expect(due({ quietDone: false })).toEqual({ at: 8_000, what: 'quiet' });
	expect(due({ quietDone: false, openedAt: 4_000 })).toEqual({ at: 9_000, what: 'quiet' });
	expect(due({ quietDone: true }).what).toBe('silent');
});

test('silence counts from the last sign of life, and not while a workflow runs', () => {
	expect(due({})).toEqual({ at: 93_000, what: 'silent' });
	expect(due({ lastActivity: 7_000 })).toEqual({ at: 97_000, what: 'silent' });
});

test('silence is never noticed when nobody wants it to be', () => {
	expect(due({}, { silenceMs: 0 })).toMatchObject({ at: Infinity });
	expect(due({ heartbeatMs: 10_000 }, { silenceMs: 0 })).toMatchObject({ at: Infinity });
});

test('three missed heartbeats are silence, after 30 seconds at the earliest and the limit at the latest', () => {
	expect(due({ heartbeatMs: 15_000 }).at).toBe(48_000);
	expect(due({ heartbeatMs: 1_000 }).at).toBe(33_000);
	expect(due({ heartbeatMs: 60_000 }).at).toBe(93_000);
	expect(due({ heartbeatMs: 1_000 }, { silenceMs: 10_000 }).at).toBe(13_000);
});

test('a connection that delivered something is made anew after its time; one that did not is left alone', () => {
	expect(due({ frames: 1 }, { silenceMs: 0 })).toEqual({ at: 151_000, what: 'refresh' });
	expect(due({ frames: 0 }, { silenceMs: 0 }).at).toBe(Infinity);
	expect(due({ frames: 1 }, { refreshMs: 10_000 })).toEqual({ at: 11_000, what: 'refresh' });
});

test('of two things due at one moment a dead connection comes first', () => {
	expect(due({ frames: 1, lastActivity: 0, waitingSince: 1_000 }, { silenceMs: 10_000, refreshMs: 10_000 })).toEqual({ at: 11_000, what: 'silent' });
});

describe('heartbeat', () => {
	/** Arrivals at these times; a negative one brought a frame. */
	function interval(...arrivals: number[]) {
		const heartbeat = new Heartbeat();
		for (const arrival of arrivals) {
			heartbeat.activity(Math.abs(arrival));
			if (arrival < 0) heartbeat.frame();
		}
		return heartbeat.intervalMs;
	}

	test('is unknown at first', () => {
		expect(interval()).toBe(0);
		expect(interval(1_000)).toBe(0);
		expect(interval(1_000, 11_000)).toBe(0);
	});

	test('is the time between two arrivals of which neither brought a frame', () => {
		expect(interval(1_000, 11_000, 21_000)).toBe(10_000);
		expect(interval(1_000, 11_000, 21_000, 31_000)).toBe(10_000);
	});

	test('is the longest one seen', () => {
		expect(interval(1_000, 11_000, 23_000, 24_000, 25_000)).toBe(12_000);
		expect(interval(1_000, 11_000, 12_000, 32_000, 33_000)).toBe(20_000);
	});

	test('is not learned from events', () => {
		expect(interval(-1_000, -11_000, -21_000, -31_000)).toBe(0);
		expect(interval(1_000, -11_000, 21_000, -31_000)).toBe(0);
		expect(interval(-1_000, 5_000, 15_000, -25_000, 26_000)).toBe(10_000);
	});

	test('counts from anew after an event', () => {
		expect(interval(1_000, 3_000, -11_000, 12_000, 22_000, 32_000)).toBe(10_000);
	});
});
