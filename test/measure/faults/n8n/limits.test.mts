import { N8nPlant } from '../../kit/n8nPlant.mts';

const UNSAVED = 'faultsUnsaved000';
const DELETED = 'faultsDeleted000';

/**
 * Where n8n no longer has the record of a run it cannot know its key either. What docs/delivery.md says of that: the
 * last batch before a stop runs once more, and nothing else does.
 */
describe('without the records of finished runs', () => {
	let plant: N8nPlant;

	beforeAll(async () => {
		plant = await N8nPlant.create([{ id: UNSAVED, settings: { saveDataSuccessExecution: 'none' } }, { id: DELETED }]);
		await plant.n8n.start();
	}, 600_000);
	afterAll(async () => await plant?.close(), 60_000);

	/** How often each order came, in the order of their making. */
	const times = () => [...plant.collector.orders].map((order) => plant.collector.hits.filter(({ orderId }) => orderId === order).length);

	it.each([
		['the workflow does not save successful runs', UNSAVED, async () => undefined],
		['a person deletes the executions', DELETED, deleteAll],
	])(
		'the last event before a clean restart runs once more when %s, and no other',
		async (_when, id, forget) => {
			await plant.reset();
			await plant.complete(5);
			await plant.activate(id);
			await plant.untilOrders(5);
			await plant.settledRuns(id, id === UNSAVED ? 0 : 5);
			await forget();
			expect(await plant.runs(id)).toEqual([]);
			await plant.n8n.stop();
			await plant.n8n.start();
			await plant.complete(1);
			await plant.untilOrders(6);
			expect(times()).toEqual([1, 1, 1, 1, 2, 1]);
			await plant.deactivate(id);
		},
		300_000,
	);

	async function deleteAll(): Promise<void> {
		const session = await plant.n8n.session();
		const ids = (await plant.runs(DELETED)).map((run) => String(run.id));
		await session.rest('POST', '/executions/delete', { ids });
	}
});
