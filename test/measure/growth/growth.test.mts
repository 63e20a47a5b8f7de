import { readFileSync } from 'node:fs';

import { startOddServer } from '../../kit/oddServer.mts';
import { judged, panelOf, STEEPEST, tableOf, type Curve } from './curves.mts';
import { startReplayServer } from './replayServer.mts';
import { withMarked } from '../../../scripts/lib/marked-table.mjs';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];

function curve(cost: (size: number) => number, kind: Curve['kind'] = 'time'): Curve {
	const points = SIZES.map((size) => ({ size, values: [1.1, 0.9, 1].map((noise) => noise * cost(size)) }));
	return { name: 'Work', unit: 's', kind, points };
}

describe('a growth curve', () => {
	it('passes as a straight line, also with a fixed cost on top', () => {
		expect(judged(curve((size) => size / 1_000))).toMatchObject({ tooSteep: false, fit: { slope: expect.closeTo(1) } });
		const fixed = judged(curve((size) => 5 + size / 10_000));
		expect(fixed.fit?.slope).toBeLessThan(1);
		expect(fixed.tooSteep).toBe(false);
	});

	it('fails when it grows faster than its size, and only as a time', () => {
		const cost = (size: number) => size ** (STEEPEST + 0.05);
		expect(judged(curve(cost)).tooSteep).toBe(true);
		expect(judged(curve(cost, 'count')).tooSteep).toBe(false);
	});

	it('fails when it bends up at the end, below a fixed cost that hides it from the fit through all sizes', () => {
		const bent = judged(curve((size) => 20 + (size / 10_000) ** 2));
		expect(bent.fit?.slope).toBeLessThan(STEEPEST);
		expect(bent.end?.slope).toBeGreaterThan(STEEPEST);
		expect(bent.tooSteep).toBe(true);
	});

	it('takes medians, and the sizes in rising order', () => {
		const { points, ...rest } = curve((size) => size);
		const { medians } = judged({ ...rest, points: [...points].reverse() });
		expect(medians[0]).toEqual({ x: 1_000, y: 1_000, low: 900, high: 1_100 });
		expect(medians.map(({ x }) => x)).toEqual(SIZES);
	});
});

describe('the table', () => {
	const curves = [judged(curve((size) => size / 1_000)), judged(curve((size) => size ** 2))];

	it('has a line for each curve with the exponent and a verdict', () => {
		expect(tableOf(curves).split('\n')).toHaveLength(4);
		expect(tableOf(curves)).toMatch(/Work \(s\) .*1,000: 1, .* 1\.00 .*1\.000 .*1\.00 .*ok/);
		expect(tableOf(curves)).toMatch(/2\.00 .*TOO STEEP/);
	});

	it('has a place in the page for every part', () => {
		const page = readFileSync('docs/growth.md', 'utf8');
		for (const name of ['run', 'events', 'operations', 'depth', 'triggers']) expect(withMarked(page, `growth:${name}`, 'new')).toContain('new');
	});

	it('becomes a plot: powers on log axes, the cost of each more on plain ones', () => {
		const [straight] = curves;
		const [power] = panelOf('', 'Events', 'Time, s', [straight]).series;
		expect([power.name, power.fitted?.(5_000)]).toEqual(['Work, fitted: n^1.00, r² 1.000', expect.closeTo(5)]);
		const [plain] = panelOf('', 'Events', 'Time, s', [straight], 'linear').series;
		expect([plain.name, plain.fitted?.(5_000)]).toEqual(['Work, +0.001 s each, r² 1.000', expect.closeTo(5)]);
	});
});

describe('the server that gives answers again', () => {
	it('asks the sandbox once for each question, and keeps no failure', async () => {
		let fails = true;
		const source = await startOddServer((body, response) => {
			if (body === 'b' && fails) response.writeHead(500).end('{}');
			else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: body }));
		});
		const server = await startReplayServer(source.endpoint);
		const ask = async (body: string) => {
			const response = await fetch(server.endpoint, { method: 'POST', headers: { 'x-pico-api-org': 'secret' }, body });
			return [response.status, await response.json()];
		};
		try {
			expect([await ask('a'), await ask('a'), await ask('a')]).toEqual(Array(3).fill([200, { data: 'a' }]));
			expect([source.requests.length, server.replayed]).toEqual([1, 2]);
			expect(source.requests[0].headers['x-pico-api-org']).toBe('secret');
			expect(await ask('b')).toEqual([500, {}]);
			fails = false;
			expect(await ask('b')).toEqual([200, { data: 'b' }]);
		} finally {
			await server.close();
			await source.close();
		}
	});
});
