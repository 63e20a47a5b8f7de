import { DIALECTS, type DialectName } from '../kit/double.mts';
import { go, partOf, pathsOf, seedPlant } from '../kit/go.mts';
import { useDouble } from '../kit/useDouble.mts';

const double = useDouble();

/** 200 parts of which 6 cannot be stored, each for a reason of its own kind. */
const mixed = () =>
	Array.from({ length: 200 }, (_, index) => {
		if (index === 10) return partOf(index, { external_id: '' });
		if (index === 50) return partOf(index, { job_number: 'NO-SUCH-JOB' });
		if (index === 77) return partOf(index, { quantity: 'a dozen' });
		if (index === 120) return partOf(index, { part_number: 'PN-3' });
		if (index === 150) return partOf(index, { status: 'paused' });
		if (index === 199) return partOf(index, { part_number: '' });
		return partOf(index);
	});
const BAD = [10, 50, 77, 120, 150, 199];

describe.each(DIALECTS)('Bulk Sync in %s', (dialect) => {
	beforeEach(async () => await double().reset(dialect));

	it('stores all good records of a batch with 3 % bad ones and names each bad one with its reason, in the order of the input', async () => {
		await seedPlant(double());
		const run = await go(double(), 'part', 'bulkSync', mixed());
		expect(run.error).toBeUndefined();
		expect(run.json).toHaveLength(200);
		expect(run.items.map(({ pairedItem }) => (pairedItem as { item: number }).item)).toEqual(Array.from({ length: 200 }, (_, index) => index));
		const failed = run.json.flatMap(({ action }, index) => (action === 'error' ? [index] : []));
		expect(failed).toEqual(BAD);
		const reason = (index: number) => (run.json[index].error as { message: string }).message;
		expect(reason(10)).toBe("'external_id' is missing [Item 10]");
		expect(reason(50)).toContain("'job_number' is NO-SUCH-JOB: Eryxon has no such job");
		expect(reason(77)).toContain("'quantity' is a dozen");
		expect(reason(120)).toMatch(/duplicate|already|unique/i);
		expect(reason(150)).toContain("'status' is paused");
		expect(reason(199)).toMatch(/part_number/);
		const stored = new Map((await double().records('parts')).filter(({ external_source: source }) => source === 'ERP').map((row) => [row.external_id, row.id]));
		const good = run.json.filter(({ action }) => action !== 'error');
		expect(good).toHaveLength(194);
		for (const { id, external_id: key } of good) expect(stored.get(key as string)).toBe(id);
		expect(stored.size).toBe(194);
	});

	it('sends the failed ones to the error output, with nothing but the error', async () => {
		await seedPlant(double());
		const run = await go(double(), 'part', 'bulkSync', mixed(), {}, { onError: 'continueErrorOutput' });
		expect(run.json).toHaveLength(194);
		expect(run.failed).toHaveLength(6);
		expect(run.failed[1]).toMatchObject({ error: { parameter: 'job_number', external_id: 'P-50' } });
	});

	it('stores the same again without a second record', async () => {
		await seedPlant(double(), 20);
		const before = await double().records('parts');
		const run = await go(double(), 'part', 'bulkSync', Array.from({ length: 20 }, (_, index) => partOf(index, { quantity: 5 })));
		const after = await double().records('parts');
		expect(after).toHaveLength(before.length);
		expect(run.json.every(({ action }) => action === 'updated' || action === 'stored')).toBe(true);
		expect(after.filter(({ external_source: source, quantity }) => source === 'ERP' && quantity === 5)).toHaveLength(20);
	});

	it('finds jobs by external ID, also where only the ERP sync can', async () => {
		const { jobId } = await seedPlant(double());
		const items = [0, 1, 2].map((index) => partOf(index, { job_number: '', job_external_id: 'SO-1' }));
		const run = await go(double(), 'part', 'bulkSync', [...items, partOf(3, { job_number: '', job_external_id: 'SO-404' })]);
		expect(run.json.map(({ action }) => action !== 'error')).toEqual([true, true, true, false]);
		const parts = (await double().records('parts')).filter(({ external_source: source }) => source === 'ERP');
		expect(parts.map(({ job_id: job }) => job)).toEqual([jobId, jobId, jobId]);
	});

	it('stores a part below another one of the same input, whatever their order, or says that this version cannot', async () => {
		await seedPlant(double());
		const run = await go(double(), 'part', 'bulkSync', [partOf(1, { parent_part_external_id: 'P-2' }), partOf(2), partOf(3, { parent_part_number: 'PN-1' })]);
		expect(run.json.map(({ external_id: key }) => key)).toEqual(['P-1', 'P-2', 'P-3']);
		if (dialect === 'g1') {
			expect(run.hints.map(({ message }) => message).join()).toContain("does not store it: 'parent_part_id'");
			return;
		}
		const ids = Object.fromEntries(run.json.map(({ external_id: key, id }) => [key, id]));
		const parts = Object.fromEntries((await double().records('parts')).map((row) => [row.external_id, row.parent_part_id]));
		expect(parts).toMatchObject({ 'P-1': ids['P-2'], 'P-3': ids['P-1'] });
	});

	it('resolves each parent once for all records', async () => {
		await double().control('POST', 'switches', { missingSyncHash: false });
		await seedPlant(double(), 3);
		const calls = (await pathsOf(double())).length;
		const items = Array.from({ length: 60 }, (_, index) => ({
			external_id: `O-${index}`,
			operation_name: `Step ${index}`,
			part_external_id: `P-${index % 3}`,
			cell_name: 'Laser 9',
			sequence: index + 1,
			estimated_time_minutes: '5',
		}));
		await go(double(), 'operation', 'bulkSync', items, { options: { confirm: 'off' } });
		const paths = (await pathsOf(double())).slice(calls);
		expect(paths.filter((path) => path === 'GET api-cells')).toHaveLength(1);
		expect(paths.filter((path) => path === 'POST api-erp-sync/diff')).toHaveLength(1);
		expect(paths.filter((path) => path === 'POST api-operations/bulk-sync')).toHaveLength(1);
	});
});

