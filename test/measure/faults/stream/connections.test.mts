import { until } from '../../../kit/until.mts';
import { faultProxy, type Fault } from '../../kit/faultProxy.mts';
import { cuts, overLine, settle, usePlant } from '../../kit/plant.mts';
import { scenario, size } from '../../kit/scenario.mts';

const plant = usePlant();
const DAY = { startAt: '2026-01-01T00:00:00Z', stepNs: 60_000_000_000 };

scenario('R2', 'connection cut at a random byte', async (random) => {
	const events = size(100_000, 2_000);
	await plant.reset();
	await plant.complete(events, DAY);
	return (await overLine(plant, { events, withinMs: size(900_000, 40_000), options: { eventsPerRun: 50 }, choose: cuts(random, size(10_000, 200), 1, 24_000) })).row;
});

scenario('R3', 'server silent with the connection open', async (random) => {
	const events = size(2_000, 200);
	const stalls = size(100, 10);
	await plant.reset();
	await plant.complete(events, DAY);
	let [longest, lastFault, seen, injected] = [0, 0, 0, 0];
	const watch = setInterval(() => {
		if (injected <= seen) return;
		seen = injected;
		lastFault = Date.now();
	}, 5);
	const { row } = await overLine(plant, {
		...{ events, withinMs: size(600_000, 40_000), options: { connectionTimeout: 1 } },
		choose: (proxy) => {
			({ injected } = proxy);
			return injected < stalls ? { kind: 'stall', afterBytes: random.whole(1, 24_000) } : { kind: 'none' };
		},
		onHost: (host) => {
			host.workflow = () => {
				if (lastFault > 0) longest = Math.max(longest, Date.now() - lastFault);
				lastFault = 0;
				return 'success';
			};
		},
	});
	clearInterval(watch);
	return { ...row, recoveredInMs: longest, note: 'connection timeout 1 s here, 90 s by default' };
});

scenario('R4', 'mixed 401, 429, 500, 502, 503 and HTML answers', async (random) => {
	const events = size(20_000, 1_000);
	const faults = size(1_000, 100);
	await plant.reset();
	await plant.complete(events, DAY);
	const html = { 'content-type': 'text/html' };
	const answers: Fault[] = [
		{ kind: 'status', status: 401, body: '{"errors":[{"message":"Unauthorized"}]}' },
		{ kind: 'status', status: 429, headers: { 'retry-after': '0' } },
		{ kind: 'status', status: 500, body: 'oops' },
		{ kind: 'status', status: 502, headers: html, body: '<html>Bad gateway</html>' },
		{ kind: 'status', status: 503, headers: { 'retry-after': '0' } },
		{ kind: 'status', status: 200, headers: html, body: '<html>Please log in</html>' },
	];
	const { row } = await overLine(plant, {
		...{ events, withinMs: size(600_000, 40_000), options: { eventsPerRun: 20 } },
		choose: ({ injected, streams }) => {
			if (injected >= faults) return { kind: 'none' };
			// The first stream opens, so that the activation goes through; from then on most attempts are refused.
			return streams > 1 && random.chance(0.7) ? random.pick(answers) : { kind: 'cut', afterBytes: random.whole(1_000, 24_000) };
		},
	});
	return row;
});

scenario('R12', 'activate and deactivate again and again', async () => {
	const cycles = size(500, 30);
	const events = Math.ceil(cycles / 10);
	await plant.reset();
	const proxy = await faultProxy(plant.sandbox.endpoint);
	const host = plant.host({}, proxy.endpoint);
	let longest = 0;
	for (let cycle = 0; cycle < cycles; cycle++) {
		await host.activate(cycle === 0 ? 'activate' : 'update');
		if (cycle % 10 === 0) await plant.complete(1, { orderPrefix: `C${cycle}` });
		const from = Date.now();
		await host.deactivate();
		longest = Math.max(longest, Date.now() - from);
	}
	await host.activate('update');
	const outcome = await settle(host, events);
	await host.deactivate();
	// Pico notices a little later that nobody listens any more.
	await until('every socket and stream to be closed', async () => {
		const { streams } = await plant.sandbox.control<{ streams: unknown[] }>('GET', 'state');
		return proxy.openSockets() === 0 && streams.length === 0;
	});
	return { events, injected: cycles, ...outcome, note: `closing took at most ${longest} ms` };
});
