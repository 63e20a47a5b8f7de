import { key, object, objects, useWorkshop, type Json } from './eryxon-kit.mts';

const eryxon = useWorkshop();
const nobody = '00000000-0000-4000-8000-000000000000';

async function jobs(count: number, values: Json = {}): Promise<void> {
	for (let from = 0; from < count; from += 1000) {
		const list = Array.from({ length: Math.min(1000, count - from) }, (_, n) => {
			const number = `J-${String(from + n).padStart(5, '0')}`;
			return { ...key(number), job_number: number, customer: 'Northwind', ...values };
		});
		await eryxon.bulk('jobs', list);
	}
}

describe.each(['g2', 'g3'] as const)('the shared builder in %s', (dialect) => {
	beforeEach(() => eryxon.reset(dialect));

	it('lists under the table name with data.pagination, 100 at a time, 1,000 at most', async () => {
		await jobs(1200);
		const first = await eryxon.get('api-jobs');
		expect(objects(first.data.jobs)).toHaveLength(100);
		expect(first.data.pagination).toEqual({ total: 1201, offset: 0, limit: 100 });
		expect(objects((await eryxon.get('api-jobs?limit=5000')).data.jobs)).toHaveLength(1000);
		expect(objects((await eryxon.get('api-jobs?limit=1000&offset=1000')).data.jobs)).toHaveLength(201);
		expect(objects((await eryxon.get('api-jobs?limit=10&offset=1201')).data.jobs)).toHaveLength(0);
	});

	it('shows no external key of jobs, parts, operations and cells, but of resources', async () => {
		await eryxon.sync('jobs', { ...key('J-1'), job_number: 'J-1' });
		await eryxon.post('api-resources', { ...key('R-1'), name: 'R-1', type: 'machine' });
		for (const table of ['jobs', 'parts', 'operations', 'cells']) {
			const [row] = objects((await eryxon.get(`api-${table}`)).data[table]);
			expect(row).not.toHaveProperty('external_id');
			expect((await eryxon.get(`api-${table}?id=${String(row.id)}`)).data[table.slice(0, -1)]).not.toHaveProperty(
				'external_id',
			);
		}
		const found = await eryxon.get('api-resources?external_source=ERP&external_id=R-1');
		expect(objects(found.data.resources)).toMatchObject([key('R-1')]);
		expect(found.data.pagination).toMatchObject({ total: 1 });
		expect(objects((await eryxon.get('api-jobs?external_id=J-1')).data.jobs)).toHaveLength(2);
	});

	it('embeds parts in jobs, the job in parts, cell and part in operations', async () => {
		const [job] = objects((await eryxon.get('api-jobs')).data.jobs);
		expect(objects(job.parts)).toMatchObject([{ part_number: 'PUMP-100-JOB-0001', quantity: 1 }]);
		const [part] = objects((await eryxon.get(`api-parts?job_id=${String(job.id)}`)).data.parts);
		expect(part.job).toEqual({ id: job.id, job_number: 'JOB-0001', customer: 'Northwind Cooling' });
		const operations = objects((await eryxon.get(`api-operations?part_id=${String(part.id)}`)).data.operations);
		expect(operations.map(({ sequence }) => sequence)).toEqual([10, 20, 30]);
		expect(operations[0]).toMatchObject({
			cell: { name: 'Machining' },
			part: { id: part.id, job: { job_number: 'JOB-0001' } },
		});
	});

	it('filters by "contains", so one number may find several', async () => {
		await jobs(12);
		const found = async (query: string): Promise<unknown[]> =>
			objects((await eryxon.get(`api-jobs?${query}&sort=job_number&order=asc`)).data.jobs).map((job) => job.job_number);
		expect(await found('job_number=j-0000')).toHaveLength(10);
		expect(await found('job_number=J-00011')).toEqual(['J-00011']);
		expect(await found('search=00010')).toEqual(['J-00010']);
		expect(await found('part_number=ignored')).toHaveLength(13);
	});

	it('breaks when the search text has a comma or a parenthesis', async () => {
		for (const text of ['a,b', '(x)']) {
			expect(await eryxon.get(`api-jobs?search=${encodeURIComponent(text)}`)).toMatchObject({
				status: 500,
				error: { code: 'INTERNAL_ERROR' },
			});
		}
	});

	it('creates, reads, changes and deletes a job', async () => {
		const made = await eryxon.post('api-jobs', { job_number: 'J-1', customer: 'Northwind', due_date: '2027-01-05' });
		expect(made.status).toBe(201);
		const { id } = object(made.data.job);
		expect(object(made.data.job).due_date).toBe('2027-01-05T00:00:00.000+00:00');
		const changed = await eryxon.call('PATCH', `api-jobs?id=${String(id)}`, { customer: 'Contoso' });
		expect(changed.data.job).toMatchObject({ customer: 'Contoso', job_number: 'J-1' });
		expect((await eryxon.call('DELETE', `api-jobs?id=${String(id)}`)).status).toBe(200);
		expect(await eryxon.get(`api-jobs?id=${String(id)}`)).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
		expect((await eryxon.rows('jobs'))[1].deleted_at).not.toBeNull();
	});

	it('answers 200 when there is nothing to delete, 404 when there is nothing to change', async () => {
		expect((await eryxon.call('DELETE', `api-jobs?id=${nobody}`)).status).toBe(200);
		expect((await eryxon.call('PATCH', `api-jobs?id=${nobody}`, { customer: 'x' })).status).toBe(404);
		expect((await eryxon.call('DELETE', 'api-jobs')).error).toMatchObject({ code: 'BAD_REQUEST' });
	});

	it('keeps the parts of a deleted job, removes cells for good, and no cell that has operations', async () => {
		await eryxon.call('DELETE', `api-jobs?id=${await eryxon.seeded('jobs')}`);
		expect(objects((await eryxon.get('api-parts')).data.parts)).toHaveLength(1);
		const packing = await eryxon.idOf('cells', 'name', 'Packing');
		expect((await eryxon.call('DELETE', `api-cells?id=${packing}`)).status).toBe(200);
		expect(await eryxon.rows('cells')).toHaveLength(3);
		expect((await eryxon.call('DELETE', `api-cells?id=${await eryxon.seeded('cells')}`)).status).toBe(500);
	});

	it('answers 422 with findings for a job, and 500 from the database for everything else', async () => {
		const job = await eryxon.post('api-jobs', { status: 'paused', parts: [] });
		expect(job).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
		expect(objects(job.error.details).map((each) => [each.field, each.constraint])).toEqual([
			['job_number', 'NOT_NULL'],
			['status', 'ENUM_CONSTRAINT'],
			['parts', 'MIN_LENGTH'],
		]);
		const part = await eryxon.post('api-parts', { job_id: await eryxon.seeded('jobs'), part_number: 'P-1' });
		expect(part.status).toBe(500);
		expect(part.error.message).toContain('null value in column "material"');
		expect((await eryxon.post('api-jobs', { job_number: 'JOB-0001' })).status).toBe(500);
	});

	it('creates a job with parts and operations and lists in warnings what failed', async () => {
		const cell_id = await eryxon.seeded('cells');
		const operations = [
			{ operation_name: 'Mill', sequence: 1, cell_id, estimated_time: 5 },
			{ operation_name: 'Bend', sequence: 2, cell_name: 'Assembly', estimated_time_minutes: 5 },
		];
		const made = await eryxon.post('api-jobs', {
			job_number: 'J-1',
			parts: [
				{ part_number: 'P-1', quantity: 1, material: 'Steel', operations },
				{ part_number: 'P-2', quantity: 1, operations },
			],
		});
		expect(made.status).toBe(201);
		expect(object(made.data.job).warnings).toMatchObject({ failed_parts: 1, failed_operations: 1 });
		expect(await eryxon.rows('operations')).toHaveLength(4);
	});

	it('refuses a method with 400', async () => {
		expect((await eryxon.call('OPTIONS', 'api-jobs')).status).toBe(400);
	});
});