describe('an answer that only counts', () => {
	it('is read back by external key', async () => {
		await seedPlant(double(), 150);
		const run = await go(double(), 'part', 'bulkSync', Array.from({ length: 150 }, (_, index) => partOf(index, { quantity: 9 })));
		expect(new Set(run.json.map(({ confirmed_by: by }) => by))).toEqual(new Set(['external_key']));
	});

	it('leaves no doubt about a key of a deleted record', async () => {
		for (const dialect of ['g2', 'g3'] as DialectName[]) {
			await double().reset(dialect);
			await seedPlant(double(), 2);
			await go(double(), 'part', 'delete', [{}], { record: { mode: 'externalId', value: 'P-1' } });
			const run = await go(double(), 'part', 'bulkSync', [partOf(0), partOf(1)]);
			expect(run.json[0]).toMatchObject({ external_id: 'P-0', id: expect.any(String) as string });
			expect(run.json[1]).toMatchObject({ action: 'error', error: { message: expect.stringMatching(/duplicate key/) as string, description: expect.stringContaining('deleted') as string } });
		}
	});

	it('can be taken as it is, and then says so', async () => {
		await seedPlant(double());
		const run = await go(double(), 'part', 'bulkSync', [partOf(0)], { options: { confirm: 'off' } });
		expect(run.json[0]).toMatchObject({ action: 'accepted', id: null, confirmed_by: null });
	});
});

describe('limits', () => {
	it('1,001 records in one call are refused before anything is sent', async () => {
		const run = await go(double(), 'part', 'bulkSync', [partOf(0)], { options: { chunkSize: 1001 } });
		expect(run.error?.message).toBe("'Records per Call' is 1,001");
		expect(run.error?.description).toContain('1 to 1,000');
		expect((await pathsOf(double())).filter((path) => path.startsWith('POST'))).toEqual([]);
	});

	it('1,001 records go in two calls of up to 1,000', async () => {
		await seedPlant(double());
		const items = Array.from({ length: 1001 }, (_, index) => partOf(index));
		const run = await go(double(), 'part', 'bulkSync', items, { options: { chunkSize: 1000 } });
		expect(run.json.filter(({ id }) => id)).toHaveLength(1001);
		expect((await pathsOf(double())).filter((path) => path === 'POST api-parts/bulk-sync')).toHaveLength(2);
	});

	it('cells go 100 at a time where a server takes no more', async () => {
		await double().reset('g1');
		const items = Array.from({ length: 150 }, (_, index) => ({ external_id: `C-${index}`, name: `Cell ${index}`, sequence: 100 + index }));
		const run = await go(double(), 'cell', 'bulkSync', items, { options: { chunkSize: 1000 } });
		expect(run.json.every(({ action }) => action === 'created')).toBe(true);
	});
});

