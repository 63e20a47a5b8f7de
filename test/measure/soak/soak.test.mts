import { Lags } from './lags.mts';

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
