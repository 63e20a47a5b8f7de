import { PicoFailure } from '../../../../nodes/shared/api/failure.ts';
import { Retries, RETRY, retrying, type RetryPolicy } from '../../../../nodes/shared/api/retry.ts';

const ENDLESS: RetryPolicy = { tries: Infinity, firstMs: 1_000, longestMs: 60_000, longestAskedMs: Infinity };
const waits = (retries: Retries, count: number) => Array.from({ length: count }, () => retries.next());

describe('waits', () => {
	test('begin with the first one, double each time, and stay below the longest', () => {
		expect(waits(new Retries(ENDLESS, () => 1), 9)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
	});

	test('are shortened by up to half, so that many do not knock at once', () => {
		expect(waits(new Retries(ENDLESS, () => 0), 3)).toEqual([500, 1_000, 2_000]);
		expect(waits(new Retries(ENDLESS, () => 0.5), 3)).toEqual([750, 1_500, 3_000]);
		expect(new Set(waits(new Retries(ENDLESS), 20).slice(7)).size).toBeGreaterThan(1);
	});

	test('start from the beginning after a success', () => {
		const retries = new Retries(ENDLESS, () => 1);
		waits(retries, 5);
		retries.reset();
		expect(waits(retries, 2)).toEqual([1_000, 2_000]);
	});

	test('stay at the longest however often it fails', () => {
		const retries = new Retries(ENDLESS, () => 1);
		waits(retries, 2_000);
		expect(retries.next()).toBe(60_000);
	});

	test('never undercut what the server asks for', () => {
		const retries = new Retries(ENDLESS, () => 1);
		expect([retries.next(90_000), retries.next(100)]).toEqual([90_000, 2_000]);
	});

	test('end with the last try', () => {
		expect(waits(new Retries({ ...ENDLESS, tries: 3 }, () => 1), 3)).toEqual([1_000, 2_000, undefined]);
	});

	test('are not for a server that asks for too much', () => {
		expect(new Retries(RETRY.request).next(30_001)).toBeUndefined();
		expect(new Retries(RETRY.request).next(30_000)).toBe(30_000);
	});
});

describe('trying again', () => {
	beforeEach(() => {
		jest.useFakeTimers();
		jest.spyOn(Math, 'random').mockReturnValue(1);
	});
	afterEach(() => {
		jest.restoreAllMocks();
		jest.useRealTimers();
	});
	const network = () => new PicoFailure('network', 'connection refused');

	/** Something that fails with these, one after the other, and then works. */
	function failing(...failures: Error[]) {
		let count = 0;
		const attempt = async () => {
			const failure = failures[count++];
			if (failure) throw failure;
			return await Promise.resolve('done');
		};
		return { attempt, tried: () => count };
	}

	test('helps after failures that pass', async () => {
		const { attempt, tried } = failing(network(), network());
		const result = retrying(RETRY.request, attempt);
		await jest.advanceTimersByTimeAsync(3_000);
		expect([await result, tried(), jest.getTimerCount()]).toEqual(['done', 3, 0]);
	});

	test('ends with the last failure', async () => {
		const { attempt, tried } = failing(network(), network(), new PicoFailure('server', 'still down'));
		const result = expect(retrying(RETRY.request, attempt)).rejects.toThrow('still down');
		await jest.advanceTimersByTimeAsync(3_000);
		await result;
		expect(tried()).toBe(3);
	});

	test.each([new PicoFailure('auth', 'no'), new PicoFailure('graphql', 'no'), new TypeError('our own mistake')])(
		'is not done after %s',
		async (failure) => {
			const { attempt, tried } = failing(failure);
			await expect(retrying(RETRY.request, attempt)).rejects.toThrow(failure.message);
			expect(tried()).toBe(1);
		},
	);

	test('ends at once when nobody wants it any more', async () => {
		const stop = new AbortController();
		const { attempt, tried } = failing(network(), network());
		const result = expect(retrying(RETRY.request, attempt, { signal: stop.signal })).rejects.toThrow('connection refused');
		await jest.advanceTimersByTimeAsync(10);
		stop.abort();
		await result;
		expect([tried(), jest.getTimerCount()]).toEqual([1, 0]);
	});
});
