import { Backoff } from '../../../../nodes/shared/delivery/backoff.ts';

const waits = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.next(false));

test('waits one second, then twice as long each time, and a minute at most', () => {
	expect(waits(new Backoff(() => 1), 14)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000]);
});

test('shortens each wait by up to half, so that many triggers do not knock at once', () => {
	expect(waits(new Backoff(() => 0), 3)).toEqual([500, 1_000, 2_000]);
	expect(waits(new Backoff(() => 0.5), 3)).toEqual([750, 1_500, 3_000]);
	expect(new Backoff(() => 0.00101).next(false)).toBe(501);
	for (const wait of waits(new Backoff(), 20)) expect(wait).toBeGreaterThanOrEqual(500);
	expect(new Set(waits(new Backoff(), 20).slice(7)).size).toBeGreaterThan(1);
});

test('starts from the beginning after a connection that was of use, and only then', () => {
	const backoff = new Backoff(() => 1);
	waits(backoff, 5);
	expect(backoff.next(false)).toBe(32_000);
	expect(backoff.next(true)).toBe(1_000);
	expect(backoff.next(false)).toBe(2_000);
});

test('a minute stays the longest wait however often it fails', () => {
	const backoff = new Backoff(() => 1);
	waits(backoff, 2_000);
	expect(backoff.next(false)).toBe(60_000);
});

test('never undercuts what the server asked for', () => {
	const backoff = new Backoff(() => 1);
	expect(backoff.next(false, 90_000)).toBe(90_000);
	expect(backoff.next(false, 100)).toBe(2_000);
});
