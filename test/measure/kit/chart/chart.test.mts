import { fittedAt, linearFit, powerFit } from './fit.mts';
import { lineChart, type Panel } from './lineChart.mts';
import { short } from './numbers.mts';
import { met, ratioChart } from './ratioChart.mts';
import { scaleFor } from './scale.mts';

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, content]) => content);
const count = (svg: string, piece: string) => svg.split(piece).length - 1;

describe('fitted lines', () => {
	it('find the exponent of n, n² and a constant', () => {
		const sizes = [100, 1_000, 20_000, 1_000_000];
		expect(powerFit(sizes.map((x) => ({ x, y: 0.003 * x })))).toMatchObject({ exponent: expect.closeTo(1), factor: expect.closeTo(0.003) });
		expect(powerFit(sizes.map((x) => ({ x, y: x * x }))).exponent).toBeCloseTo(2);
		expect(powerFit(sizes.map((x) => ({ x, y: 7 }))).exponent).toBeCloseTo(0);
	});

	it('say how well they fit', () => {
		const exact = linearFit([1, 2, 3, 4].map((x) => ({ x, y: 5 + 2 * x })));
		expect(exact).toMatchObject({ slope: expect.closeTo(2), intercept: expect.closeTo(5), r2: expect.closeTo(1) });
		expect(linearFit([{ x: 1, y: 1 }, { x: 2, y: 9 }, { x: 3, y: 1 }]).r2).toBeCloseTo(0);
		expect(fittedAt(exact, 10)).toBeCloseTo(25);
	});

	it('leave out what has no logarithm, and want two sizes', () => {
		expect(powerFit([{ x: 1, y: 0 }, { x: 10, y: 10 }, { x: 100, y: 100 }]).exponent).toBeCloseTo(1);
		expect(() => powerFit([{ x: 10, y: 1 }])).toThrow('two points');
		expect(() => linearFit([{ x: 10, y: 1 }, { x: 10, y: 2 }])).toThrow('two different sizes');
	});
});

describe('axes', () => {
	it('place equal factors at equal distances on a log axis', () => {
		const { place, ticks, domain } = scaleFor('log', [1_000, 1_000_000], 0, 300);
		expect([1_000, 10_000, 100_000, 1_000_000].map((value) => Math.round(place(value)))).toEqual([0, 100, 200, 300]);
		expect(ticks).toEqual([1_000, 10_000, 100_000, 1_000_000]);
		expect(domain).toEqual([1_000, 1_000_000]);
	});

	it('reach around every value with readable ends, and never blow up noise on a log axis', () => {
		for (const values of [[0.97, 1.04], [3, 700], [12.4], [1e-5, 4e9]]) {
			const { domain: [low, high], ticks } = scaleFor('log', values, 0, 100);
			expect(low).toBeLessThanOrEqual(Math.min(...values));
			expect(high).toBeGreaterThanOrEqual(Math.max(...values));
			expect(high / low).toBeGreaterThanOrEqual(10 - 1e-9);
			expect(ticks.length).toBeGreaterThan(1);
		}
		expect(scaleFor('linear', [181, 187], 0, 100).domain).toEqual([0, 200]);
		expect(scaleFor('linear', [-3, 4], 0, 100).domain).toEqual([-4, 4]);
	});

	it('write thousands as letters', () => {
		expect([0, 0.05, 1, 999, 1_000, 2_500, 50_000, 1_000_000].map(short)).toEqual(['0', '0.05', '1', '999', '1k', '2.5k', '50k', '1M']);
	});
});

describe('a line chart', () => {
	const points = [1, 10, 100].map((x) => ({ x, y: 2 * x, low: 1.5 * x, high: 3 * x }));
	const panel: Panel = {
		x: { label: 'Events', scale: 'log' },
		y: { label: 'Time, s', scale: 'log' },
		series: [{ name: 'a <b> & "c"', points, fit: powerFit(points) }],
	};

	it('has a white card, title, axes with units and the exponent, and escapes texts', () => {
		const svg = lineChart({ title: 'Growth', subtitle: 'Median of 3', panels: [panel] });
		expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 860 \d+"/);
		expect(svg).toContain('fill="#ffffff"');
		expect(texts(svg)).toEqual(
			expect.arrayContaining(['Growth', 'Median of 3', 'Events (log)', 'Time, s (log)', 'a &lt;b&gt; &amp; &quot;c&quot;', 'fitted: n^1.00, r² 1.000']),
		);
		expect(svg).not.toMatch(/NaN|undefined|Infinity/);
	});

	it('draws every point, its spread and a dashed fit', () => {
		const svg = lineChart({ title: 'Growth', panels: [panel] });
		// One more in the legend.
		expect(count(svg, '<circle')).toBe(points.length + 1);
		expect(count(svg, 'opacity="0.6"')).toBe(points.length);
		expect(count(svg, 'stroke-dasharray')).toBe(1);
	});

	it('says what a log axis cannot show instead of drawing it wrong', () => {
		const zero = { ...panel, series: [{ name: 'x', points: [...points, { x: 1_000, y: 0 }] }] };
		expect(texts(lineChart({ title: 'Growth', panels: [zero] }))).toContain('1 at or below zero, not on this axis');
		expect(texts(lineChart({ title: 'Growth', panels: [{ ...panel, series: [{ name: 'x', points: [] }] }] }))).toContain('No values');
	});

	it('draws many points as a line only', () => {
		const many = Array.from({ length: 1_000 }, (_, x) => ({ x, y: 100 + (x % 7) }));
		const linear: Panel = { x: { label: 'Minutes', scale: 'linear' }, y: { label: 'MB', scale: 'linear' }, series: [{ name: 'rss', points: many }] };
		expect(count(lineChart({ title: 'Soak', panels: [linear, linear] }), '<circle')).toBe(2);
	});
});

describe('a chart of ratios', () => {
	const rows = [
		{ name: 'faster', ratio: 4, target: { sense: 'at least' as const, limit: 2 } },
		{ name: 'slower', ratio: 1.5, spread: [1.4, 1.7] as [number, number], target: { sense: 'at most' as const, limit: 1.1 } },
		{ name: 'for its own sake', ratio: 1, shown: '12 KiB' },
	];

	it('judges both kinds of target, and the limit itself is met', () => {
		expect(rows.map(met)).toEqual([true, false, undefined]);
		expect(met({ name: '', ratio: 2, target: { sense: 'at least', limit: 2 } })).toBe(true);
		expect(met({ name: '', ratio: 2, target: { sense: 'at most', limit: 2 } })).toBe(true);
	});

	it('tells met from missed by word and filling too, not by colour alone', () => {
		const svg = ratioChart({ title: 'Beside the best', rows });
		expect(texts(svg)).toEqual(expect.arrayContaining(['4.00×', '✓ met (≥ 2×)', '1.50×', '✗ missed (≤ 1.1×)', '12 KiB']));
		// One in the legend.
		expect(count(svg, 'fill="url(#missed)"')).toBe(2);
		expect(svg).not.toMatch(/NaN|undefined|Infinity/);
	});

	it('gives the same text for the same numbers', () => {
		expect(ratioChart({ title: 'Beside the best', rows })).toBe(ratioChart({ title: 'Beside the best', rows }));
	});
});
