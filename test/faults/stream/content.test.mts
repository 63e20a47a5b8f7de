import { faultProxy, type Fault } from '../kit/faultProxy.mts';
import { Fates, goodRow, HOSTILE, markOf } from '../kit/hostile.mts';
import { activatePatiently, usePlant } from '../kit/plant.mts';
import type { Random } from '../kit/random.mts';
import { scenario, size } from '../kit/scenario.mts';
import { until } from '../../kit/until.mts';

const plant = usePlant();
const DAY = Date.parse('2026-01-01T00:00:00Z');
const ALL_WAYS = Object.keys(HOSTILE);

interface Planted {
	good: string[];
	/** Marks of hostile rows and the way in which each is hostile. */
	hostile: Map<string, string>;
}

/** Rows a second apart, a fifth of them hostile; a good one comes last. */
async function plantRows(random: Random, count: number): Promise<Planted> {
	const planted: Planted = { good: [], hostile: new Map() };
	const texts = Array.from({ length: count }, (_, index) => {
		const isHostile = index < count - 1 && random.chance(0.2);
		const mark = markOf(isHostile ? 'H' : 'G', index);
		const row = goodRow(mark, new Date(DAY + index * 1_000).toISOString());
		if (!isHostile) {
			planted.good.push(mark);
			return JSON.stringify(row);
		}
		const way = ALL_WAYS[planted.hostile.size % ALL_WAYS.length];
		planted.hostile.set(mark, way);
		return HOSTILE[way](row, mark, random);
	});
	await plant.completeRaw(texts, new Date(DAY));
	return planted;
}

describe.each([
	['one at a time', { output: 'simplified', options: {} }],
	['raw, 50 in a run', { output: 'raw', options: { eventsPerRun: 50 } }],
	['one item for each serial', { output: 'simplified', options: { itemPer: 'consumedSerial', eventsPerRun: 7 } }],
	['filtered', { output: 'fields', fields: ['externalOrderId', 'endState', 'secondaryExternalOrderId', 'operationSummary'], options: { orderFilter: '*' } }],
])('rows, %s', (how, parameters) => {
	scenario('R22', `a fifth of the rows hostile, in ${ALL_WAYS.length} ways: ${how}`, async (random) => {
		const events = size(10_000, 400) / 4;
		await plant.reset();
		const { good, hostile } = await plantRows(random, events);
		const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault =>
			stream && proxy.injected < size(20, 3) ? { kind: 'cut', afterBytes: random.whole(10_000, 400_000) } : { kind: 'none' },
		);
		const host = plant.host({ startFrom: 'earliest', ...parameters }, proxy.endpoint);
		await activatePatiently(host);
		const fates = new Fates(host);
		await until('the last row', () => fates.read().delivered.has(good[good.length - 1]), size(120_000, 15_000)).catch(() => undefined);
		await host.deactivate();
		const { lost, duplicated, strange } = fates.judge(good, [...hostile.keys()]);
		const ways = new Set(strange.map((mark) => hostile.get(mark) ?? 'good'));
		expect([...ways]).toEqual([]);
		return { events, injected: hostile.size, lost, duplicated, told: host.failedExecutions.length };
	});
});
