import { inspect } from 'node:util';

import type { IDataObject } from 'n8n-workflow';

import { until } from '../../../kit/until.mts';
import { faultProxy, type Fault } from '../../kit/faultProxy.mts';
import { eventIdOf, settle, usePlant } from '../../kit/plant.mts';
import type { Random } from '../../kit/random.mts';
import { disturbed, scenario, size } from '../../kit/scenario.mts';

const plant = usePlant();

/** Options that a person changes, each with values under which every event is still wanted. */
function someParameters(random: Random, products: string[]): IDataObject {
	return {
		startFrom: 'new',
		output: random.pick(['simplified', 'raw', 'fields']),
		fields: ['externalOrderId', 'endState'],
		products: random.pick([[], products]),
		deliverNext: random.pick(['afterFinish', 'afterSuccess', 'immediately']),
		options: {
			lookBackWindow: random.pick([1, 10, 60, 300, 3_600, 7_200]),
			eventsPerRun: random.pick([1, 7, 100, 500]),
			orderFilter: random.pick(['', '*', 'MO*', '*-*']),
			// Otherwise 'After Run Succeeds' asks for the last event again.
			afterRestart: 'skip',
		},
	};
}

scenario('R24', 'published again and again with other options, filters, paths and schemes, while events flow', async (random) => {
	const publishes = size(200, 12);
	await plant.reset();
	const { operations } = await plant.sandbox.control<{ operations: Array<{ id: string }> }>('GET', 'state');
	const products = operations.map(({ id }) => id);
	// From before the trigger first began: never wanted, however far it looks back later on.
	await plant.complete(200, { startAt: new Date(Date.now() - 3_000_000).toISOString(), stepNs: 10_000_000_000, orderPrefix: 'OLD' });
	const proxy = await faultProxy(plant.sandbox.endpoint);
	const host = plant.host(someParameters(random, products), proxy.endpoint);
	const addresses = ['/graph/v2', '/graphql', '/graphql/', '/graph/v2/', '/other'].map((path) => new URL(path, proxy.endpoint).href);
	let made = 0;
	await host.activate();
	const { times } = await disturbed(
		15,
		async () => {
			const count = random.whole(1, 6);
			await plant.complete(count, { orderPrefix: `MO${made}` });
			made += count;
		},
		async () => {
			for (let publish = 0; publish < publishes; publish++) {
				await settle(host, host.items.length + random.whole(0, 20), 2_000);
				await host.deactivate();
				host.parameters = someParameters(random, products);
				const secure = random.chance(0.3);
				const endpoint = random.pick(addresses);
				Object.assign(host.access, { endpoint: secure ? endpoint.replace('http:', 'https:') : endpoint, ignoreTlsIssues: secure });
				await host.activate('update');
			}
		},
	);
	const outcome = await settle(host, made, size(60_000, 20_000));
	await host.deactivate();
	const orders = host.items.map((item) => String(item.orderId ?? item.externalOrderId));
	expect(orders.filter((order) => order.startsWith('OLD'))).toEqual([]);
	expect(new Set(host.items.map(eventIdOf)).size).toBe(new Set(orders).size);
	return { events: made, injected: publishes, ...outcome, told: host.failedExecutions.length, note: `${times} bursts of events` };
});

scenario('R27', 'the credential gets another token and moves to another host while the trigger runs', async (random) => {
	const rotations = size(100, 6);
	await plant.reset();
	const used: string[] = [];
	const newToken = () => {
		used.push(`acme${random.whole(100_000, 999_999)}x`);
		return used[used.length - 1];
	};
	let valid = newToken();
	const repeats = (token: unknown): Fault => ({ kind: 'status', status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ errors: [{ message: `The token ${String(token)} is not valid`, extensions: { code: `${String(token)}` } }] }) });
	const proxy = await faultProxy(
		plant.sandbox.endpoint,
		({ headers }): Fault => (headers['x-pico-api-org'] === valid ? { kind: 'none' } : repeats(headers['x-pico-api-org'])),
		() => ({ 'x-pico-api-org': plant.sandbox.token }),
	);
	const atOther: string[] = [];
	const other = await faultProxy(
		plant.sandbox.endpoint,
		({ headers }): Fault => {
			atOther.push(JSON.stringify(headers));
			return { kind: 'none' };
		},
		() => ({ 'x-pico-api-org': plant.sandbox.token }),
	);
	const host = plant.host({ startFrom: 'earliest' }, proxy.endpoint);
	Object.assign(host.access, { token: valid });
	await host.activate();
	let events = 0;
	for (let rotation = 0; rotation < rotations; rotation++) {
		const token = newToken();
		// Pico and n8n learn of it one after the other.
		const steps = [() => void (valid = token), () => void Object.assign(host.access, { token })];
		if (random.chance(0.5)) steps.reverse();
		for (const step of steps) {
			step();
			// An order may contain the text of the token: data arrive as they are.
			await plant.complete(1, { orderPrefix: `WO-${token}-${rotation}-${events}` });
			events++;
			await plant.cut();
			await settle(host, events, random.pick([0, 30, 200]));
		}
		await settle(host, events, 10_000);
	}
	const outcome = await settle(host, events, 20_000);

	// Moved: the token stays with the host that it was published for, until a person publishes again.
	const before = host.failedExecutions.length;
	Object.assign(host.access, { endpoint: other.endpoint });
	await plant.cut();
	await until('a failed execution that says so', () => host.failedExecutions.slice(before).some((error) => /publish/i.test(inspect(error))), 10_000);
	await plant.complete(1, { orderPrefix: 'MOVED' });
	await settle(host, events + 1, 500);
	expect(atOther).toEqual([]);
	expect(host.failedExecutions.length - before).toBe(1);
	const texts = [...host.logs, ...host.failedExecutions.map((error) => inspect(error, { depth: 10, showHidden: true })), JSON.stringify(host.staticData)].map((text) => text.replace(/WO-acme\w+/g, ''));
	expect(used.filter((token) => texts.some((text) => text.includes(token)))).toEqual([]);
	expect(host.items.filter(({ orderId }) => !/^WO-acme\d{6}x-\d+-\d+-1$/.test(String(orderId)))).toEqual([]);

	await host.deactivate();
	await host.activate('update');
	const moved = await settle(host, events + 1, 20_000);
	await host.deactivate();
	expect(moved.lost).toBe(0);
	return { events: events + 1, injected: rotations + 1, ...outcome, told: host.failedExecutions.length };
});
