import { PACE } from '../../../../nodes/shared/delivery/pace.ts';
import { cuts, overLine, settle, usePlant } from '../../kit/plant.mts';
import { scenario, size } from '../../kit/scenario.mts';

const plant = usePlant();
const MINUTES = { startAt: '2026-01-01T00:00:00Z', stepNs: 60_000_000_000 };

scenario('R5', 'every event served again, whole windows repeated', async (random) => {
	const events = size(20_000, 1_000);
	await plant.reset({ duplicateRate: 1 });
	await plant.complete(events, { ...MINUTES, stepNs: 1_000_000_000 });
	const { row } = await overLine(plant, { events, withinMs: size(600_000, 40_000), options: { eventsPerRun: 20 }, choose: cuts(random, size(200, 20), 100_000, 600_000) });
	return { ...row, injected: events + row.injected };
});

scenario('R6', 'events stored late, behind the position of an open stream', async () => {
	const events = size(100_000, 400);
	const bursts = size(50, 4);
	await plant.reset({ reorder: 'late-hidden' });
	// Half of the look-back is the time after which a connection is made anew: 10 s of look-back, made anew after 5 s.
	PACE.refreshLeast = size(2_000, 300);
	const host = plant.host({ options: { eventsPerRun: 50, lookBackWindow: 10 } });
	await host.activate();
	for (let burst = 0; burst < bursts; burst++) {
		await plant.complete(events / bursts, { orderPrefix: `B${burst}`, stepNs: 10_000 });
		await settle(host, (burst * events) / bursts + 1, 5_000);
	}
	const outcome = await settle(host, events, size(600_000, 50_000));
	PACE.refreshLeast = 50;
	return { events, injected: events / 2, ...outcome };
});

scenario('R7', 'up to 1,000 events with one and the same timestamp', async (random) => {
	const groups = size(10_000, 100);
	await plant.reset();
	let events = 0;
	for (let group = 0; group < groups; ) {
		// Many small groups and some large ones, each with its own time.
		const together = Math.min(size(100, 20), groups - group);
		const ties = random.chance(0.02) ? 1_000 : random.whole(1, 12);
		for (let index = 0; index < together; index++, group++) {
			const count = index === 0 ? ties : random.whole(1, 4);
			await plant.complete(count, { startAt: new Date(Date.UTC(2026, 0, 1) + group * 60_000).toISOString(), stepNs: 0, orderPrefix: `G${group}` });
			events += count;
		}
	}
	const { row } = await overLine(plant, { events, withinMs: size(600_000, 40_000), options: { eventsPerRun: random.pick([1, 10, 100]) }, choose: cuts(random, size(300, 30), 1_000, 80_000) });
	return { ...row, injected: groups };
});

scenario('R8', 'microseconds and nanoseconds', async (random) => {
	const events = size(10_000, 600);
	await plant.reset({ timePrecision: 'ns' });
	await plant.complete(events, { startAt: '2026-01-01T00:00:00.000000001Z', stepNs: 1 });
	const { host, row } = await overLine(plant, { events, withinMs: size(300_000, 40_000), options: { eventsPerRun: 10 }, choose: cuts(random, size(100, 10), 40_000, 400_000) });
	expect(host.items.map(({ completedAt }) => String(completedAt)).every((at) => /\.\d{9}Z$/.test(at))).toBe(true);
	return row;
});

scenario('R9', 'frames that cannot be read between good ones', async (random) => {
	const events = size(10_000, 500);
	// One event in each frame: as many gaps for something unreadable.
	await plant.reset({ streamShape: 'object' });
	await plant.complete(events, MINUTES);
	const poison = [
		'event: next\ndata: {"data":{"operationOrderCompletesStream":[{"externalOrderId":\n\n',
		'event: next\ndata: not json at all\n\n',
		'event: next\ndata: {"data":{"operationOrderCompletesStream":[null,"text",7]}}\n\n',
		'event: surprise\ndata: {"x":1}\n\n',
		': a comment\n\n',
	];
	let injected = 0;
	const change = (text: string) =>
		text.replace(/(?:^|\n\n)(?=event: next)/g, (gap) => {
			if (!random.chance(0.05)) return gap;
			injected++;
			return `${gap}${random.pick(poison)}`;
		});
	const { host, row } = await overLine(plant, { events, withinMs: size(300_000, 40_000), options: { eventsPerRun: 20 }, choose: () => ({ kind: 'rewrite', change }) });
	expect(host.failedExecutions.length).toBeGreaterThan(0);
	expect(host.failedExecutions.length).toBeLessThanOrEqual(8);
	return { ...row, injected, note: 'each distinct one visible once' };
});

scenario('R11', 'the end of a run never told', async (random) => {
	const events = size(2_000, 200);
	await plant.reset();
	await plant.complete(events, MINUTES);
	let injected = 0;
	const onHost = (host: ReturnType<typeof plant.host>) => {
		host.runTimeoutSeconds = 0.1;
		host.workflow = () => {
			if (!random.chance(0.01)) return 'success';
			injected++;
			return 'never';
		};
	};
	const { row } = await overLine(plant, { events, withinMs: size(300_000, 50_000), onHost });
	return { ...row, injected, note: 'time-out of the workflow 0.1 s here' };
});

scenario('R15', 'another node puts back old static data', async (random) => {
	const events = size(2_000, 200);
	await plant.reset();
	await plant.complete(events, MINUTES);
	const host = plant.host({ startFrom: 'earliest' });
	const copies: string[] = [];
	let injected = 0;
	host.workflow = () => {
		copies.push(JSON.stringify(host.staticData));
		if (random.chance(0.5)) {
			host.staticData = JSON.parse(random.pick(copies.slice(-20))) as typeof host.staticData;
			injected++;
		}
		return 'success';
	};
	await host.activate();
	for (let restart = 0; restart < size(50, 10); restart++) {
		await settle(host, Math.min(events, (restart + 1) * 10), 10_000);
		await host.kill();
		await host.activate('init');
	}
	return { events, injected, ...(await settle(host, events, size(300_000, 40_000))) };
});

scenario('R1', 'killed at random moments and restarted', async (random) => {
	const events = size(20_000, 500);
	const kills = size(500, 20);
	await plant.reset();
	await plant.complete(events, MINUTES);
	const host = plant.host({ startFrom: 'earliest', options: { eventsPerRun: random.pick([1, 7]) } });
	host.workflow = async () => {
		await new Promise((resolve) => setImmediate(resolve));
		return 'success' as const;
	};
	await host.activate();
	for (let kill = 0; kill < kills; kill++) {
		await settle(host, Math.min(events, host.runs.length + random.whole(0, 12)), 5_000);
		if (random.chance(0.3)) await host.deactivate();
		else await host.kill();
		await host.activate('init');
	}
	return { events, injected: kills, ...(await settle(host, events, size(600_000, 40_000))), note: 'in one process; see R1 with a real n8n' };
});