describe('what only one generation does', () => {
	it('g2 ignores paging of time entries and quantities and fails for one of them by id; g3 does not', async () => {
		for (const dialect of ['g2', 'g3'] as const) {
			await eryxon.reset(dialect);
			const operation_id = await eryxon.seeded('operations');
			const rows = [1, 2, 3].map((n) => ({ operation_id, quantity_produced: n, quantity_good: n }));
			for (const row of rows) expect((await eryxon.post('api-operation-quantities', row)).status).toBe(201);
			const { data } = await eryxon.get('api-operation-quantities?limit=1');
			const listed = objects(data.operation_quantities);
			expect(listed).toHaveLength(dialect === 'g2' ? 3 : 1);
			expect(object(listed[0].operation)).toMatchObject({ part: { job: { job_number: 'JOB-0001' } } });
			const one = await eryxon.get(`api-operation-quantities?id=${String(listed[0].id)}`);
			expect(one.status).toBe(dialect === 'g2' ? 500 : 200);
			if (dialect === 'g3') expect(one.data).toHaveProperty('operation_quantitie');
		}
	});

	it('g3 lets no client write the status of an operation, g2 writes any column', async () => {
		for (const [dialect, status] of [
			['g2', 200],
			['g3', 400],
		] as const) {
			await eryxon.reset(dialect);
			const id = await eryxon.seeded('operations');
			const answer = await eryxon.call('PATCH', `api-operations?id=${id}`, { status: 'completed' });
			expect(answer.status).toBe(status);
			expect((await eryxon.rows('operations'))[0].status).toBe(dialect === 'g2' ? 'completed' : 'not_started');
		}
	});

	it('g3 refuses a bad limit, g2 passes over it', async () => {
		for (const [dialect, status] of [
			['g2', 200],
			['g3', 400],
		] as const) {
			await eryxon.reset(dialect);
			expect((await eryxon.get('api-jobs?limit=many')).status).toBe(status);
		}
	});

	it('refuses quantities that do not add up', async () => {
		await eryxon.reset('g3');
		const row = { operation_id: await eryxon.seeded('operations'), quantity_produced: 5, quantity_good: 4 };
		expect((await eryxon.post('api-operation-quantities', row)).error.message).toContain('check constraint');
	});
});

