import { Retry } from '../../../../../nodes/shared/delivery/runs/retry.ts';
import type { TriggerSettings } from '../../../../../nodes/shared/delivery/settings.ts';
import { settingsWith } from '../../../../kit/fakeN8n.mts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const no = { kind: 'failed', reason: 'no' } as const;
const down = { kind: 'failed', reason: 'the service is down', outage: 'HTTP 503' } as const;
const retrying = (changes: Partial<TriggerSettings> = {}) => new Retry(settingsWith({ attempts: 3, outagePatienceMs: 4 * HOUR, ...changes }));

describe('a run that fails', () => {
	test('is tried again after waits that double up to a minute, until the last attempt', () => {
		const retry = retrying({ attempts: 7 });
		expect([1, 2, 3, 4, 5, 6].map((attempt) => retry.after(no, attempt))).toEqual(
			[5, 10, 20, 40, 60, 60].map((seconds) => ({ kind: 'again', waitMs: seconds * 1_000, isOutage: false })),
		);
		expect(retry.after(no, 7)).toEqual({ kind: 'over', reason: 'no' });
		expect(retry.after(no, 12)).toEqual({ kind: 'over', reason: 'no' });
	});

	test('is not tried again where one attempt is all', () => {
		expect(retrying({ attempts: 1 }).after(no, 1)).toEqual({ kind: 'over', reason: 'no' });
	});

	test.each(['recordFailure', 'failedOutput'] as const)('ends after the last attempt with %s', (afterLastAttempt) => {
		expect(retrying({ afterLastAttempt }).after(no, 3)).toEqual({ kind: 'over', reason: 'no' });
	});

	test('never ends where it is to be retried for ever, and each further run is told', () => {
		const retry = retrying({ afterLastAttempt: 'keepRetrying' });
		expect(retry.after(no, 2)).toEqual({ kind: 'again', waitMs: 10_000, isOutage: false });
		expect(retry.after(no, 3)).toEqual({ kind: 'again', waitMs: 20_000, isOutage: false, log: 'keeps failing, and later events wait: no' });
		expect(retry.after(no, 3_000)).toMatchObject({ kind: 'again', waitMs: MINUTE });
	});
});

describe('a run that fails since another system is down', () => {
	test('uses up no attempt, and is tried again after a tenth of the time that has passed, from 5 s to 5 min', () => {
		const retry = retrying();
		const waits: number[] = [];
		for (let passed = 0; passed < 4 * HOUR; ) {
			const next = retry.after(down, 3);
			if (next.kind !== 'again') throw new Error('over');
			expect(next.isOutage).toBe(true);
			expect(next.waitMs).toBeCloseTo(Math.min(Math.max(passed / 10, 5_000), 5 * MINUTE));
			waits.push(next.waitMs);
			jest.advanceTimersByTime(next.waitMs);
			passed += next.waitMs;
		}
		expect([waits[0], waits.at(-1)]).toEqual([5_000, 5 * MINUTE]);
		expect(retry.after(down, 3)).toEqual({ kind: 'over', reason: expect.stringMatching(/^the service is down \(for 24\d min\)$/) as string });
	});

	test('the log tells why, for how long and when the next run comes', () => {
		const retry = retrying();
		retry.after(down, 1);
		jest.advanceTimersByTime(20 * MINUTE);
		expect(retry.after(down, 1)).toMatchObject({ log: 'another system is down or busy (HTTP 503), for 20 min so far; next run in 2 min' });
		expect(retrying().after(down, 1)).toMatchObject({ log: 'another system is down or busy (HTTP 503), for 0 s so far; next run in 5 s' });
	});

	test('is given up when patience is over, however many attempts are left, in the chosen way', () => {
		for (const [afterLastAttempt, kind] of [['recordFailure', 'over'], ['failedOutput', 'over'], ['keepRetrying', 'again']] as const) {
			const retry = retrying({ afterLastAttempt, outagePatienceMs: MINUTE, attempts: 100 });
			retry.after(down, 1);
			jest.advanceTimersByTime(MINUTE - 1);
			expect(retry.after(down, 1)).toMatchObject({ isOutage: true });
			jest.advanceTimersByTime(1);
			expect(retry.after(down, 1)).toMatchObject({ kind });
		}
	});

	test('counts as any other run where there is no patience', () => {
		const retry = retrying({ outagePatienceMs: 0 });
		expect(retry.after(down, 1)).toEqual({ kind: 'again', waitMs: 5_000, isOutage: false });
		expect(retry.after(down, 3)).toEqual({ kind: 'over', reason: 'the service is down' });
	});

	test('patience begins again with each outage: another failure in between ends the one before', () => {
		const retry = retrying({ outagePatienceMs: HOUR, attempts: 100 });
		retry.after(down, 1);
		jest.advanceTimersByTime(50 * MINUTE);
		retry.after(no, 1);
		jest.advanceTimersByTime(50 * MINUTE);
		expect(retry.after(down, 2)).toMatchObject({ isOutage: true, waitMs: 5_000 });
	});

	test('is measured by time that nobody sets', () => {
		const retry = retrying({ outagePatienceMs: HOUR });
		retry.after(down, 1);
		jest.setSystemTime(Date.now() + 5 * HOUR);
		expect(retry.after(down, 1)).toMatchObject({ isOutage: true });
		jest.setSystemTime(Date.now() - 10 * HOUR);
		jest.advanceTimersByTime(HOUR);
		expect(retry.after(down, 1)).toMatchObject({ kind: 'over' });
	});
});
