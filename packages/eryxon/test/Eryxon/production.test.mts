import type { IDataObject } from 'n8n-workflow';

import { DIALECTS, type DialectName } from '../kit/double.mts';
import { go, partOf, pathsOf, seedPlant } from '../kit/go.mts';
import { useDouble } from '../kit/useDouble.mts';

const double = useDouble();
const LATER: DialectName[] = ['g2', 'g3'];
const first = async (table: string) => (await double().records(table))[0];
const many = (count: number, make: (index: number) => IDataObject) => Array.from({ length: count }, (_, index) => make(index));
const day = (index: number) => new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();

describe.each(LATER)('what the shop floor reported, in %s', (dialect) => {
	beforeEach(async () => await double().reset(dialect));

	it('quantities by time and job, simplified, with reason and lot', async () => {
		const [job] = await double().records('jobs');
		await double().control('POST', 'production/report', { jobNumber: 'JOB-0001', sequence: 10, good: 4, scrap: 1, scrapReason: 'POROSITY', materialLot: 'L-7', operator: 'alex' });
		const run = await go(double(), 'quantity', 'getAll', [{}], { filters: { job: 'JOB-0001', from: '2026-01-01', hasScrap: true } });
		expect(run.json).toEqual([
			{ id: expect.any(String) as string, recorded_at: expect.any(String) as string, good: 4, scrap: 1, rework: 0, scrap_reason: 'POROSITY', material_lot: 'L-7', operation_name: 'Prepare housing', part_number: 'PUMP-100-JOB-0001', job_number: 'JOB-0001' },
		]);
		expect((await go(double(), 'quantity', 'getAll', [{}], { filters: { to: '2026-01-01' } })).json).toEqual([]);
		const raw = await go(double(), 'quantity', 'getAll', [{}], { filters: { job: job.id as string }, simplify: false });
		expect(raw.json[0]).toMatchObject({ quantity_good: 4, operation: { part: { job: { id: job.id } } } });
	});

	it('2,500 quantities, although some versions page them wrongly', async () => {
		const operation_id = (await first('operations')).id as string;
		await double().control('POST', 'records/many', { table: 'operation_quantities', rows: many(2500, (index) => ({ operation_id, quantity_produced: 1, quantity_good: 1, recorded_at: day(Math.floor(index / 3)) })) });
		const run = await go(double(), 'quantity', 'getAll', [{}], { returnAll: true });
		expect(new Set(run.json.map(({ id }) => id)).size).toBe(2500);
		const some = await go(double(), 'quantity', 'getAll', [{}], { limit: 5 });
		expect(some.json).toHaveLength(5);
		const custom = await go(double(), 'customCall', 'send', [{}], { method: 'GET', path: 'api-operation-quantities', options: { allPages: true } });
		expect(custom.json).toHaveLength(2500);
	});

	it('time entries by time and job, with operator and minutes', async () => {
		const operation_id = (await first('operations')).id;
		const operator = await first('profiles');
		const entry = { operation_id, operator_id: operator.id, start_time: '2026-03-01T08:00:00Z', end_time: '2026-03-01T08:45:00Z', duration: 45, time_type: 'setup' };
		await double().control('POST', 'records', { table: 'time_entries', values: entry });
		const run = await go(double(), 'timeEntry', 'getAll', [{}], { filters: { jobNumber: 'JOB-0001', from: '2026-03-01', to: '2026-03-02' } });
		expect(run.json).toMatchObject([{ minutes: 45, type: 'setup', operator: operator.full_name, job_number: 'JOB-0001', operation_name: 'Prepare housing' }]);
		expect((await go(double(), 'timeEntry', 'getAll', [{}], { filters: { jobNumber: 'JOB-0002' } })).json).toEqual([]);
	});

	it('issues are created and listed', async () => {
		const operator = await first('profiles');
		const made = await go(double(), 'issue', 'create', [{}], {
			record: { mode: 'number', value: 'Assemble' },
			title: 'Seal is torn',
			description: 'Found at assembly',
			severity: 'high',
			createdBy: operator.id as string,
			options: { issueType: 'ncr', ncrCategory: 'material_defect' },
		});
		expect(made.error).toBeUndefined();
		const listed = await go(double(), 'issue', 'getAll', [{}], { filters: { severity: 'high', from: '2026-01-01' } });
		expect(listed.json).toMatchObject([{ id: made.json[0].id, title: 'Seal is torn', severity: 'high', status: 'pending', type: 'ncr', category: 'material_defect', operation_name: 'Assemble' }]);
	});

	it('an operation is started, paused, resumed and completed; a repeat says so or goes on', async () => {
		const record = { record: { mode: 'number', value: 'Assemble' } };
		for (const [step, status] of [['start', 'in_progress'], ['pause', 'on_hold'], ['resume', 'in_progress'], ['complete', 'completed']]) {
			const run = await go(double(), 'operation', step, [{}], record);
			expect([step, run.json[0]]).toMatchObject([step, { status, changed: true }]);
		}
		const refused = await go(double(), 'operation', 'start', [{}], record);
		expect(refused.error?.message).toMatch(/completed/);
		expect(refused.error?.description).toContain("'Ignore If Already Done'");
		const again = await go(double(), 'operation', 'complete', [{}], { ...record, options: { doneOk: true } });
		expect(again.json[0]).toMatchObject({ status: 'completed' });
		expect((await double().records('operations')).find(({ operation_name: name }) => name === 'Assemble')).toMatchObject({ status: 'completed' });
	});

	it('a quantity is reported with its reason; with a report key once, however often it is repeated', async () => {
		const report = { record: { mode: 'number', value: 'Assemble' }, good: 8, scrap: 2, options: { scrapReason: 'DAMAGED', materialLot: 'L-1', reportKey: 'ERP-77', recordedAt: '2026-03-01T08:00:00Z' } };
		const made = await go(double(), 'operation', 'reportQuantity', [{}], report);
		expect(made.json[0]).toMatchObject({ action: 'created', quantity_produced: 10, quantity_good: 8, quantity_scrap: 2, material_lot: 'L-1' });
		const again = await go(double(), 'operation', 'reportQuantity', [{}], report);
		expect(again.json[0]).toMatchObject({ action: 'exists', id: made.json[0].id });
		expect(await double().records('operation_quantities')).toHaveLength(1);
		const unknown = await go(double(), 'operation', 'reportQuantity', [{}], { ...report, options: { scrapReason: 'NONE' } });
		expect(unknown.error?.description).toContain('DAMAGED, POROSITY');
	});
});

