import { AdaptiveLimit } from '../../../../nodes/shared/api/adaptiveLimit.ts';

/** Milliseconds of answers, and refusals, that came while as many requests as allowed were under way. */
function sizeAfter(...happened: Array<number | 'refused'>): number {
	const limit = new AdaptiveLimit();
	for (const each of happened) {
		if (each === 'refused') limit.refused(limit.cuts);
		else limit.answered(each, limit.size);
	}
	return limit.size;
}
const times = <T,>(count: number, each: T): T[] => Array.from({ length: count }, () => each);

it.each<[string, Array<number | 'refused'>, number]>([
	['starts with five', [], 5],
	['one more for each quick answer', [20, 21, 22], 8],
	['sixteen at most', times(100, 20), 16],
	['no more while answers take three times as long as the quickest', [20, ...times(50, 60)], 6],
	['fewer when a server that was quick slows down', [...times(20, 20), ...times(100, 200)], 5],
	['never below the start because of slowness alone', [20, ...times(100, 60_000)], 5],
	['half of it after a refusal', [...times(20, 20), 'refused'], 8],
	['one at least', times(10, 'refused' as const), 1],
	['slow to try more after a refusal', ['refused', ...times(9, 20)], 2],
	['but it does', ['refused', ...times(2_000, 20)], 16],
	['any time is a time', [0, 0, Number.MIN_VALUE], 8],
])('%s', (_, happened, size) => {
	expect(sizeAfter(...(happened as Parameters<typeof sizeAfter>))).toBe(size);
});

it('takes refusals of requests that were sent together for one', () => {
	const limit = new AdaptiveLimit();
	const { cuts } = limit;
	for (let request = 0; request < 5; request++) limit.refused(cuts);
	expect(limit.size).toBe(2);
});

it('does not grow while fewer requests are under way than may be', () => {
	const limit = new AdaptiveLimit();
	for (let request = 0; request < 50; request++) limit.answered(20, 1);
	expect(limit.size).toBe(5);
});
