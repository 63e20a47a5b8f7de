import type { OutgoingHttpHeaders } from 'node:http';

import { faultProxy, type Fault } from '../../kit/faultProxy.mts';
import { activatePatiently, settle, usePlant } from '../../kit/plant.mts';
import { disturbed, scenario, size } from '../../kit/scenario.mts';
import { withSettableClock } from '../../kit/time.mts';

const plant = usePlant();
const MINUTE = 60_000;
const DAY = { startAt: '2026-01-01T00:00:00Z', stepNs: 60_000_000_000 };
/** How wrong the clock of a station is, milliseconds. Further behind than the look-back nothing would find it. */
const WRONG = [1, 20, 60, 1_440, 525_600, 70 * 525_960, -1, -4].map((minutes) => minutes * MINUTE);

describe.each([
	['with a Date header', 'machine'],
	['without a Date header', 'none'],
])('clocks, a server %s', (how, dateHeader) => {
	scenario('R23', `stations up to 70 years ahead or 4 minutes behind, n8n's clock an hour off, a server ${how}`, async (random) => {
		const bursts = size(500, 20);
		await plant.reset({ dateHeader });
		const startDate = new Date(Date.now() - 3_600_000).toISOString();
		const host = plant.host({ startFrom: 'date', startDate, options: { eventsPerRun: random.pick([1, 10]) } });
		let events = 0;
		let injected = 0;
		let restarts = 0;
		const outcome = await withSettableClock(async (setAhead) => {
			const real = Date.now;
			let ahead = 0;
			await host.activate();
			for (let burst = 0; burst < bursts; burst++) {
				const now = real() - ahead;
				// No more within the look-back than what a restart remembers of it.
				const count = random.whole(1, 10);
				await plant.complete(count, { startAt: new Date(now - count).toISOString(), orderPrefix: `R${burst}` });
				events += count;
				if (random.chance(0.3)) {
					await plant.complete(1, { startAt: new Date(now + random.pick(WRONG)).toISOString(), orderPrefix: `W${burst}` });
					events++;
					injected++;
				}
				if (random.chance(0.2)) setAhead((ahead = random.pick([-3_600_000, 0, 3_600_000])));
				if (random.chance(0.2)) await plant.cut();
				if (random.chance(0.02)) {
					// A server that tells no time leaves a trigger that starts nothing but the clock of n8n.
					if (dateHeader === 'none') setAhead((ahead = 0));
					await host.kill();
					await host.activate('init');
					restarts++;
				}
				if (random.chance(0.5)) await settle(host, events, 1_000);
			}
			setAhead((ahead = 0));
			await settle(host, events, size(120_000, 20_000));
			// The position is not ahead of the right clock: what happens now is still found.
			await plant.complete(5, { orderPrefix: 'LAST' });
			const outcome = await settle(host, events + 5, 20_000);
			await host.deactivate();
			expect(Date.parse(String(host.stored.cursor))).toBeLessThanOrEqual(Date.now() + 6_000);
			return outcome;
		});
		const told = host.failedExecutions.filter(({ message }) => message.includes("ahead of Pico's clock")).length;
		expect(told).toBeGreaterThan(0);
		expect(told).toBeLessThanOrEqual(1 + restarts);
		expect(host.failedExecutions).toHaveLength(told);
		return { events: events + 5, injected, ...outcome, told, note: `${restarts} kills` };
	});
});

scenario('R25', 'a Pico without replay, whose line never breaks', async (random) => {
	const bursts = size(1_000, 30);
	await plant.reset({ streamCursor: 'off' });
	const proxy = await faultProxy(plant.sandbox.endpoint);
	// Half of this is the age at which a connection to any other Pico is made anew.
	const host = plant.host({ options: { connectionTimeout: 0, lookBackWindow: 1, eventsPerRun: random.pick([1, 10]) } }, proxy.endpoint);
	await host.activate();
	let events = 0;
	for (let burst = 0; burst < bursts; burst++) {
		const count = random.whole(1, 40);
		await plant.complete(count, { orderPrefix: `B${burst}` });
		events += count;
		if (random.chance(0.3)) await settle(host, events, 1_000);
	}
	const outcome = await settle(host, events, 30_000);
	await host.deactivate();
	expect(proxy.streams).toBe(1);
	const told = [...host.failedExecutions.map(({ message }) => message), ...host.logs].filter((text) => /cannot send past events/.test(text));
	expect(new Set(told.map((text) => text.replace(/.*(?=This Pico)/, ''))).size).toBe(1);
	return { events, injected: bursts, ...outcome, told: host.failedExecutions.length };
});

const STREAM = { 'content-type': 'text/event-stream' };
const typed = (type: string) => (headers: OutgoingHttpHeaders) => ({ ...headers, 'content-type': type });
const without = (name: string) => (headers: OutgoingHttpHeaders) => Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
const answer = (status: number, headers: Record<string, string>, body = ''): Fault => ({ kind: 'status', status, headers, body });

