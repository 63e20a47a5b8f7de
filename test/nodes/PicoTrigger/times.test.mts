import type { IDataObject } from 'n8n-workflow';

import { orderCompleted } from '../../../nodes/shared/events/kinds/index.ts';
import { fromNanos, toMs } from '../../../nodes/shared/events/timestamp.ts';
import type { Row } from '../../../nodes/shared/events/types.ts';
import { PlainPico } from '../../kit/plainPico.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

jest.mock('../../../nodes/shared/delivery/pace.ts', () => {
	const { PACE } = jest.requireActual<{ PACE: Record<string, number> }>('../../../nodes/shared/delivery/pace.ts');
	return { PACE: { ...PACE, takenUp: 20, retryFirst: 20, slow: 100, reconnectFirst: 5, reconnectLongest: 20, quiet: 200, settle: 10 } };
});

let pico: PlainPico;
let host: TriggerHost;

beforeEach(async () => {
	pico = await PlainPico.start();
});
afterEach(async () => {
	await host.deactivate();
	await pico.close();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365.25 * 24 * HOUR;
/** The plant's clock; the machine that runs the test has another one. */
const NOW = Date.UTC(2026, 0, 5, 10);
const row = (name: string, at: unknown): Row => ({ ...orderCompleted.sample, externalOrderId: name, at });
const iso = (ms: number) => new Date(ms).toISOString();
const start = async (parameters: IDataObject = {}) => {
	host = new TriggerHost(pico.access, { startFrom: 'date', startDate: iso(NOW - HOUR), ...parameters });
	await host.activate();
};
const send = (...rows: Row[]) => pico.rows(orderCompleted, rows);
const orders = () => host.items.map(({ orderId }) => String(orderId));
const untilCame = async (name: string, withinMs = 15_000) => await until(`order ${name}`, () => orders().includes(name), withinMs);
const cursor = () => toMs(host.stored.cursor) ?? 0;
const TOLD = /^An event from Pico is \d+ min ahead of Pico's clock/;

describe.each([
	['20 minutes', 20 * MINUTE],
	['26 hours', 26 * HOUR],
	['70 years', 70 * YEAR],
])('a station that is %s ahead', (_name, ahead) => {
	test.each(['kill', 'cut'] as const)('hides nobody else, and is told once, after each %s', async (how) => {
		let clock = NOW;
		pico.date = () => clock;
		await start();
		const expected: string[] = [];
		for (let round = 0; round < 4; round++) {
			const before = Array.from({ length: 5 }, (_, index) => row(`right-${round}-${index}`, iso(clock + index)));
			const after = Array.from({ length: 5 }, (_, index) => row(`later-${round}-${index}`, iso(clock + 100 + index)));
			const rows = [...before, row(`wrong-${round}`, iso(clock + ahead)), ...after];
			if (round % 2 === 0) send(...rows);
			if (how === 'kill') await host.kill();
			else pico.cut();
			clock += 2 * MINUTE;
			// What came while nobody listened.
			if (round % 2 === 1) send(...rows);
			if (how === 'kill') await host.activate('init');
			send(row(`last-${round}`, iso(clock - MINUTE)));
			await untilCame(`last-${round}`);
			expected.push(...rows.map(({ externalOrderId }) => String(externalOrderId)), `last-${round}`);
			await until(`all of round ${round}`, () => new Set(orders()).size >= expected.length);
			expect(cursor()).toBeLessThanOrEqual(clock + 5_000);
		}
		expect([...orders()].sort()).toEqual([...expected].sort());
		const told = host.failedExecutions.filter(({ message }) => TOLD.test(message));
		expect(told.length).toBeGreaterThanOrEqual(1);
		// Once for each start of the trigger.
		expect(told.length).toBeLessThanOrEqual(how === 'cut' ? 1 : 5);
	});
});

test.each(['same', 'none'] as const)('a plant whose only station is 30 s ahead keeps its place up to date (Date header: %s)', async (header) => {
	let clock = Date.now();
	if (header === 'none') pico.date = 'none';
	else pico.date = () => clock;
	host = new TriggerHost(pico.access, { startFrom: 'new' });
	await host.activate();
	const begin = clock;
	const count = 300;
	// Each second of the plant is a few milliseconds here; with a header that says so.
	for (let index = 0; index < count; index++) {
		clock = header === 'none' ? Date.now() : begin + index * 1_000;
		send(row(`MO-${index}`, iso(clock + 30_000)));
		if (index % 60 === 59) {
			await untilCame(`MO-${index}`);
			// The connection tells the time anew.
			pico.cut();
		}
	}
	await untilCame(`MO-${count - 1}`);
	if (header !== 'none') expect(cursor()).toBeGreaterThan(begin + (count - 120) * 1_000);
	await host.deactivate();
	host.keepsRuns = false;
	await host.activate('init');
	send(row('LAST', iso(clock + 31_000)));
	await untilCame('LAST');
	// Without the records of runs only the batch that was under way at the stop may come again.
	expect(orders().length).toBeLessThanOrEqual(count + 2);
	expect(new Set(orders()).size).toBe(count + 1);
});

const SPELLINGS: Array<[string, (ms: number) => unknown]> = [
	['2026-01-05 10:00:00', (ms) => iso(ms).slice(0, 19).replace('T', ' ')],
	['2026-01-05T15:30:00+0530', (ms) => `${iso(ms + 5.5 * HOUR).slice(0, 19)}+0530`],
	['2026-01-05 10:00:00.5+00', (ms) => iso(ms).replace('T', ' ').replace('Z', '+00')],
	['2026-01-05T10:00:00,123Z', (ms) => iso(ms).replace('.', ',')],
	['2026-01-05 10:00:00.1 +0000 UTC', (ms) => iso(ms).replace('T', ' ').replace('Z', ' +0000 UTC')],
	['1767607200000 as a number', (ms) => ms],
	['1767607200.123 as text', (ms) => (ms / 1000).toFixed(3)],
	['nanoseconds as text', (ms) => `${ms}000000`],
	['a millionth apart', (ms) => fromNanos(BigInt(ms) * 1_000_000n + BigInt(ms % 1_000))],
];

test.each(SPELLINGS)('times spelled %s move the place, and nothing is repeated after restarts', async (_name, spell) => {
	pico.date = () => NOW + HOUR;
	await start({ options: { lookBackWindow: 10 } });
	for (let part = 0; part < 3; part++) {
		for (let index = 0; index < 200; index++) send(row(`MO-${part}-${index}`, spell(NOW + (part * 200 + index) * 1_000)));
		await untilCame(`MO-${part}-199`);
		await until('the end of the last run', () => host.runs.at(-1)?.status === 'success');
		expect(cursor()).toBeGreaterThanOrEqual(NOW + (part * 200 + 190) * 1_000);
		await host.deactivate();
		await host.activate('init');
	}
	send(row('LAST', spell(NOW + 700_000)));
	await untilCame('LAST');
	expect(orders()).toHaveLength(601);
	expect(host.failedExecutions).toEqual([]);
	// Only what the look-back covers is offered again.
	expect(host.emits).toBeLessThan(601 + 4 * 12);
});

test('times that cannot be read are told once, their events are delivered, and reconnects repeat nothing', async () => {
	pico.date = () => NOW + HOUR;
	await start();
	const odd = ['', 'soon', null, '05.01.2026 10:00', {}, 'Mon, 05 Jan 2026 10:00:00 GMT'];
	for (let index = 0; index < 60; index++) send(row(`odd-${index}`, odd[index % odd.length]), row(`MO-${index}`, iso(NOW + index * 1_000)));
	await untilCame('MO-59');
	for (let cut = 0; cut < 3; cut++) {
		pico.cut();
		send(row(`after-${cut}`, iso(NOW + 61_000 + cut)));
		await untilCame(`after-${cut}`);
	}
	expect(orders()).toHaveLength(123);
	expect(host.failedExecutions.map(({ message }) => message)).toEqual([expect.stringMatching(/^An event from Pico has a time that cannot be read: 'at' is '/)]);
	expect(cursor()).toBeLessThanOrEqual(NOW + 61_010);
});

describe.each([1, 30, 500])('with %d events per run, events of one moment', (eventsPerRun) => {
	test.each(eventsPerRun === 1 ? [6_000] : [6_000, 10_000])('%d of them come to an end, each once, whatever breaks off meanwhile', async (count) => {
		pico.date = () => NOW + HOUR;
		await start({ options: { eventsPerRun } });
		send(...Array.from({ length: count }, (_, index) => row(`MO-${index}`, iso(NOW))));
		for (const part of [0.1, 0.45, 0.8]) {
			await until(`${part} of them`, () => host.items.length >= count * part, 60_000);
			pico.cut();
		}
		await until('all of them', () => host.items.length >= count, 60_000);
		const before = host.emits;
		pico.cut();
		send(row('LAST', iso(NOW + 1)));
		await untilCame('LAST', 60_000);
		expect(new Set(host.ids).size).toBe(count + 1);
		expect(host.ids).toHaveLength(count + 1);
		expect(host.emits).toBe(before + 1);
		expect(JSON.stringify(host.staticData).length).toBeLessThan(32 * 1024);
	}, 150_000);
});

test('a station that is 20 minutes ahead between 6,000 events of one moment: each comes once', async () => {
	pico.date = () => NOW;
	await start({ options: { eventsPerRun: 100 } });
	const moment = Array.from({ length: 6_000 }, (_, index) => row(`MO-${index}`, iso(NOW)));
	send(...moment.slice(0, 3_000), row('ahead', iso(NOW + 20 * MINUTE)), ...moment.slice(3_000));
	await until('half of them', () => host.items.length >= 3_200, 60_000);
	pico.cut();
	await until('all of them', () => host.items.length >= 6_001, 60_000);
	pico.cut();
	send(row('LAST', iso(NOW + 1)));
	await untilCame('LAST', 60_000);
	expect(host.ids).toHaveLength(6_002);
	expect(new Set(host.ids).size).toBe(6_002);
}, 100_000);
