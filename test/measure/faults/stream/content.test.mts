import { faultProxy, type Fault } from '../../kit/faultProxy.mts';
import { Fates, goodRow, HOSTILE, markOf } from '../../kit/hostile.mts';
import { activatePatiently, cuts, overLine, settle, usePlant } from '../../kit/plant.mts';
import type { Random } from '../../kit/random.mts';
import { disturbed, scenario, size } from '../../kit/scenario.mts';
import type { TriggerHost } from '../../../kit/triggerHost.mts';
import { until } from '../../../kit/until.mts';

const plant = usePlant();
const DAY = Date.parse('2026-01-01T00:00:00Z');
const MINUTES = { startAt: new Date(DAY).toISOString(), stepNs: 60_000_000_000 };
const ALL_WAYS = Object.keys(HOSTILE);
/** Its mark is in a field that *Simplified* leaves out. */
const MARKED_IN_RAW_ONLY = 'nothing that tells it from others';

interface Planted {
	good: string[];
	/** Marks of hostile rows and the way in which each is hostile. */
	hostile: Map<string, string>;
}

/** Rows a second apart, a fifth of them hostile; a good one comes last. */
async function plantRows(random: Random, count: number, ways = ALL_WAYS): Promise<Planted> {
	const planted: Planted = { good: [], hostile: new Map() };
	const texts = Array.from({ length: count }, (_, index) => {
		const isHostile = index < count - 1 && random.chance(0.2);
		const mark = markOf(isHostile ? 'H' : 'G', index);
		const row = goodRow(mark, new Date(DAY + index * 1_000).toISOString());
		if (!isHostile) {
			planted.good.push(mark);
			return JSON.stringify(row);
		}
		const way = ways[planted.hostile.size % ways.length];
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
	const ways = ALL_WAYS.filter((way) => parameters.output !== 'simplified' || way !== MARKED_IN_RAW_ONLY);
	scenario('R22', `a fifth of the rows hostile, in ${ways.length} ways: ${how}`, async (random) => {
		const events = size(10_000, 400) / 4;
		await plant.reset();
		const { good, hostile } = await plantRows(random, events, ways);
		const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault => (stream ? cuts(random, size(20, 3), 10_000, 400_000)(proxy) : { kind: 'none' }));
		const host = plant.host({ startFrom: 'earliest', ...parameters }, proxy.endpoint);
		await activatePatiently(host);
		const fates = new Fates(host);
		await until('the last row', () => fates.read().delivered.has(good[good.length - 1]), size(120_000, 15_000)).catch(() => undefined);
		await host.deactivate();
		const { lost, duplicated, strange } = fates.judge(good, [...hostile.keys()]);
		expect([...new Set(strange.map((mark) => hostile.get(mark) ?? 'good'))]).toEqual([]);
		return { events, injected: hostile.size, lost, duplicated, told: host.failedExecutions.length };
	});
});

/** Cuts, and ends: a line that breaks again before anything is through would carry nothing on a busy machine. */
function cutAFew(): () => Promise<void> {
	let left = size(40, 5);
	return async () => {
		if (left-- > 0) await plant.cut();
	};
}

/** Failed executions that match. */
const toldOf = (host: TriggerHost, what: RegExp) =>
	host.failedExecutions.filter(({ message, ...rest }) => what.test(`${message} ${String((rest as { description?: unknown }).description)}`)).length;

describe.each(['sse', 'webSocket'])('rows that Pico cannot resolve, over %s', (connection) => {
	scenario('R26', `1 % of the rows without a field that Pico cannot load, over ${connection}`, async (random) => {
		const events = size(10_000, 500);
		await plant.reset();
		await plant.complete(events, { ...MINUTES, unresolvedEvery: 100 });
		const options = { connection, eventsPerRun: random.pick([1, 20]) };
		const { result: { host, row }, times } = await disturbed(250, cutAFew(), async () => await overLine(plant, { events, withinMs: size(600_000, 40_000), options }));
		return { ...row, injected: events / 100 + times, told: host.failedExecutions.length };
	});

	scenario('R26', `1 % of the rows that Pico cannot resolve at all, over ${connection}`, async (random) => {
		const good = size(5_000, 300);
		const bad = good / 100;
		await plant.reset();
		for (let index = 0; index < bad; index++) {
			const startAt = new Date(DAY + index * 6_000_000).toISOString();
			// The last row is a good one: there is something behind each that cannot be resolved.
			await plant.complete(101, { startAt, stepNs: MINUTES.stepNs, orderPrefix: `U${index}`, unresolvedEvery: random.whole(51, 100), unresolvedField: '' });
		}
		const { result: { host, row }, times } = await disturbed(250, cutAFew(), async () => await overLine(plant, { events: good, withinMs: size(600_000, 40_000), options: { connection } }));
		// Pico names no row: what people see of it is the cause, and where in the stream it was.
		expect(toldOf(host, /null which the schema does not allow/)).toBeGreaterThan(0);
		expect(host.failedExecutions.length).toBeLessThanOrEqual(bad);
		return { ...row, injected: bad + times, told: host.failedExecutions.length };
	});
});

describe.each([1, 30, 500])('equal timestamps, %s events in a run', (eventsPerRun) => {
	scenario('R28', `50,000 events with one timestamp, ${eventsPerRun} in a run`, async (random) => {
		const events = size(50_000, 4_000);
		await plant.reset();
		await plant.complete(events, { startAt: new Date(DAY).toISOString(), stepNs: 0 });
		const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault => (stream ? cuts(random, size(10, 3), 100_000, events * 100)(proxy) : { kind: 'none' }));
		const host = plant.host({ startFrom: 'earliest', options: { eventsPerRun } }, proxy.endpoint);
		await activatePatiently(host);
		const before = process.memoryUsage().heapUsed;
		await settle(host, events, size(300_000, 40_000));
		// It ends: with all of it delivered, and after one more connection, nothing comes again.
		await plant.cut();
		await plant.complete(1, { startAt: new Date(DAY + 1_000).toISOString(), orderPrefix: 'LAST' });
		const outcome = await settle(host, events + 1, 30_000);
		await host.deactivate();
		expect(JSON.stringify(host.staticData).length).toBeLessThanOrEqual(32_768);
		const heapMb = Math.round((process.memoryUsage().heapUsed - before) / 1_048_576);
		return { events: events + 1, injected: events, ...outcome, told: host.failedExecutions.length, note: `heap grew by ${heapMb} MB, with what the test keeps` };
	});
});
