import { installWebSocket } from '../../../kit/webSocket.mts';

import { Dialect } from '../../../../nodes/shared/api/dialect/dialect.ts';
import { replay } from '../../../../nodes/shared/api/replay.ts';
import { orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import type { PicoEvent } from '../../../../nodes/shared/events/event.ts';
import { completionRow, DAY, timeAt } from '../../../kit/fakeN8n.mts';
import { clientFor } from '../../../kit/picoClient.mts';
import { StrictPico } from '../../../kit/strictPico.mts';
import { TriggerHost } from '../../../kit/triggerHost.mts';
import { until } from '../../../kit/until.mts';

installWebSocket();

const OPERATION = ['operation'];
let pico: StrictPico;
beforeEach(async () => {
	Dialect.forgetAll();
	pico = await StrictPico.start();
});
afterEach(async () => await pico.close());

const unitsUpTo = (count: number) => Array.from({ length: count }, (_, unit) => unit);

/** Completions of a plant, a second apart, of which some cannot be resolved. */
function produce(count: number, isBad: (unit: number) => boolean, ms = (unit: number) => unit * 1_000): void {
	for (const unit of unitsUpTo(count)) pico.add(completionRow(unit, ms(unit)), isBad(unit) ? OPERATION : undefined);
}

async function read(options: { batchSize?: number } = {}) {
	const { client } = await clientFor({ endpoint: pico.endpoint, token: 'secret-token' });
	const events: PicoEvent[] = [];
	const unreadable: string[] = [];
	const batches = replay(client, orderCompleted, { from: timeAt(0), idleMs: 300, batchSize: 100, onUnreadable: (reason) => unreadable.push(reason), ...options });
	for await (const batch of batches) events.push(...batch);
	return { units: events.map(({ row }) => row.orderIndex), events, unreadable };
}

describe('reading past events', () => {
	test('a row that Pico cannot resolve comes without the field in question, in its place, and hides no other', async () => {
		produce(250, (unit) => unit === 120);
		const { units, events, unreadable } = await read();
		expect(units).toEqual(unitsUpTo(250));
		expect(events.filter(({ row }) => row.operation === undefined).map(({ row }) => row.orderIndex)).toEqual([120]);
		expect(unreadable).toEqual([]);
	});

	test('one in a hundred of ten thousand costs no more than a few readings each', async () => {
		produce(10_000, (unit) => unit % 100 === 50, (unit) => unit * 50);
		const { units, events } = await read();
		expect(units).toEqual(unitsUpTo(10_000));
		expect(events.filter(({ row }) => row.operation === undefined)).toHaveLength(100);
		// A quadratic search would send millions of rows.
		expect(pico.subscriptions).toBeLessThan(500);
	}, 60_000);

	test('rows of one moment are told apart', async () => {
		produce(30, (unit) => unit % 7 === 3, () => 5_000);
		const { units, events } = await read();
		expect([...units].sort((a, b) => Number(a) - Number(b))).toEqual(unitsUpTo(30));
		expect(events.filter(({ row }) => row.operation === undefined)).toHaveLength(4);
	});

	test('many in a row, at the beginning and at the end, are all found', async () => {
		produce(60, (unit) => unit < 10 || (unit > 20 && unit < 35) || unit > 55);
		const { units } = await read();
		expect([...new Set(units)].sort((a, b) => Number(a) - Number(b))).toEqual(unitsUpTo(60));
		expect(units).toHaveLength(60);
	});

	test('one of which not even the rest can be had is told, and the others come', async () => {
		produce(20, () => false);
		pico.broken.set(pico.rows[7], []);
		const { units, unreadable } = await read();
		expect(units).toEqual(unitsUpTo(20).filter((unit) => unit !== 7));
		expect(unreadable).toEqual([expect.stringMatching(/^Pico could not send an event: the requested element is null/)]);
	});

	test('one that lacks its time is told', async () => {
		produce(20, () => false);
		pico.broken.set(pico.rows[7], ['at']);
		const { units, unreadable } = await read();
		expect(units).toEqual(unitsUpTo(20).filter((unit) => unit !== 7));
		expect(unreadable).toHaveLength(1);
	});

	test('a server that sends several rows where one was asked for ends well too', async () => {
		pico.honoursBatchSize = false;
		produce(40, (unit) => unit === 12);
		const { units, unreadable } = await read();
		const missing = unitsUpTo(40).filter((unit) => !units.includes(unit));
		expect(missing).toContain(12);
		expect(missing.length).toBeLessThanOrEqual(5);
		expect(unreadable).toEqual([expect.stringMatching(/^Pico could not send some events/)]);
	});

	test('a row on which our own code throws is told and costs no other', async () => {
		produce(10, () => false);
		const kind = { ...orderCompleted, normalise: (row: typeof pico.rows[0]) => (row.orderIndex === 6 ? fail() : orderCompleted.normalise(row)) };
		const { client } = await clientFor({ endpoint: pico.endpoint, token: 'secret-token' });
		const told: Array<[string, string]> = [];
		const units: unknown[] = [];
		for await (const batch of replay(client, kind, { from: timeAt(0), idleMs: 300, onUnreadable: (...args) => told.push(args) })) {
			units.push(...batch.map(({ row }) => row.orderIndex));
		}
		expect(units).toEqual([0, 1, 2, 3, 4, 5, 7, 8, 9]);
		expect(told.map(([reason]) => reason)).toContain('our own mistake');
		expect(told.find(([reason]) => reason === 'our own mistake')?.[1]).toContain('"orderIndex":6');
	});
});

const fail = (): never => {
	throw new Error('our own mistake');
};

describe.each(['sse', 'webSocket'])('an active trigger over %s', (connection) => {
	let host: TriggerHost;
	afterEach(async () => await host.deactivate());

	const start = async (options: Record<string, unknown> = {}) => {
		host = new TriggerHost(
			{ endpoint: pico.endpoint, token: 'secret-token' },
			{ startFrom: 'date', startDate: new Date(DAY).toISOString(), options: { connection, ...options } },
		);
		await host.activate();
	};
	const units = () => host.items.map(({ orderIndex }) => orderIndex);

	test('delivers every row, the one that cannot be resolved without its field, in order, once', async () => {
		produce(130, (unit) => unit === 60 || unit === 61 || unit === 120);
		await start();
		await until('all runs', () => host.items.length >= 130, 15_000);
		pico.add(completionRow(130), OPERATION);
		pico.add(completionRow(131));
		await until('the live ones', () => host.items.length >= 132, 15_000);
		expect(units()).toEqual(unitsUpTo(132));
		expect(host.items.filter(({ partNumber }) => partNumber === null).map(({ orderIndex }) => orderIndex)).toEqual([60, 61, 120, 130]);
		expect(host.failedExecutions).toEqual([]);
	});

	test('tells the one of which nothing can be had, once, also after a restart of the line', async () => {
		produce(20, () => false);
		pico.broken.set(pico.rows[7], []);
		await start();
		await until('the others', () => host.items.length >= 19, 15_000);
		expect(units()).toEqual(unitsUpTo(20).filter((unit) => unit !== 7));
		expect(host.failedExecutions.map(({ message }) => message)).toEqual([expect.stringMatching(/^Pico could not send an event: .*operationOrderCompletesStream\.0/)]);
	});
});