/** Odd, but a stream: it has to be read. */
const READABLE: Fault[] = [
	{ kind: 'dress', headers: typed('Text/Event-Stream') },
	{ kind: 'dress', headers: typed('TEXT/EVENT-STREAM;Charset=UTF-8;x="y"') },
	{ kind: 'dress', status: 201, headers: typed('text/event-stream') },
	{ kind: 'dress', status: 206, headers: typed('text/event-stream') },
	{ kind: 'dress', headers: (headers) => ({ ...headers, date: 'yesterday', 'x-much': 'x'.repeat(6_000), 'set-cookie': ['a=1', 'b=2'], 'retry-after': 'soon' }) },
	{ kind: 'rewrite', change: (text) => text.replaceAll('\n', '\r\n') },
	{ kind: 'rewrite', change: (text) => text.replace(/^(?=event: next)/gm, 'retry: 1\nid: \0\nnonsense\n: ping\n') },
];
/** No stream: the next attempt gets one. */
const UNREADABLE: Fault[] = [
	{ kind: 'dress', headers: without('content-type') },
	{ kind: 'dress', headers: typed('application/octet-stream') },
	{ kind: 'dress', status: 418, headers: typed('text/event-stream') },
	{ kind: 'refuse' },
	answer(200, { 'content-type': 'application/json' }, '{"data":null}'),
	answer(200, { 'content-type': 'application/json' }, '[[[['),
	answer(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'no gzip'),
	answer(200, STREAM),
	answer(200, STREAM, 'event: complete\n\n'),
	answer(204, {}),
	answer(302, { location: 'http://127.0.0.1:9/elsewhere' }),
	answer(304, {}),
	answer(400, { 'content-type': 'text/html' }, '<html>'),
	answer(500, { 'content-type': 'application/json' }, '{"errors":{"message":"no list"}}'),
	answer(503, { 'retry-after': '-5' }),
	answer(429, { 'retry-after': 'soon' }),
	answer(599, { 'content-type': 'text/plain' }, '\0\0\0'),
];
const PAGE: Fault = { kind: 'flood', headers: { 'content-type': 'text/html' }, head: '<html>', piece: 'x'.repeat(65_536), bytes: 50_000_000 };
const LINE: Fault = { kind: 'flood', headers: STREAM, head: ':\n\ndata: ', piece: 'x'.repeat(1_048_576), bytes: size(300_000_000, 150_000_000) };

scenario('R29', 'odd headers, types and statuses, endless pages and lines, bodies that are held back', async (random) => {
	const events = size(20_000, 1_000);
	const faults = size(600, 24);
	await plant.reset();
	await plant.complete(events, DAY);
	const plan: Fault[] = [];
	while (plan.length < faults) plan.push(random.pick([...READABLE, ...UNREADABLE]));
	for (const [fault, times] of [[PAGE, size(10, 1)], [LINE, size(5, 1)], [{ kind: 'holdBack' }, size(10, 2)]] as Array<[Fault, number]>) {
		for (let time = 0; time < times; time++) plan[random.whole(1, plan.length - 1)] = fault;
	}
	// The first stream opens, so that the activation goes through.
	const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault => {
		if (!stream) return { kind: 'none' };
		return proxy.streams % 3 === 1 ? { kind: 'cut', afterBytes: random.whole(20_000, 60_000) } : (plan.pop() ?? { kind: 'none' });
	});
	const host = plant.host({ startFrom: 'earliest', options: { connectionTimeout: 1, eventsPerRun: 20 } }, proxy.endpoint);
	const before = process.memoryUsage().rss;
	let most = 0;
	const { result } = await disturbed(
		size(300, 100),
		async () => {
			most = Math.max(most, process.memoryUsage().rss - before);
			// A readable stream stays open: it is cut, so that the next fault has its turn.
			await plant.cut();
		},
		async () => {
			await activatePatiently(host);
			const outcome = await settle(host, events, size(300_000, 40_000));
			while (plan.length > 0 && !(await settle(host, events + 1, 100)).duplicated) continue;
			return outcome;
		},
	);
	await plant.complete(1, { orderPrefix: 'LAST' });
	const outcome = await settle(host, events + 1, 30_000);
	await host.deactivate();
	expect(result).toEqual({ lost: 0, duplicated: 0 });
	// Each cause is told once until the line was good again: never more often than it broke.
	expect(host.failedExecutions.length).toBeLessThanOrEqual(faults);
	return { events: events + 1, injected: proxy.injected, ...outcome, told: host.failedExecutions.length, note: `memory grew by ${Math.round(most / 1_048_576)} MB at most` };
});
