import { key, object, objects, useWorkshop, type Json } from './eryxon-kit.mts';

const eryxon = useWorkshop();
const job = (id: string, more: Json = {}): Json => ({ ...key(id), job_number: id, customer: 'Northwind', ...more });
const part = (id: string, more: Json = {}): Json => ({ ...key(id), part_number: id, material: 'Steel', ...more });
const resource = (id: string, more: Json = {}): Json => ({ ...key(id), name: id, type: 'machine', ...more });

const run = async (action: 'diff' | 'sync', body: Json): Promise<{ summary: Json; entities: Record<string, Json> }> => {
	const { status, data } = await eryxon.post(`api-erp-sync/${action}`, body);
	expect(status).toBe(200);
	return { summary: object(data.summary), entities: object(data.entities) as Record<string, Json> };
};

describe.each(['g1', 'g2', 'g3'] as const)('ERP sync in %s', (dialect) => {
	beforeEach(() => eryxon.reset(dialect));

	it('creates, then skips what did not change, then updates what did, each with its id', async () => {
		const resources = [resource('R-1'), resource('R-2')];
		const first = await run('sync', { resources });
		expect(first.summary).toMatchObject({ created: 2, updated: 0, skipped: 0, errors: 0 });
		const second = await run('sync', { resources: [resource('R-1'), resource('R-2', { location: 'Hall C' })] });
		expect(second.summary).toMatchObject({ created: 0, updated: 1, skipped: 1 });
		expect(objects(second.entities.resources.results)).toEqual([
			{ external_id: 'R-1', id: (await eryxon.row('resources', 'R-1')).id, action: 'skipped' },
			{ external_id: 'R-2', id: (await eryxon.row('resources', 'R-2')).id, action: 'updated' },
		]);
		const third = await run('sync', { resources, options: { skip_unchanged: false } });
		expect(third.summary).toMatchObject({ updated: 2, skipped: 0 });
	});

	it('shows a difference without writing it', async () => {
		await run('sync', { resources: [resource('R-1')] });
		const { summary, entities } = await run('diff', {
			resources: [resource('R-1', { location: 'Hall C' }), resource('R-2'), { external_id: 'R-3' }],
		});
		expect(summary).toMatchObject({
			total_entities: 1,
			total_records: 3,
			total_to_create: 1,
			total_to_update: 1,
			total_errors: 1,
		});
		expect(objects(entities.resources.records)).toMatchObject([
			{ status: 'update', changes: ['location: null -> "Hall C"'] },
			{ status: 'create' },
			{ status: 'error', error: 'external_source is required' },
		]);
		expect((await eryxon.row('resources', 'R-1')).location).toBeNull();
	});

	it('takes the external id of the job for parts', async () => {
		await eryxon.sync('jobs', job('SO-1'));
		const { entities } = await run('sync', {
			parts: [part('P-1', { job_external_id: 'SO-1' }), part('P-2', { job_external_id: 'SO-9' })],
		});
		expect(objects(entities.parts.results)).toMatchObject([
			{ external_id: 'P-2', action: 'error', error: 'Job with external_id "SO-9" not found' },
			{ external_id: 'P-1', action: 'created' },
		]);
		expect((await eryxon.row('parts', 'P-1')).job_id).toBe((await eryxon.row('jobs', 'SO-1')).id);
	});

	it('fails all creates when one of them is bad', async () => {
		const { summary } = await run('sync', { resources: [resource('R-1'), resource('R-2', { name: 'Mill 1' })] });
		expect(summary).toMatchObject({ created: 0, errors: 2 });
		expect((await eryxon.rows('resources')).filter((row) => row.external_source === 'ERP')).toEqual([]);
	});

	it('creates jobs only where the table has a priority, and updates them everywhere', async () => {
		const has = dialect === 'g1';
		expect((await run('sync', { jobs: [job('SO-1')] })).summary).toMatchObject(
			has ? { created: 1 } : { created: 0, errors: 1 },
		);
		await eryxon.sync('jobs', job('SO-1'));
		expect((await run('sync', { jobs: [job('SO-1', { customer: 'Contoso' })] })).summary).toMatchObject({
			updated: 1,
			errors: 0,
		});
		expect((await run('diff', { jobs: [job('SO-1', { customer: 'Else' })] })).summary).toMatchObject(
			has ? { total_to_update: 1 } : { total_to_create: 1 },
		);
		await eryxon.control('switches', { priorityColumn: true });
		expect((await run('sync', { jobs: [job('SO-2')] })).summary).toMatchObject({ created: 1 });
	});

	it('keeps a history', async () => {
		await run('sync', { resources: [resource('R-1')], source: 'odoo' });
		await run('sync', { resources: [resource('R-1')], options: { record_history: false } });
		const { data } = await eryxon.get('api-erp-sync/status?limit=5');
		expect(objects(data.history)).toMatchObject([{ source: 'odoo', entity_type: 'resources', created_count: 1 }]);
	});

	it('refuses a call without records and a foreign method', async () => {
		expect((await eryxon.post('api-erp-sync/sync', { jobs: [] })).status).toBe(400);
		expect((await eryxon.get('api-erp-sync/sync')).status).toBe(405);
	});
});
