import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pause } from '../../../../demo/lib/poll.mts';
import { installTarball, packPackage } from '../../../../demo/lib/package.mts';
import type { Row } from '../../../../demo/lib/database.mts';
import { account, RUNS_OF, storedRuns } from '../../kit/ledger.mts';
import { N8nPlant } from '../../kit/n8nPlant.mts';
import { QueueServers, queuePrograms } from '../../kit/queueServers.mts';
import { KEEPS_EVERYTHING } from '../../kit/realN8n.mts';
import { scenario, size } from '../../kit/scenario.mts';
import { Worker } from '../../kit/worker.mts';

/** Mostly main, as it holds the trigger; a worker that dies alone leaves main waiting for its run. */
const VICTIMS = [
	{ main: true, worker: false },
	{ main: true, worker: false },
	{ main: true, worker: false },
	{ main: true, worker: true },
	{ main: false, worker: true },
];
/** A run under a dead worker is missed after seconds; n8n's own values make that up to 90 s. */
const SOON_MISSED = { QUEUE_WORKER_LOCK_DURATION: '10000', QUEUE_WORKER_LOCK_RENEW_TIME: '3000', QUEUE_WORKER_STALLED_INTERVAL: '5000' };
const FLOW = 'faultsQueued0000';
const programs = queuePrograms();
if (!programs) throw new Error('Run this through: npm run test:faults');

let servers: QueueServers;
let plant: N8nPlant;
let worker: Worker;
let workerFolder: string;

beforeAll(async () => {
	servers = await QueueServers.start(programs);
	const environment = { ...servers.environment, ...SOON_MISSED };
	plant = await N8nPlant.create([{ id: FLOW }], environment);
	workerFolder = mkdtempSync(join(tmpdir(), 'pico-worker-'));
	await installTarball(await packPackage(process.cwd(), workerFolder), workerFolder);
	await plant.n8n.start();
	worker = await Worker.prepare(plant.n8n.host, workerFolder, { ...KEEPS_EVERYTHING, ...environment });
	await worker.start();
}, 900_000);
afterAll(async () => {
	await plant?.close();
	await worker?.stop();
	await servers?.stop();
	if (workerFolder) rmSync(workerFolder, { recursive: true, force: true });
}, 120_000);

const runs = async () => storedRuns(await servers.query<Row>(RUNS_OF.replace('?', `'${FLOW}'`)));

scenario(
	'R1',
	'n8n in queue mode, main and sometimes its worker killed (kill -9), Redis and PostgreSQL',
	async (random) => {
		const events = size(2_000, 100);
		const kills = size(20, 2);
		const share = events / kills;
		const { collector, n8n } = plant;
		await plant.reset();
		await plant.activate(FLOW);
		collector.delay = () => (random.chance(0.2) ? random.whole(1, 20) : 0);
		let recoveredInMs = 0;
		const killed = { main: 0, worker: 0 };
		for (let kill = 0; kill < kills; kill++) {
			await plant.complete(share);
			await plant.untilOrders(kill * share + random.whole(1, Math.floor(share * 0.8)));
			await pause(random.whole(0, 60));
			const killedAt = Date.now();
			const victims = random.pick(VICTIMS);
			if (victims.worker) await worker.kill();
			if (victims.main) await n8n.n8n.kill();
			for (const each of ['worker', 'main'] as const) if (victims[each]) killed[each]++;
			const seen = collector.calls;
			if (victims.worker) await worker.start();
			if (victims.main) await n8n.start();
			await plant.untilNextEffect(FLOW, seen, runs);
			recoveredInMs = Math.max(recoveredInMs, Date.now() - killedAt);
		}
		const settled = await plant.settledRuns(FLOW, events, runs);
		// Without a key: failed executions that the trigger left itself.
		const ofEvents = settled.filter(({ hasKey }) => hasKey);
		const { lost, duplicated, crashed, crashedWithoutEffect, strange } = account(events, ofEvents, collector.hits, ['crashed', 'error'], settled.filter(({ hasKey, orders }) => !hasKey && orders.length > 0));
		expect(strange).toEqual([]);
		const note = `${killed.main} kills of main, ${killed.worker} of the worker; ${crashed} runs listed as crashed or failed, ${crashedWithoutEffect} of them before their effect; ${settled.length - ofEvents.length} failed executions by the trigger`;
		return { events, injected: killed.main + killed.worker, lost, duplicated, recoveredInMs, note };
	},
	{ timeoutMs: size(1_800_000, 600_000) },
);
