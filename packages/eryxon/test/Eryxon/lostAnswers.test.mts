import { until } from '../../../../test/kit/until.mts';
import { DIALECTS } from '../kit/double.mts';
import { go, partOf, pathsOf, seedPlant } from '../kit/go.mts';
import { useDouble } from '../kit/useDouble.mts';

const double = useDouble();
const lose = async (path: string, count: number, status = 502) => await double().control('POST', 'faults', { status, count, path, after: true });
const ours = async () => (await double().records('parts')).filter(({ external_source: source }) => source === 'ERP');

describe.each(DIALECTS)('in %s', (dialect) => {
	beforeEach(async () => await double().reset(dialect));

	it('a call that went through although its answer was lost is repeated, and makes no second record', async () => {
		await seedPlant(double());
		await lose('parts/bulk-sync', 1);
		const bulk = await go(double(), 'part', 'bulkSync', [partOf(0), partOf(1)]);
		await lose('parts/sync', 1, 500);
		const single = await go(double(), 'part', 'sync', [partOf(2)]);
		expect(bulk.json.every(({ id }) => typeof id === 'string')).toBe(true);
		expect(single.json[0]).toMatchObject({ action: 'updated', external_id: 'P-2' });
		expect(await ours()).toHaveLength(3);
	});
});

it('records of a call whose answers are lost for good say so, the others are stored', async () => {
	await seedPlant(double());
	await lose('parts/bulk-sync', 3);
	const items = Array.from({ length: 20 }, (_, index) => partOf(index));
	const run = await go(double(), 'part', 'bulkSync', items, { options: { chunkSize: 10 } });
	const failed = run.json.filter(({ action }) => action === 'error');
	expect([0, 10, 20]).toContain(failed.length);
	const again = await go(double(), 'part', 'bulkSync', items);
	expect(again.json.every(({ id }) => typeof id === 'string')).toBe(true);
	expect(await ours()).toHaveLength(20);
});

it('a write that is not by key is not repeated', async () => {
	await lose('POST /functions/v1/api-jobs', 1);
	const run = await go(double(), 'customCall', 'send', [{}], { method: 'POST', path: 'api-jobs', body: '{"job_number":"ONCE"}' });
	expect(run.error?.message).toMatch(/HTTP 502/);
	expect((await pathsOf(double())).filter((path) => path === 'POST api-jobs')).toHaveLength(1);
});

it('a reading back that fails for good is no success: each record says that it was sent', async () => {
	await seedPlant(double());
	await double().control('POST', 'faults', { status: 429, count: null, path: 'erp-sync/diff' });
	const run = await go(double(), 'part', 'bulkSync', [partOf(0), partOf(1)], {}, { onError: 'continueRegularOutput' });
	expect(run.json.map(({ error }) => (error as { sent?: boolean }).sent)).toEqual([true, true]);
	expect(run.json[0].error).toMatchObject({ message: expect.stringContaining('Sent, but could not be checked') as string });
});

it('a canceled run sends no more calls', async () => {
	await seedPlant(double());
	await double().control('POST', 'switches', { latencyMs: 100 });
	const before = (await pathsOf(double())).length;
	const started = until('the first bulk call', async () => (await pathsOf(double())).slice(before).some((path) => path === 'POST api-parts/bulk-sync'));
	await go(double(), 'part', 'bulkSync', Array.from({ length: 400 }, (_, index) => partOf(index)), { options: { chunkSize: 10 } }, { cancelWhen: started });
	const calls = (await pathsOf(double())).length;
	await new Promise((resolve) => setImmediate(resolve));
	expect((await pathsOf(double())).length - before).toBeLessThan(30);
	expect(await pathsOf(double())).toHaveLength(calls);
});