describe.each(DIALECTS)('a job with parts and operations in %s', (dialect) => {
	beforeEach(async () => await double().reset(dialect));

	const parts = (more: IDataObject = {}) => [
		{ 'Part Number': 'A-1', material: 'S235', quantity: '4', operations: [{ operation_name: 'Cut', cell: 'Machining', estimated_time_minutes: 10 }, { operation_name: 'Fold', cell_name: 'Assembly', estimated_time: 5, sequence: 20 }] },
		{ part_number: 'A-2', material: 'S235', quantity: 1, operations: [{ operation_name: 'Cut', cell_name: 'Machining', sequence: 1, estimated_time: 3, ...more }] },
	];

	it('is created in one call', async () => {
		await go(double(), 'cell', 'getAll', [{}]);
		const before = (await pathsOf(double())).length;
		const run = await go(double(), 'job', 'create', [{ job_number: 'N-9', customer: 'Acme', parts: parts() }], { parts: parts(), fields: { mappingMode: 'defineBelow', value: { job_number: 'N-9', customer: 'Acme' } } });
		expect(run.error).toBeUndefined();
		expect((await pathsOf(double())).slice(before).filter((path) => path.startsWith('POST'))).toEqual(['POST api-jobs']);
		const job = (await double().records('jobs')).find(({ job_number: number }) => number === 'N-9');
		expect(run.json[0]).toMatchObject({ id: job?.id, job_number: 'N-9' });
		const made = (await double().records('parts')).filter(({ job_id: id }) => id === job?.id);
		expect(made.map(({ part_number, quantity }) => [part_number, quantity])).toEqual([['A-1', 4], ['A-2', 1]]);
		const steps = (await double().records('operations')).filter(({ part_id: id }) => made.some((part) => part.id === id));
		expect(steps.map(({ operation_name, sequence, estimated_time }) => [operation_name, sequence, estimated_time])).toEqual([['Cut', 1, 10], ['Fold', 20, 5], ['Cut', 1, 3]]);
	});

	it('with a cell that Eryxon does not have is refused before anything is sent', async () => {
		const run = await go(double(), 'job', 'create', [{}], { parts: parts({ cell_name: 'Nowhere' }), fields: { mappingMode: 'defineBelow', value: { job_number: 'N-9' } } });
		if (dialect === 'g1') expect(run.error).toBeDefined();
		else {
			expect(run.error?.message).toContain("parts[1].operations[0]: 'cell_name' is Nowhere: Eryxon has no such cell");
			expect((await pathsOf(double())).some((path) => path.startsWith('POST'))).toBe(false);
		}
	});
});

it('a job of which Eryxon could not store a part is an error that says what is missing', async () => {
	await double().reset('g2');
	await seedPlant(double(), 1);
	const parts = [{ part_number: 'PN-0', material: 'S', quantity: 1, operations: [{ operation_name: 'Cut', cell_name: 'Machining', sequence: 1, estimated_time: 1 }] }];
	const run = await go(double(), 'job', 'create', [{}], { parts, fields: { mappingMode: 'defineBelow', value: { job_number: 'N-9' } } });
	expect(run.error?.message).toMatch(/The job N-9 was created incompletely: part PN-0: duplicate key/);
});

it('Custom Call splits a list into items and reads all its pages', async () => {
	await seedPlant(double());
	await go(double(), 'part', 'bulkSync', many(1200, (index) => partOf(index)), { options: { chunkSize: 1000 } });
	const split = await go(double(), 'customCall', 'send', [{}], { method: 'GET', path: 'api-parts', query: '{"limit": 7}', options: { split: true } });
	expect(split.json).toHaveLength(7);
	const all = await go(double(), 'customCall', 'send', [{}], { method: 'GET', path: 'api-parts', options: { allPages: true } });
	expect(new Set(all.json.map(({ id }) => id)).size).toBe(1201);
	const wrong = await go(double(), 'customCall', 'send', [{}], { method: 'POST', path: 'api-parts', options: { allPages: true } });
	expect(wrong.error?.message).toBe("'All Pages' is set, but the method is POST [Item 0]");
});