describe('when the line or the quota gives out', () => {
	it('a daily quota that ends half-way loses nothing: what is stored is told, the rest says that it was not sent', async () => {
		await seedPlant(double());
		const used = (await pathsOf(double())).length;
		await double().control('POST', 'switches', { dailyQuota: used + 12 });
		const run = await go(double(), 'part', 'bulkSync', Array.from({ length: 1000 }, (_, index) => partOf(index)));
		const stored = new Set((await double().records('parts')).map(({ external_id: key }) => key));
		const said = run.json.filter(({ action }) => action !== 'error');
		expect(said.length).toBeGreaterThan(0);
		for (const { external_id: key } of said) expect(stored.has(key as string)).toBe(true);
		const refused = run.json.filter(({ action }) => action === 'error').map(({ error }) => error as { message: string; description: string; kind: string });
		expect(refused.length + said.length).toBe(1000);
		expect(refused.every(({ kind, message }) => kind === 'quota' && /429/.test(message))).toBe(true);
		expect(refused.at(-1)?.description).toMatch(/More are allowed from/);
	});

	it('a short 429 is waited for as long as the server asks', async () => {
		await seedPlant(double());
		await double().control('POST', 'switches', { next429: 1, retryAfter: 1 });
		const started = Date.now();
		const run = await go(double(), 'part', 'bulkSync', [partOf(0)]);
		expect(run.json[0]).toMatchObject({ action: 'created' });
		expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
	});

	it('an HTML error page on the way is tried again', async () => {
		await seedPlant(double());
		await double().control('POST', 'switches', { htmlErrorPage: 1 });
		const run = await go(double(), 'part', 'bulkSync', [partOf(0)]);
		expect(run.json[0]).toMatchObject({ action: 'created' });
	});

	it('an HTML error page that stays is called what it is', async () => {
		await double().control('POST', 'switches', { htmlErrorPage: 99 });
		const run = await go(double(), 'cell', 'sync', [{ external_id: 'C', name: 'C', sequence: 5 }], { options: { apiVersion: 'strict' } });
		expect(run.error?.message).toMatch(/HTTP 502 and something that is not Eryxon's: 502 Bad Gateway/);
		expect(run.stored).not.toContain(double().access.apiKey);
	});

	it('a run that is told to stop stores what it can, then stops with a list', async () => {
		await seedPlant(double());
		const run = await go(double(), 'part', 'bulkSync', mixed(), { onRecordError: 'stop' });
		expect(run.error?.description).toContain('6 of 200 records failed');
		expect((await double().records('parts')).filter(({ external_source: source }) => source === 'ERP')).toHaveLength(194);
	});
});

describe('children before their parents', () => {
	it('get a hint with the order', async () => {
		const run = await go(double(), 'part', 'bulkSync', [partOf(0), partOf(1)], {}, { onError: 'continueRegularOutput' });
		expect(run.hints.map(({ message }) => message).join()).toContain('2 of 2 parts name a parent that Eryxon does not have (yet). Sync parents before their children: cells, resources, jobs, parts, operations');
	});
});

describe('Skip Unchanged', () => {
	it('asks Eryxon, and sends only what has changed', async () => {
		await seedPlant(double(), 30);
		const items = Array.from({ length: 30 }, (_, index) => partOf(index, index === 7 ? { quantity: 99 } : {}));
		const run = await go(double(), 'part', 'bulkSync', items, { options: { skipUnchanged: 'preview' } });
		expect(run.json.flatMap(({ action }, index) => (action === 'skipped' ? [] : [index]))).toEqual([7]);
		expect(run.json[0]).toMatchObject({ action: 'skipped', id: expect.any(String) as string });
	});

	it('compares with the hash of the last result', async () => {
		await seedPlant(double());
		const first = await go(double(), 'part', 'bulkSync', [partOf(0), partOf(1)]);
		const again = [partOf(0, { sync_hash: first.json[0].sync_hash }), partOf(1, { quantity: 7, sync_hash: first.json[1].sync_hash })];
		const run = await go(double(), 'part', 'bulkSync', again, { options: { skipUnchanged: 'hash' } });
		expect(run.json.map(({ action }) => action)).toEqual(['skipped', 'updated']);
		const back = await go(double(), 'part', 'bulkSync', [partOf(1, { sync_hash: run.json[1].sync_hash })], { options: { skipUnchanged: 'hash' } });
		expect(back.json[0].action).toBe('updated');
	});
});
