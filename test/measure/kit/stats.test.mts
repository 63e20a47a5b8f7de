import { distribution, firstAndLast, fitted, fittedPower, floorOf, theilSen, thin } from './stats.mts';

/** One value each 10 s for an hour; 3 more each hour. */
const rising = Array.from({ length: 361 }, (_, index) => ({ x: index * 10, y: 100 + (3 * index) / 360 }));

test('fits find the slope of a straight line, the exponent of a power, and how well they fit', () => {
	expect((fitted(rising)?.slope ?? 0) * 3600).toBeCloseTo(3, 6);
	expect((theilSen(rising) ?? 0) * 3600).toBeCloseTo(3, 6);
	const sizes = [100, 1_000, 20_000, 1_000_000];
	expect(fittedPower(sizes.map((x) => ({ x, y: x * x })))).toMatchObject({ slope: expect.closeTo(2), r2: expect.closeTo(1) });
	expect(fittedPower([{ x: 1, y: 0 }, ...sizes.map((x) => ({ x, y: 7 }))])?.slope).toBeCloseTo(0);
	expect(fitted([{ x: 1, y: 1 }, { x: 2, y: 9 }, { x: 3, y: 1 }])?.r2).toBeCloseTo(0);
});

test('spikes move the line of least squares, not the Theil-Sen slope', () => {
	const spiky = rising.map(({ x, y }, index) => ({ x, y: index > 330 && index % 3 === 0 ? y + 200 : y }));
	expect((fitted(spiky)?.slope ?? 0) * 3600).toBeGreaterThan(20);
	expect((theilSen(spiky) ?? 0) * 3600).toBeLessThan(4);
});

test('too few values have no slope and no distribution', () => {
	expect([fitted(rising.slice(0, 1)), fitted([rising[0], rising[0]]), theilSen([]), distribution([]), firstAndLast([])]).toEqual(Array(5).fill(undefined));
});

test('the floor of a sawtooth is its lowest point in each stretch', () => {
	const floor = floorOf(Array.from({ length: 120 }, (_, x) => ({ x, y: 50 + (x % 10) })), 12);
	expect(floor.map(({ y }) => y)).toEqual(Array(12).fill(50));
});

test('first and last are medians of the outer quarters; thinning keeps the first and the last entry', () => {
	expect(firstAndLast([1, 1, 9, 5, 5, 5, 5, 5, 5, 7, 90, 7])).toEqual({ first: 1, last: 7 });
	const thinned = thin(Array.from({ length: 1000 }, (_, index) => index), 400);
	expect([thinned.length, thinned[0], thinned.at(-1), thin([1, 2, 3], 400)]).toEqual([400, 0, 999, [1, 2, 3]]);
});
