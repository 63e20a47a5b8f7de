import { pause } from '../../../../demo/lib/poll.mts';
import type { Row } from '../../../../demo/lib/database.mts';
import { account, RUNS_OF, storedRuns } from '../../kit/account.mts';
import { N8nPlant } from '../../kit/n8nPlant.mts';
import { QueueServers, SOON_MISSED } from '../../kit/queueServers.mts';
import type { Worker } from '../../kit/realN8n.mts';
import { scenario, size } from '../../kit/scenario.mts';

/** Mostly main, as it holds the trigger; a worker that dies alone leaves main waiting for its run. */
const VICTIMS = [
	{ main: true, worker: false },
	{ main: true, worker: false },
	{ main: true, worker: false },
	{ main: true, worker: true },
	{ main: false, worker: true },
];
const FLOW = 'faultsQueued0000';

let servers: QueueServers;
let plant: N8nPlant;
let worker: Worker;

beforeAll(async () => {
	servers = await QueueServers.start();
	plant = await N8nPlant.create([{ id: FLOW }], { ...servers.environment, ...SOON_MISSED });
	await plant.n8n.start();
	worker = await plant.n8n.worker('worker', 5);
	await worker.start();
}, 900_000);
afterAll(async () => {
	await worker?.stop();
	await plant?.close();
	await servers?.stop();
}, 120_000);

const read = async () => storedRuns(await servers.query<Row>(RUNS_OF.replace('?', `'${FLOW}'`)));

scenario(
	'R1',
	'n8n in queue mode, main and sometimes its worker killed (kill -9), Redis and PostgreSQL',
	async (random) => {
		const events = size(2_000, 100);
		const { collector, n8n } = plant;
		await plant.reset();
		await plant.activate(FLOW);
		collector.delay = () => (random.chance(0.2) ? random.whole(1, 20) : 0);
		const killed = { main: 0, worker: 0 };
		let victims = VICTIMS[0];
		const recoveredInMs = await plant.through(FLOW, {
			...{ events, ends: size(20, 2), random, read },
			async end() {
				await pause(random.whole(0, 60));
				victims = random.pick(VICTIMS);
				if (victims.worker) await worker.kill();
				if (victims.main) await n8n.kill();
				for (const each of ['worker', 'main'] as const) if (victims[each]) killed[each]++;
			},
			async begin() {
				if (victims.worker) await worker.start();
				if (victims.main) await n8n.start();
			},
		});
		const settled = await plant.settledRuns(FLOW, events, read);
		// Without a key: failed executions that the trigger left itself.
		const ofEvents = settled.filter(({ hasKey }) => hasKey);
		const { lost, duplicated, crashed, crashedWithoutEffect, strange } = account(events, ofEvents, collector.hits, ['crashed', 'error'], settled.filter(({ hasKey, orders }) => !hasKey && orders.length > 0));
		expect(strange).toEqual([]);
		const note = `${killed.main} kills of main, ${killed.worker} of the worker; ${crashed} runs listed as crashed or failed, ${crashedWithoutEffect} of them before their effect; ${settled.length - ofEvents.length} failed executions by the trigger`;
		return { events, injected: killed.main + killed.worker, lost, duplicated, recoveredInMs, note };
	},
	{ timeoutMs: size(1_800_000, 600_000) },
);
