import { pause } from '../../../../demo/lib/poll.mts';
import { account } from '../../kit/ledger.mts';
import { writesStaticData } from '../../kit/flows.mts';
import { N8nPlant } from '../../kit/n8nPlant.mts';
import { scenario, size } from '../../kit/scenario.mts';

const KILLED = 'faultsKilled0000';
const RESTARTED = 'faultsRestarted0';
const REMEMBERS = 'faultsRemembers0';

/** Runs of several events let 20,000 of them fit into the time; one event in each run is in the other rows. */
const TOGETHER = size(4, 1);

let plant: N8nPlant;

beforeAll(async () => {
	plant = await N8nPlant.create([{ id: KILLED, trigger: { options: { eventsPerRun: TOGETHER } } }, { id: RESTARTED }, { id: REMEMBERS, between: [writesStaticData] }]);
	await plant.n8n.start();
}, 600_000);
afterAll(async () => await plant?.close(), 60_000);

const LONG = { timeoutMs: size(2_400_000, 300_000) };

scenario(
	'R1',
	'real n8n killed (kill -9) at random moments of a steady flow, SQLite',
	async (random) => {
		const events = size(20_000, 300);
		const kills = size(50, 2);
		const share = events / kills;
		const { collector, n8n } = plant;
		await plant.reset();
		await plant.activate(KILLED);
		collector.delay = () => (random.chance(0.2) ? random.whole(1, 15) : 0);
		let recoveredInMs = 0;
		let interrupted = 0;
		for (let kill = 0; kill < kills; kill++) {
			await plant.complete(share);
			// Somewhere in the flow, and there before, inside or after a run: between two runs lie some milliseconds.
			await plant.untilOrders(kill * share + random.whole(1, Math.floor(share * 0.8)));
			await pause(random.whole(0, 40));
			const killedAt = Date.now();
			await n8n.n8n.kill();
			const seen = collector.calls;
			if (random.chance(0.15)) {
				// Once more while it starts: before, in or after the activation of its workflows.
				interrupted++;
				const starting = n8n.start().catch(() => undefined);
				await pause(random.whole(500, 6_000));
				await n8n.n8n.kill();
				await starting;
			}
			await n8n.start();
			await plant.untilNextEffect(KILLED, seen);
			recoveredInMs = Math.max(recoveredInMs, Date.now() - killedAt);
		}
		const runs = await plant.settledRuns(KILLED, events);
		const { lost, duplicated, crashed, crashedWithoutEffect, strange } = account(events, runs, collector.hits);
		expect(strange).toEqual([]);
		await plant.deactivate(KILLED);
		const note = `${crashed} runs listed as crashed, ${crashedWithoutEffect} of them before their effect; ${interrupted} kills during a start`;
		return { events, injected: kills + interrupted, lost, duplicated, recoveredInMs, note };
	},
	LONG,
);

scenario(
	'R1 restarts',
	'real n8n stopped and started again and again while events flow',
	async (random) => {
		const restarts = size(20, 2);
		const share = size(100, 40);
		const { collector, n8n } = plant;
		await plant.reset();
		await plant.activate(RESTARTED);
		let recoveredInMs = 0;
		for (let restart = 0; restart < restarts; restart++) {
			await plant.complete(share);
			await plant.untilOrders(restart * share + random.whole(1, Math.floor(share * 0.8)));
			const stoppedAt = Date.now();
			await n8n.n8n.stop();
			const seen = collector.calls;
			await n8n.start();
			await plant.untilNextEffect(RESTARTED, seen);
			recoveredInMs = Math.max(recoveredInMs, Date.now() - stoppedAt);
		}
		const events = restarts * share;
		const runs = await plant.settledRuns(RESTARTED, events);
		const { lost, duplicated, crashed, strange } = account(events, runs, collector.hits);
		expect({ strange, crashed }).toEqual({ strange: [], crashed: 0 });
		await plant.deactivate(RESTARTED);
		return { events, injected: restarts, lost, duplicated, recoveredInMs };
	},
	LONG,
);

scenario(
	'R15',
	'a Code node writes static data in every run of a real n8n, which is killed meanwhile',
	async (random) => {
		const events = size(2_000, 40);
		const kills = size(5, 1);
		const { collector, n8n } = plant;
		await plant.reset();
		await plant.activate(REMEMBERS);
		let recoveredInMs = 0;
		for (let kill = 0; kill < kills; kill++) {
			await plant.complete(events / kills);
			await plant.untilOrders((kill * events) / kills + random.whole(2, Math.floor((events / kills) * 0.8)));
			const killedAt = Date.now();
			await n8n.n8n.kill();
			const seen = collector.calls;
			await n8n.start();
			await plant.untilNextEffect(REMEMBERS, seen);
			recoveredInMs = Math.max(recoveredInMs, Date.now() - killedAt);
		}
		const runs = await plant.settledRuns(REMEMBERS, events);
		const { lost, duplicated, crashed, strange } = account(events, runs, collector.hits);
		expect(strange).toEqual([]);
		await plant.deactivate(REMEMBERS);
		return { events, injected: events, lost, duplicated, recoveredInMs, note: `${kills} kills; ${crashed} runs listed as crashed` };
	},
	LONG,
);
