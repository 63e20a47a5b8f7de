import type { IDataObject } from 'n8n-workflow';

import type { DialectName } from '../kit/double.mts';
import { go, partOf, pathsOf, seedPlant } from '../kit/go.mts';
import { useDouble } from '../kit/useDouble.mts';

const double = useDouble();
const LATER: DialectName[] = ['g2', 'g3'];

const row = async (table: string, externalId: string) => (await double().records(table)).find(({ external_id: key }) => key === externalId) ?? {};
const switches = async (values: Record<string, unknown>) => await double().control('POST', 'switches', values);
const many = (count: number, make: (index: number) => IDataObject) => Array.from({ length: count }, (_, index) => make(index));

/** The calls that an action makes, without those that find out the version. */
async function callsOf<T>(action: () => Promise<T>): Promise<{ result: T; calls: string[] }> {
	const before = (await pathsOf(double())).length;
	const result = await action();
	const calls = (await pathsOf(double())).slice(before);
	return { result, calls: calls.filter((path) => path !== 'GET api-webhook-deliveries') };
}

const actions = (items: IDataObject[]) => [...new Set(items.map(({ action }) => action))];

describe.each(LATER)('ERP Sync in %s stores all of a record', (dialect) => {
	beforeEach(async () => await double().reset(dialect));

	it('of a new part: drawing, weight, program and files', async () => {
		await seedPlant(double());
		const part = partOf(0, { drawing_no: 'D-1', weight_kg: 2.5, cnc_program_name: 'O1', file_paths: ['a.step'], is_bullet_card: true, material_lot: 'L1', status: 'on_hold' });
		const run = await go(double(), 'erpSync', 'sync', [part, partOf(1)], { entity: 'part' });
		expect(run.json.map(({ id }) => typeof id)).toEqual(['string', 'string']);
		expect(await row('parts', 'P-0')).toMatchObject({ drawing_no: 'D-1', weight_kg: 2.5, cnc_program_name: 'O1', file_paths: ['a.step'], is_bullet_card: true, material_lot: 'L1', status: 'on_hold' });
		const again = await go(double(), 'erpSync', 'sync', [part, partOf(1)], { entity: 'part' });
		expect(actions(again.json)).toEqual(['skipped']);
	});

	it('of a known part, and leaves alone what the record does not name', async () => {
		await seedPlant(double(), 2);
		const changes = [{ external_id: 'P-0', part_number: 'PN-0', job_number: 'N-1', notes: 'rush' }, partOf(1, { status: 'completed' })];
		const run = await go(double(), 'erpSync', 'sync', changes, { entity: 'part' });
		expect(run.error).toBeUndefined();
		expect(await row('parts', 'P-0')).toMatchObject({ material: 'Steel', quantity: 2, notes: 'rush' });
		expect(await row('parts', 'P-1')).toMatchObject({ status: 'completed' });
	});

	it('of a resource in maintenance', async () => {
		const tool = { external_id: 'R-1', name: 'Tool', type: 'tooling', status: 'maintenance', active: 'false' };
		await go(double(), 'erpSync', 'sync', [tool], { entity: 'resource' });
		const { status: _status, active: _active, ...rest } = tool;
		const run = await go(double(), 'erpSync', 'sync', [{ ...rest, location: 'Hall 2' }], { entity: 'resource' });
		expect(run.json[0]).toMatchObject({ external_id: 'R-1', id: expect.any(String) as string });
		expect(await row('resources', 'R-1')).toMatchObject({ status: 'maintenance', active: false, location: 'Hall 2' });
	});

	it('of new jobs, which its own endpoint cannot create, in a handful of calls', async () => {
		await go(double(), 'job', 'getAll', [{}]);
		const jobs = many(100, (index) => ({ external_id: `J-${index}`, job_number: `JN-${index}`, customer: 'Acme' }));
		const { result, calls } = await callsOf(async () => await go(double(), 'erpSync', 'sync', jobs, { entity: 'job' }));
		expect(actions(result.json)).toEqual(['created']);
		expect((await double().records('jobs')).filter(({ external_source: source }) => source === 'ERP')).toHaveLength(100);
		expect(calls.length).toBeLessThanOrEqual(4);
		const again = await go(double(), 'erpSync', 'sync', jobs, { entity: 'job' });
		expect(actions(again.json)).toEqual(['skipped']);
	});
});