describe('the hand-written handlers of g1', () => {
	beforeEach(() => eryxon.reset('g1'));

	it('list jobs, parts and operations as a bare array with meta.pagination', async () => {
		await jobs(3);
		const { body } = await eryxon.get('api-jobs?limit=2');
		expect(objects(body.data)).toHaveLength(2);
		expect(body.meta).toEqual({ pagination: { limit: 2, offset: 0, total: 4 } });
		expect((await eryxon.get('api-operations?limit=2')).body.meta).toEqual({
			pagination: { limit: 2, offset: 0, total: 2, has_more: true },
		});
		expect((await eryxon.get('api-operations?limit=2&include_count=true')).body.meta).toMatchObject({
			pagination: { total: 3 },
		});
	});

	it('list cells without paging and resources with meta.pagination, each under its name', async () => {
		const cells = await eryxon.get('api-cells?limit=1');
		expect(objects(cells.data.cells)).toHaveLength(4);
		expect(cells.body).not.toHaveProperty('meta');
		const resources = await eryxon.get('api-resources?limit=1');
		expect(objects(resources.data.resources)).toHaveLength(1);
		expect(resources.body.meta).toMatchObject({ pagination: { total: 3 } });
	});

	it('create a job in one call by cell names and answer ids', async () => {
		const operations = [{ operation_name: 'Mill', cell_name: 'Machining', sequence: 1, estimated_time_minutes: 9 }];
		const { status, data } = await eryxon.post('api-jobs', {
			job_number: 'J-1',
			parts: [{ part_number: 'P-1', operations }],
		});
		expect(status).toBe(201);
		expect(data).toMatchObject({
			job_number: 'J-1',
			parts: [{ part_number: 'P-1', operations: [{ operation_name: 'Mill' }] }],
		});
		expect(data.job_id).toBe(await eryxon.idOf('jobs', 'job_number', 'J-1'));
	});

	it('answer 409 for duplicates and guarded deletes, 404 for unknown ids, 405 for foreign methods', async () => {
		expect(await eryxon.post('api-jobs', { job_number: 'JOB-0001' })).toMatchObject({
			status: 409,
			error: { code: 'CONFLICT' },
		});
		expect((await eryxon.call('DELETE', `api-cells?id=${await eryxon.seeded('cells')}`)).status).toBe(409);
		expect((await eryxon.call('DELETE', `api-jobs?id=${nobody}`)).status).toBe(404);
		expect((await eryxon.call('PUT', 'api-jobs')).status).toBe(405);
	});

	it('change only known fields and refuse a change without any', async () => {
		const id = await eryxon.seeded('jobs');
		expect((await eryxon.call('PATCH', `api-jobs?id=${id}`, { external_id: 'x' })).status).toBe(400);
		await eryxon.call('PATCH', `api-jobs?id=${id}`, { customer: 'Contoso', external_id: 'x' });
		expect((await eryxon.rows('jobs'))[0]).toMatchObject({ customer: 'Contoso', external_id: null });
	});

	it('remove a job with everything below it, and only mark a resource', async () => {
		await eryxon.call('DELETE', `api-jobs?id=${await eryxon.seeded('jobs')}`);
		expect([await eryxon.rows('parts'), await eryxon.rows('operations')]).toEqual([[], []]);
		await eryxon.call('DELETE', `api-resources?id=${await eryxon.seeded('resources')}`);
		expect((await eryxon.rows('resources'))[0].deleted_at).not.toBeNull();
	});
});
