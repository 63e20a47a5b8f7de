import { DIALECTS } from '../kit/double.mts';
import { go, partOf, seedPlant } from '../kit/go.mts';
import { useDouble } from '../kit/useDouble.mts';

const double = useDouble();

describe.each(DIALECTS)('ERP Sync in %s', (dialect) => {
	beforeEach(async () => await double().reset(dialect));

	it('previews without writing', async () => {
		await seedPlant(double(), 2);
		const before = await double().records('parts');
		const run = await go(double(), 'erpSync', 'preview', [partOf(0), partOf(1, { quantity: 50 }), partOf(2), partOf(3, { job_number: '', job_external_id: 'SO-404' })], { entity: 'part' });
		expect(run.json.map(({ status, action }) => status ?? action)).toEqual(['unchanged', 'update', 'create', 'error']);
		expect(run.json[1].changes).toEqual([expect.stringContaining('quantity')]);
		expect(await double().records('parts')).toEqual(before);
	});

	it('stores, skips what has not changed, and keeps the order of the input', async () => {
		await seedPlant(double());
		const items = Array.from({ length: 120 }, (_, index) => partOf(index, { job_number: '', job_external_id: 'SO-1' }));
		const first = await go(double(), 'erpSync', 'sync', items, { entity: 'part' });
		expect(first.json.every(({ action }) => action === 'created')).toBe(true);
		items[5].quantity = 77;
		const again = await go(double(), 'erpSync', 'sync', items, { entity: 'part' });
		expect(again.json.map(({ external_id: key }) => key)).toEqual(items.map(({ external_id: key }) => key));
		expect(again.json.flatMap(({ action }, index) => (action === 'skipped' ? [] : [index]))).toEqual([5]);
	});

	it('stores the good records although one bad one makes its whole group fail', async () => {
		await seedPlant(double());
		const items = Array.from({ length: 40 }, (_, index) => partOf(index, index === 13 ? { part_number: 'PN-2' } : {}));
		const run = await go(double(), 'erpSync', 'sync', items, { entity: 'part' });
		const failed = run.json.flatMap(({ action }, index) => (action === 'error' ? [index] : []));
		expect(failed).toHaveLength(1);
		expect([2, 13]).toContain(failed[0]);
	});
});

it('knows what was stored by Bulk Sync: both ways give one hash', async () => {
	await seedPlant(double(), 3);
	const run = await go(double(), 'erpSync', 'sync', [partOf(0), partOf(1), partOf(2)], { entity: 'part' });
	expect(run.json.map(({ action }) => action)).toEqual(['skipped', 'skipped', 'skipped']);
});

it('does not know cells', async () => {
	const run = await go(double(), 'erpSync', 'preview', [{ external_id: 'C', name: 'C' }], { entity: 'cell' });
	expect(run.error?.message).toContain("'Records' is 'cell'");
});