describe.each(LATER)('lists in %s are complete', (dialect) => {
	beforeEach(async () => await double().reset(dialect));

	it('2,803 operations with equal sequences, also when they are to be sorted by it', async () => {
		const [part] = await double().records('parts');
		const [cell] = await double().records('cells');
		const have = (await double().records('operations')).length;
		const rows = many(2803 - have, (index) => ({ part_id: part.id as string, cell_id: cell.id as string, operation_name: `Step ${index % 7}`, sequence: 1 + (index % 5), estimated_time: 5 }));
		await double().control('POST', 'records/many', { table: 'operations', rows });
		const plain = await go(double(), 'operation', 'getAll', [{}], { returnAll: true });
		expect(new Set(plain.json.map(({ id }) => id)).size).toBe(2803);
		const sorted = await go(double(), 'operation', 'getAll', [{}], { returnAll: true, sort: { field: 'sequence', order: 'desc' } });
		const sequences = sorted.json.map(({ sequence }) => Number(sequence));
		expect(sequences).toHaveLength(2803);
		expect(sequences).toEqual([...sequences].sort((a, b) => b - a));
	}, 60_000);

	it('parts of one statement, which have one creation time, are read in the order of their numbers', async () => {
		const [job] = await double().records('jobs');
		const parts = many(1500, (index) => ({ external_id: `X-${index}`, external_source: 'ERP', part_number: `X-${index}`, material: 'Steel', job_id: job.id as string }));
		for (let start = 0; start < parts.length; start += 100) await fetch(`${double().url}/functions/v1/api-erp-sync/sync`, { method: 'POST', headers: { authorization: `Bearer ${double().access.apiKey}` }, body: JSON.stringify({ parts: parts.slice(start, start + 100) }) });
		const run = await go(double(), 'part', 'getAll', [{}], { returnAll: true });
		expect(run.json).toHaveLength(1501);
	}, 60_000);
});

it('a list that stays incomplete is an error, with the number of rows that are missing', async () => {
	const { listRows } = await import('../../nodes/shared/api/list.ts');
	const rows = many(1200, (index) => ({ id: `${Math.min(index, 1100)}` }));
	const client = { get: async (_path: string, { offset, limit }: { offset: number; limit: number }) => ({ data: { cells: rows.slice(offset, offset + limit), pagination: { total: 1200 } } }) };
	await expect(listRows(client as never, { path: 'api-cells' })).rejects.toThrow('api-cells has 1200 rows, but 99 of them are on none of its pages');
});

describe('cells, operations and resources on 0.2 to 0.9, whose tables no sync can write', () => {
	beforeEach(async () => await double().reset('g2'));

	const kinds: Record<string, (index: number) => IDataObject> = {
		cell: (index) => ({ external_id: `K-${index}`, name: `Cell ${index}`, sequence: 300 + index, color: '#112233' }),
		operation: (index) => ({ external_id: `K-${index}`, operation_name: `Step ${index}`, part_external_id: 'P-0', cell_name: 'Laser 9', sequence: 1 + index, estimated_time: 5, notes: 'n' }),
		resource: (index) => ({ external_id: `K-${index}`, name: `Tool ${index}`, type: 'tooling', location: 'Hall 1' }),
	};

	it.each(Object.keys(kinds))('40 of kind %s are created by one call each, then changed where they differ, and proven by the answers', async (name) => {
		await seedPlant(double(), 1);
		const items = many(40, kinds[name]);
		const first = await callsOf(async () => await go(double(), name, 'bulkSync', items));
		expect(actions(first.result.json)).toEqual(['created']);
		expect(new Set(first.result.json.map(({ confirmed_by: by }) => by))).toEqual(new Set(['row']));
		expect(first.calls.filter((path) => path.startsWith('POST api-') && !path.includes('erp-sync'))).toHaveLength(40);
		expect(first.calls.length).toBeLessThanOrEqual(45);
		items[7] = { ...items[7], [name === 'operation' ? 'estimated_time' : name === 'cell' ? 'color' : 'location']: name === 'operation' ? 9 : 'red' };
		const again = await go(double(), name, 'bulkSync', items);
		expect(again.json.map(({ action }) => action)).toEqual(items.map((_, index) => (index === 7 ? 'updated' : 'skipped')));
		expect(again.json.map(({ id }) => id)).toEqual(first.result.json.map(({ id }) => id));
		expect((await double().records(`${name}s`)).filter(({ external_source: source }) => source === 'ERP')).toHaveLength(name === 'cell' ? 41 : 40);
	});

	it('a record that was renamed in Eryxon is found, and one with the same name that is not ours is left alone', async () => {
		const foreign = await double().control<{ id: string }>('POST', 'records', { table: 'cells', values: { name: 'Cell 0', sequence: 5, color: 'own' } });
		await go(double(), 'cell', 'bulkSync', [kinds.cell(0), kinds.cell(1)]);
		const renamed = await row('cells', 'K-1');
		await double().control('POST', 'records/update', { table: 'cells', id: renamed.id, values: { name: 'Renamed' } });
		const run = await go(double(), 'cell', 'bulkSync', [kinds.cell(0), kinds.cell(1)]);
		expect(run.json.map(({ action }) => action)).toEqual(['skipped', 'updated']);
		expect(run.json[1].id).toBe(renamed.id);
		expect((await double().records('cells')).find(({ id }) => id === foreign.id)).toMatchObject({ color: 'own', external_id: null });
	});

	it('a fault that hits all of them is told for each, without a call for each', async () => {
		await seedPlant(double(), 1);
		await go(double(), 'operation', 'bulkSync', [kinds.operation(0)]);
		await switches({ missingTimes: true });
		const { result, calls } = await callsOf(async () => await go(double(), 'operation', 'bulkSync', many(40, kinds.operation), {}, { onError: 'continueRegularOutput' }));
		expect(result.json.every(({ error }) => /cannot sync operations.*started_at/.test((error as { message: string }).message))).toBe(true);
		expect(calls.length).toBeLessThanOrEqual(5);
	});
});

