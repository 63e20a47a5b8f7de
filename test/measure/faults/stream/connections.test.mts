import { PACE } from '../../../../nodes/shared/delivery/pace.ts';
import { faultProxy, type Fault } from '../../kit/faultProxy.mts';
import { until } from '../../../kit/until.mts';
import { activatePatiently, settle, usePlant } from '../../kit/plant.mts';
import { scenario, size } from '../../kit/scenario.mts';

const plant = usePlant();
const DAY = { startAt: '2026-01-01T00:00:00Z', stepNs: 60_000_000_000 };

scenario('R2', 'connection cut at a random byte', async (random) => {
	const events = size(100_000, 2_000);
	const cuts = size(10_000, 200);
	await plant.reset();
	await plant.complete(events, DAY);
	const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault =>
		stream && proxy.injected < cuts ? { kind: 'cut', afterBytes: random.whole(1, 24_000) } : { kind: 'none' },
	);
	const host = plant.host({ startFrom: 'earliest', options: { eventsPerRun: 50 } }, proxy.endpoint);
	await activatePatiently(host);
	const outcome = await settle(host, events, size(900_000, 40_000));
	await host.deactivate();
	const injected = proxy.injected;
	await proxy.close();
	return { events, injected, ...outcome };
});

scenario('R3', 'server silent with the connection open', async (random) => {
	const events = size(2_000, 200);
	const stalls = size(100, 10);
	await plant.reset();
	await plant.complete(events, DAY);
	let longest = 0;
	let lastFault = 0;
	const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault =>
		stream && proxy.injected < stalls ? { kind: 'stall', afterBytes: random.whole(1, 24_000) } : { kind: 'none' },
	);
	const host = plant.host({ startFrom: 'earliest', options: { connectionTimeout: 1 } }, proxy.endpoint);
	host.workflow = () => {
		if (lastFault > 0) longest = Math.max(longest, Date.now() - lastFault);
		lastFault = 0;
		return 'success';
	};
	let seen = 0;
	const watch = setInterval(() => {
		if (proxy.injected > seen) {
			seen = proxy.injected;
			lastFault = Date.now();
		}
	}, 5);
	await activatePatiently(host);
	const outcome = await settle(host, events, size(600_000, 40_000));
	clearInterval(watch);
	await host.deactivate();
	const injected = proxy.injected;
	await proxy.close();
	return { events, injected, ...outcome, recoveredInMs: longest, note: 'connection timeout 1 s here, 90 s by default' };
});

scenario('R4', 'mixed 401, 429, 500, 502, 503 and HTML answers', async (random) => {
	const events = size(20_000, 1_000);
	const faults = size(1_000, 100);
	await plant.reset();
	await plant.complete(events, DAY);
	const answers: Fault[] = [
		{ kind: 'status', status: 401, body: '{"errors":[{"message":"Unauthorized"}]}' },
		{ kind: 'status', status: 429, headers: { 'retry-after': '0' } },
		{ kind: 'status', status: 500, body: 'oops' },
		{ kind: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
		{ kind: 'status', status: 503, headers: { 'retry-after': '0' } },
		{ kind: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Please log in</html>' },
	];
	const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault => {
		if (!stream || proxy.injected >= faults) return { kind: 'none' };
		// The first stream opens, so that the activation goes through; from then on most attempts are refused.
		if (proxy.streams > 1 && random.chance(0.7)) return random.pick(answers);
		return { kind: 'cut', afterBytes: random.whole(1_000, 24_000) };
	});
	const host = plant.host({ startFrom: 'earliest', options: { eventsPerRun: 20 } }, proxy.endpoint);
	await activatePatiently(host);
	const outcome = await settle(host, events, size(600_000, 40_000));
	await host.deactivate();
	const injected = proxy.injected;
	await proxy.close();
	return { events, injected, ...outcome };
});

test('waits as long as Retry-After asks', async () => {
	await plant.reset();
	const asked: number[] = [];
	let refuse = 0;
	const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault => {
		if (!stream) return { kind: 'none' };
		asked.push(Date.now());
		return refuse-- > 0 ? { kind: 'status', status: 503, headers: { 'retry-after': '1' } } : { kind: 'none' };
	});
	const host = plant.host({}, proxy.endpoint);
	await host.activate();
	refuse = 2;
	await plant.sandbox.control('POST', 'streams/cut', {});
	await plant.complete(1);
	expect(await settle(host, 1)).toEqual({ lost: 0, duplicated: 0 });
	const waits = asked.slice(1).map((time, index) => time - asked[index]);
	expect(waits.slice(-2).every((wait) => wait >= 990 && wait < 1_500)).toBe(true);
	await host.deactivate();
	await proxy.close();
});

test('a refused token after the start is told once, tried slowly, and heals by itself', async () => {
	await plant.reset();
	PACE.slow = 200;
	let refused = 0;
	let refusing = false;
	const proxy = await faultProxy(plant.sandbox.endpoint, ({ stream }): Fault => {
		if (!stream || !refusing) return { kind: 'none' };
		refused++;
		return { kind: 'status', status: 401, body: '{"errors":[{"message":"Unauthorized"}]}' };
	});
	const host = plant.host({}, proxy.endpoint);
	await host.activate();
	refusing = true;
	await plant.sandbox.control('POST', 'streams/cut', {});
	await plant.complete(3);
	const deadline = Date.now() + 1_500;
	await settle(host, 1, 1_500);
	expect(Date.now()).toBeGreaterThanOrEqual(deadline - 50);
	expect(refused).toBeLessThanOrEqual(8);
	expect(host.failedExecutions).toHaveLength(1);
	refusing = false;
	expect(await settle(host, 3)).toEqual({ lost: 0, duplicated: 0 });
	PACE.slow = 50;
	await host.deactivate();
	await proxy.close();
});

scenario('R12', 'activate and deactivate again and again', async () => {
	const cycles = size(500, 30);
	await plant.reset();
	const proxy = await faultProxy(plant.sandbox.endpoint, () => ({ kind: 'none' }));
	const host = plant.host({}, proxy.endpoint);
	const closing: number[] = [];
	for (let cycle = 0; cycle < cycles; cycle++) {
		await host.activate(cycle === 0 ? 'activate' : 'update');
		if (cycle % 10 === 0) await plant.complete(1, { orderPrefix: `C${cycle}` });
		const from = Date.now();
		await host.deactivate();
		closing.push(Date.now() - from);
	}
	const events = Math.ceil(cycles / 10);
	await host.activate('update');
	const outcome = await settle(host, events);
	await host.deactivate();
	// Pico notices a little later that nobody listens any more.
	await until('every socket and stream to be closed', async () => {
		const { streams } = await plant.sandbox.control<{ streams: unknown[] }>('GET', 'state');
		return proxy.openSockets() === 0 && streams.length === 0;
	});
	const p99 = closing.sort((a, b) => a - b)[Math.floor(closing.length * 0.99)];
	expect(p99).toBeLessThan(2_000);
	await proxy.close();
	return { events, injected: cycles, ...outcome, note: `closing took at most ${closing[closing.length - 1]} ms` };
});
