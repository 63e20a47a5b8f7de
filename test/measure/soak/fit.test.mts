import { firstAndLast, floorOf, leastSquares, theilSen, thin, type Point } from './lib/fit.mts';
import { Lags } from './lib/lags.mts';

/** One sample each 10 s for an hour; 3 MB more each hour. */
const rising = Array.from({ length: 361 }, (_, index): Point => [index * 10, 100 + (3 * index) / 360]);

test('both fits give the slope per hour of a straight line', () => {
	expect(leastSquares(rising)).toBeCloseTo(3, 6);
	expect(theilSen(rising)).toBeCloseTo(3, 6);
});

test('spikes move the line of least squares, not the Theil-Sen slope', () => {
	const spiky = rising.map(([time, value], index): Point => [time, index > 330 && index % 3 === 0 ? value + 200 : value]);
	expect(leastSquares(spiky)).toBeGreaterThan(20);
	expect(theilSen(spiky)).toBeLessThan(4);
});

test('too few points have no slope', () => {
	expect(leastSquares(rising.slice(0, 2))).toBeUndefined();
	expect(theilSen([])).toBeUndefined();
});

test('the floor of a sawtooth is its lowest point in each stretch', () => {
	const saw = Array.from({ length: 120 }, (_, index): Point => [index, 50 + (index % 10)]);
	const floor = floorOf(saw, 12);
	expect(floor).toHaveLength(12);
	expect(floor.every(([, value]) => value === 50)).toBe(true);
});

test('first and last are medians of the outer quarters', () => {
	const points = [1, 1, 9, 5, 5, 5, 5, 5, 5, 7, 90, 7].map((value, index): Point => [index, value]);
	expect(firstAndLast(points)).toEqual({ first: 1, last: 7 });
});

test('thinning keeps the first and the last entry', () => {
	const thinned = thin(Array.from({ length: 1000 }, (_, index) => index), 400);
	expect([thinned.length, thinned[0], thinned.at(-1)]).toEqual([400, 0, 999]);
	expect(thin([1, 2, 3], 400)).toEqual([1, 2, 3]);
});

test('times of events around a stop are counted apart', () => {
	const lags = new Lags();
	lags.note('before', false, 1_000);
	lags.arrive('before', 1_030);
	lags.stops.push({ what: 'stop', from: 2_000, up: 20_000 });
	lags.note('while away', false, 5_000);
	lags.note('newest', false, 20_000);
	lags.arrive('while away', 21_000);
	lags.arrive('newest', 21_100);
	lags.note('after', false, 30_000);
	lags.arrive('after', 30_040);
	lags.note('hidden', true, 31_000);
	lags.arrive('hidden', 100_000);
	expect(lags.sorted()).toEqual({ up: [30, 40], away: [16_000, 1_100], hidden: [69_000] });
	expect(lags.stops[0].caughtUp).toBe(21_100);
});
