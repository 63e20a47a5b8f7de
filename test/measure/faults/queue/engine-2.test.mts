import { freePort } from '../../../../demo/lib/ports.mts';
import { N8nPlant } from '../../kit/n8nPlant.mts';
import { QueueServers } from '../../kit/queueServers.mts';

const FLOW = 'faultsEngine2000';
const EVENTS = 20;

/**
 * Engine 2.0 of n8n (a module of its own, with a PostgreSQL of its own) knows no deduplication key. What
 * docs/delivery.md says of it: nothing is lost, and the last batch before a stop starts once more.
 */
describe('n8n on Engine 2.0', () => {
	let servers: QueueServers;
	let plant: N8nPlant;

	beforeAll(async () => {
		servers = await QueueServers.start();
		const { DB_POSTGRESDB_PORT } = servers.environment;
		plant = await N8nPlant.create([{ id: FLOW, settings: { engineType: 'v2' }, trigger: { deliverNext: 'immediately' } }], {
			N8N_ENABLED_MODULES: 'engine-v2',
			N8N_ENGINE_DATABASE_URL: `postgres://n8n:n8n@127.0.0.1:${DB_POSTGRESDB_PORT}/n8n`,
			N8N_ENGINE_HOST: '127.0.0.1',
			N8N_ENGINE_PORT: String(await freePort()),
			N8N_ENGINE_CONTROL_PLANE_PORT: String(await freePort()),
		});
		await plant.n8n.start();
	}, 600_000);
	afterAll(async () => {
		await plant?.close();
		await servers?.stop();
	}, 120_000);

	it('R1 on Engine 2.0: loses nothing, and starts only the event in flight again after a clean restart', async () => {
		await plant.complete(EVENTS);
		await plant.activate(FLOW);
		await plant.untilOrders(EVENTS);
		await plant.n8n.stop();
		await plant.n8n.start();
		await plant.complete(1);
		await plant.untilOrders(EVENTS + 1);
		const times = [...plant.collector.orders].map((order) => plant.collector.hits.filter(({ orderId }) => orderId === order).length);
		expect(times.filter((count) => count === 1)).toHaveLength(EVENTS);
		expect(times.filter((count) => count === 2)).toHaveLength(1);
	}, 300_000);
});
