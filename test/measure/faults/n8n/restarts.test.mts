import { pause } from '../../../../demo/lib/poll.mts';
import { account } from '../../kit/account.mts';
import { writesStaticData } from '../../kit/flows.mts';
import { N8nPlant } from '../../kit/n8nPlant.mts';
import type { Random } from '../../kit/random.mts';
import { scenario, size } from '../../kit/scenario.mts';

const KILLED = 'faultsKilled0000';
const RESTARTED = 'faultsRestarted0';
const REMEMBERS = 'faultsRemembers0';

/** Runs of several events let 20,000 of them fit into the time; one event in each run is in the other rows. */
const TOGETHER = size(4, 1);
const LONG = { timeoutMs: size(2_400_000, 300_000) };

let plant: N8nPlant;

beforeAll(async () => {
	plant = await N8nPlant.create([{ id: KILLED, trigger: { options: { eventsPerRun: TOGETHER } } }, { id: RESTARTED }, { id: REMEMBERS, between: [writesStaticData] }]);
	await plant.n8n.start();
}, 600_000);
afterAll(async () => await plant?.close(), 60_000);

interface Plan {
	events: number;
	ends: number;
	random: Random;
	least?: number;
	end(): Promise<void>;
	begin?(): Promise<void>;
}

/** All events through one workflow whose n8n is ended again and again, and what became of them. */
async function through(id: string, { begin = async () => await plant.n8n.start(), ...plan }: Plan) {
	await plant.activate(id);
	const recoveredInMs = await plant.through(id, { ...plan, begin });
	const { strange, ...counted } = account(plan.events, await plant.settledRuns(id, plan.events), plant.collector.hits);
	expect(strange).toEqual([]);
	await plant.deactivate(id);
	return { events: plan.events, recoveredInMs, ...counted };
}

scenario(
	'R1',
	'real n8n killed (kill -9) at random moments of a steady flow, SQLite',
	async (random) => {
		const kills = size(50, 2);
		const { collector, n8n } = plant;
		await plant.reset();
		collector.delay = () => (random.chance(0.2) ? random.whole(1, 15) : 0);
		let interrupted = 0;
		const { crashed, crashedWithoutEffect, ...row } = await through(KILLED, {
			...{ events: size(20_000, 300), ends: kills, random },
			async end() {
				// Before, inside or after a run: between two runs lie some milliseconds.
				await pause(random.whole(0, 40));
				await n8n.kill();
			},
			async begin() {
				if (random.chance(0.15)) {
					// Once more while it starts: before, in or after the activation of its workflows.
					interrupted++;
					const starting = n8n.start().catch(() => undefined);
					await pause(random.whole(500, 6_000));
					await n8n.kill();
					await starting;
				}
				await n8n.start();
			},
		});
		const note = `${crashed} runs listed as crashed, ${crashedWithoutEffect} of them before their effect; ${interrupted} kills during a start`;
		return { ...row, injected: kills + interrupted, note };
	},
	LONG,
);

scenario(
	'R1 restarts',
	'real n8n stopped and started again and again while events flow',
	async (random) => {
		const restarts = size(20, 2);
		await plant.reset();
		const { crashed, ...row } = await through(RESTARTED, { events: restarts * size(100, 40), ends: restarts, random, end: async () => await plant.n8n.stop() });
		expect(crashed).toBe(0);
		return { ...row, injected: restarts };
	},
	LONG,
);

scenario(
	'R15',
	'a Code node writes static data in every run of a real n8n, which is killed meanwhile',
	async (random) => {
		const kills = size(5, 1);
		await plant.reset();
		const { crashed, ...row } = await through(REMEMBERS, { events: size(2_000, 40), ends: kills, random, least: 2, end: async () => await plant.n8n.kill() });
		return { ...row, injected: row.events, note: `${kills} kills; ${crashed} runs listed as crashed` };
	},
	LONG,
);