describe('a server in Docker', () => {
	it('answers 500 for a function that is not there, and is still known by its version', async () => {
		await double().reset('g2', { missingFunction: '500' });
		await seedPlant(double());
		const run = await go(double(), 'part', 'bulkSync', [partOf(0)]);
		expect(run.json[0]).toMatchObject({ external_id: 'P-0', id: expect.any(String) as string });
	});

	it('whose functions do not start says so once, and is not asked again', async () => {
		await double().reset('g2', { unbootable: true });
		const { result, calls } = await callsOf(async () => await go(double(), 'part', 'bulkSync', many(300, (index) => partOf(index, { job_number: 'JOB-0001' }))));
		expect(result.error?.message).toMatch(/does not start \(HTTP 503, BOOT_ERROR\)/);
		expect(calls.filter((path) => path === 'POST api-parts/bulk-sync').length).toBeLessThanOrEqual(3);
	});
});

describe.each(LATER)('parts named by the external ID of their job in %s', (dialect) => {
	const job = (index: number) => ({ external_id: `SO-${index}`, job_number: `N-${index}` });
	beforeEach(async () => {
		await double().reset(dialect);
		await go(double(), 'job', 'bulkSync', many(30, job));
	});

	it('30 of 30 jobs need about 4 calls', async () => {
		const items = many(30, (index) => partOf(index, { job_number: '', job_external_id: `SO-${index}` }));
		const { result, calls } = await callsOf(async () => await go(double(), 'part', 'bulkSync', items));
		expect(actions(result.json)).toEqual(['created']);
		expect(calls.length).toBeLessThanOrEqual(4);
		const jobs = Object.fromEntries((await double().records('jobs')).map(({ id, external_id: key }) => [key, id]));
		for (const part of await double().records('parts')) if (part.external_source === 'ERP') expect(part.job_id).toBe(jobs[String(part.external_id).replace('P', 'SO')]);
	});

	it('with fields that the ERP sync drops are stored with them', async () => {
		const items = many(30, (index) => partOf(index, { job_number: '', job_external_id: `SO-${index}`, drawing_no: `D-${index}` }));
		const { result, calls } = await callsOf(async () => await go(double(), 'part', 'bulkSync', items));
		expect(result.json.map(({ id }) => typeof id)).toEqual(items.map(() => 'string'));
		expect(calls.length).toBeLessThanOrEqual(8);
		expect(await row('parts', 'P-29')).toMatchObject({ drawing_no: 'D-29', material: 'Steel', quantity: 2 });
	});

	it('one that is refused is told with its own reason, the others are stored', async () => {
		const items = many(30, (index) => partOf(index, { job_number: '', job_external_id: index === 4 ? 'SO-404' : `SO-${index}`, ...(index === 20 ? { part_number: 'PN-3' } : {}) }));
		const { result, calls } = await callsOf(async () => await go(double(), 'part', 'bulkSync', items));
		const failed = result.json.flatMap(({ action }, index) => (action === 'error' ? [index] : []));
		expect(failed).toHaveLength(2);
		expect(failed).toContain(4);
		expect((result.json[4].error as { message: string }).message).toContain("'job_external_id' is SO-404: Eryxon has no such job");
		expect((result.json[failed[1]].error as { message: string }).message).toMatch(/duplicate key/);
		expect((await double().records('parts')).filter(({ external_source: source }) => source === 'ERP')).toHaveLength(28);
		expect(calls.length).toBeLessThanOrEqual(20);
	});
});

it('200 jobs on 0.2 to 0.9, one of them bad, need a handful of calls', async () => {
	await double().reset('g2');
	await go(double(), 'cell', 'getAll', [{}]);
	const items = many(200, (index) => ({ external_id: `J-${index}`, job_number: index === 150 ? 'JN-3' : `JN-${index}` }));
	const { result, calls } = await callsOf(async () => await go(double(), 'job', 'bulkSync', items));
	expect(result.json.flatMap(({ action }, index) => (action === 'error' ? [index] : []))).toEqual([150]);
	expect((result.json[150].error as { message: string }).message).toMatch(/duplicate key/);
	const stored = new Map((await double().records('jobs')).map((each) => [each.external_id, each.id]));
	for (const { action, external_id: key, id } of result.json) if (action !== 'error') expect(stored.get(key as string)).toBe(id);
	expect(calls.length).toBeLessThanOrEqual(8);
});

