import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { prepareQueue } from '../../../scripts/lib/queue-servers.mjs';
import { Collector } from '../kit/collector.mts';
import type { Run } from '../kit/command.mts';
import { packed, preparePlaces } from '../kit/places.mts';
import { QueueServers, SOON_MISSED } from '../kit/queueServers.mts';
import { RealN8n, type Wanted, type Worker } from '../kit/realN8n.mts';

export const CONCURRENCY = 10;
/** Of n8n: docs/running-at-scale.md says what each is for. */
export const SETTINGS = { ...SOON_MISSED, N8N_EXECUTIONS_QUEUE_KEEP_LAST_COMPLETED: '1000', N8N_EXECUTIONS_QUEUE_KEEP_LAST_FAILED: '1000' };

/** n8n in queue mode with its servers, a Pico, an Odoo and the receiver of the lean flow, all on loopback. */
export interface Farm {
	main: RealN8n;
	workers: Worker[];
	sandbox: SandboxProcess;
	collector: Collector;
	servers: QueueServers;
}

/** @param wanted made for the doubles' addresses, which are known only now */
export async function openFarm(run: Run, workers: number, wanted: (sandbox: SandboxProcess, collector: string) => Omit<Wanted, 'tarballs'>): Promise<Farm> {
	const { skipped } = await prepareQueue(run.steps);
	if (skipped) throw new Error(`n8n's queue mode needs Redis and PostgreSQL: ${skipped}`);
	const places = await preparePlaces(run);
	run.say('starting Redis, PostgreSQL, Pico and Odoo');
	const servers = await QueueServers.start();
	run.onEnd(async () => await servers.stop());
	const sandbox = await startSandboxProcess({ odoo: true });
	run.onEnd(async () => await sandbox.close());
	const collector = await new Collector().open();
	run.onEnd(async () => await collector.close());
	run.say('starting n8n');
	const main = await RealN8n.create({ ...wanted(sandbox, collector.url), tarballs: [await packed(places)], extra: { ...servers.environment, ...SETTINGS } });
	run.onEnd(async () => await main.remove());
	await main.start();
	const farm: Farm = { main, workers: [], sandbox, collector, servers };
	for (let number = 1; number <= workers; number++) {
		const worker = await main.worker(`worker ${number}`, CONCURRENCY);
		run.onEnd(async () => await worker.stop());
		farm.workers.push(worker);
		await worker.start();
	}
	return farm;
}