describe('what the database says', () => {
	it.each([
		['a missing value', { material: '' }, 'null value in column "material"', 'A new part needs: material.'],
		['a NUL character', { notes: 'a\u0000b' }, "'notes' contains a NUL character", 'Remove it from the text.'],
		['a number beyond the column', { quantity: 3_000_000_000 }, "'quantity' is 3000000000", 'Enter a whole number up to 2147483647.'],
		['a letter that could not be read', { external_id: 'Geh\uFFFDuse-1' }, "'external_id' is Geh\uFFFDuse-1, with a letter that could not be read", 'Windows-1252'],
	])('%s is told once, with the right advice', async (_, change, message, hint) => {
		await seedPlant(double());
		const run = await go(double(), 'part', 'sync', [partOf(0, change)]);
		expect(run.error?.message).toContain(message);
		const description = String(run.error?.description);
		expect(description).toContain(hint);
		expect(description.split('material').length).toBeLessThanOrEqual(2);
	});

	it.each([
		['31/12/2026', 'Enter 2026-12-31.'],
		['05.06.2026', 'Enter 2026-06-05 or 2026-05-06.'],
		['46387', 'Enter 2026-12-31, if this is a date of Excel.'],
	])('a date written as %s comes with how to enter it', async (due, hint) => {
		const run = await go(double(), 'job', 'sync', [{ external_id: 'J', job_number: 'J', due_date: due }]);
		expect(run.error?.description).toBe(hint);
	});
});

describe('few calls, whatever fails', () => {
	it.each(LATER)('100 parts that all fail for one reason in %s', async (dialect) => {
		await double().reset(dialect);
		await seedPlant(double(), 1);
		const items = many(100, (index) => partOf(index + 10, { part_number: 'PN-0' }));
		const { result, calls } = await callsOf(async () => await go(double(), 'erpSync', 'sync', items, { entity: 'part' }));
		expect(result.error?.message).toMatch(/duplicate key/);
		expect(calls.length).toBeLessThanOrEqual(12);
	});

	it('3,000 items with one external ID are one record: the last one counts, and what only an earlier one says stays', async () => {
		await seedPlant(double());
		const items = many(3000, (index) => partOf(0, { quantity: index + 1, ...(index === 0 ? { notes: 'first' } : {}) }));
		const { result, calls } = await callsOf(async () => await go(double(), 'part', 'bulkSync', items));
		expect(calls.length).toBeLessThanOrEqual(4);
		expect(result.json.map(({ action }) => action)).toEqual(items.map((_, index) => (index === 2999 ? 'created' : 'merged')));
		expect(new Set(result.json.map(({ id }) => id)).size).toBe(1);
		expect(await row('parts', 'P-0')).toMatchObject({ quantity: 3000, notes: 'first' });
	});

	it.each(LATER)('a call that the host ends is sent again in halves in %s', async (dialect) => {
		await double().reset(dialect);
		await seedPlant(double());
		await switches({ recordMs: 300, workerLimitMs: 60_000 });
		const items = many(1000, (index) => partOf(index));
		const { result, calls } = await callsOf(async () => await go(double(), 'part', 'bulkSync', items, { options: { chunkSize: 1000 } }));
		expect(result.json.filter(({ id }) => id)).toHaveLength(1000);
		expect(calls.filter((path) => path === 'POST api-parts/bulk-sync').length).toBeLessThanOrEqual(16);
	});

	it('a reading back that fails is told for each record, without a call for each', async () => {
		await double().reset('g2');
		await seedPlant(double());
		await double().control('POST', 'faults', { status: 400, count: null, path: 'erp-sync' });
		const { result, calls } = await callsOf(async () => await go(double(), 'part', 'bulkSync', many(100, (index) => partOf(index)), {}, { onError: 'continueRegularOutput' }));
		expect(result.json.every(({ error }) => (error as { message: string }).message.startsWith('Sent, but whether it is stored could not be checked'))).toBe(true);
		expect(calls.length).toBeLessThanOrEqual(6);
	});

	it('1,000 unchanged parts: 3 calls', async () => {
		await seedPlant(double());
		const items = many(1000, (index) => partOf(index));
		await go(double(), 'part', 'bulkSync', items, { options: { chunkSize: 1000 } });
		const { result, calls } = await callsOf(async () => await go(double(), 'part', 'bulkSync', items, { options: { skipUnchanged: 'preview' } }));
		expect(actions(result.json)).toEqual(['skipped']);
		expect(calls).toHaveLength(3);
	});
});
