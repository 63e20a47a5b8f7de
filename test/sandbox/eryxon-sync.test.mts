import { key, object, objects, useWorkshop, type Json } from './eryxon-kit.mts';

const eryxon = useWorkshop();

/** A valid record of each entity in column names, which every generation takes. */
async function valid(entity: string, id: string): Promise<Json> {
	switch (entity) {
		case 'jobs':
			return { ...key(id), job_number: id, customer: 'Northwind' };
		case 'parts':
			return { ...key(id), job_id: await eryxon.seeded('jobs'), part_number: id, material: 'Steel' };
		case 'operations': {
			const [part_id, cell_id] = [await eryxon.seeded('parts'), await eryxon.seeded('cells')];
			return { ...key(id), part_id, cell_id, operation_name: 'Deburr', sequence: 5, estimated_time: 12 };
		}
		case 'cells':
			return { ...key(id), name: id, sequence: 9 };
		default:
			return { ...key(id), name: id, type: 'machine' };
	}
}

const change: Record<string, Json> = {
	jobs: { customer: 'Contoso' },
	parts: { quantity: 7 },
	operations: { estimated_time: 30 },
	cells: { color: '#ff0000' },
	resources: { location: 'Hall C' },
};

describe.each(['g1', 'g2', 'g3'] as const)('sync in %s, where all tables have sync_hash', (dialect) => {
	beforeEach(async () => {
		await eryxon.reset(dialect);
		await eryxon.control('switches', { missingSyncHash: false });
	});

	describe.each(['jobs', 'parts', 'operations', 'cells', 'resources'])('of %s', (entity) => {
		it('creates with 201 and updates the same key with 200, keeping the id', async () => {
			const item = await valid(entity, 'X-1');
			const made = await eryxon.sync(entity, item);
			expect([made.status, made.data.action]).toEqual([201, 'created']);
			const before = await eryxon.row(entity, 'X-1');
			const again = await eryxon.sync(entity, { ...item, ...change[entity] });
			expect([again.status, again.data.action]).toEqual([200, 'updated']);
			expect(await eryxon.row(entity, 'X-1')).toMatchObject({ id: before.id, ...change[entity] });
		});

		it('takes 3 records in bulk, then updates them, in the plural key', async () => {
			const items = await Promise.all(['B-1', 'B-2', 'B-3'].map((id) => valid(entity, id)));
			for (const action of ['created', 'updated']) {
				const { status, data } = await eryxon.bulk(entity, items);
				expect(status).toBe(200);
				expect(data.total).toBe(3);
				expect(object(dialect === 'g1' ? data : data.results)[action]).toBe(3);
			}
			expect((await eryxon.rows(entity)).filter((row) => row.external_source === 'ERP')).toHaveLength(3);
		});

		it('keeps two sources with the same id apart', async () => {
			await eryxon.sync(entity, await valid(entity, 'X-1'));
			const other = { ...(await valid(entity, 'X-2')), ...key('X-1', 'Other') };
			expect((await eryxon.sync(entity, other)).status).toBe(201);
		});

		it.each(['external_id', 'external_source'])('refuses a record without %s with 400 BAD_REQUEST', async (name) => {
			const { [name]: _left, ...item } = await valid(entity, 'X-1');
			const { status, error } = await eryxon.sync(entity, item);
			expect([status, error.code, error.statusCode]).toEqual([400, 'BAD_REQUEST', 400]);
			expect(error.message).toContain(name);
		});
	});

	it('takes 1,000 records in one bulk call and none of 1,001', async () => {
		const jobs = Array.from({ length: 1001 }, (_, n) => ({ ...key(`J-${n}`), job_number: `J-${n}` }));
		expect((await eryxon.bulk('jobs', jobs)).error).toMatchObject({ code: 'BAD_REQUEST' });
		expect(await eryxon.rows('jobs')).toHaveLength(1);
		expect((await eryxon.bulk('jobs', jobs.slice(0, 1000))).status).toBe(200);
		expect(await eryxon.rows('jobs')).toHaveLength(1001);
	});

	it('answers an empty bulk with zeros and a body without a list with 400', async () => {
		expect(await eryxon.bulk('jobs', [])).toMatchObject({ status: 200, data: { total: 0 } });
		expect(await eryxon.post('api-jobs/bulk-sync', { records: [] })).toMatchObject({ status: 400 });
	});

	it('loses a race for a new key with 500, and finds the row of the winner the next time', async () => {
		await eryxon.control('switches', { raceNext: 1 });
		const item = await valid('jobs', 'X-1');
		expect(await eryxon.sync('jobs', item)).toMatchObject({ status: 500, error: { code: 'INTERNAL_ERROR' } });
		expect((await eryxon.sync('jobs', item)).data.action).toBe('updated');
	});

	it('writes again what did not change: nothing is skipped', async () => {
		const item = await valid('jobs', 'X-1');
		await eryxon.sync('jobs', item);
		expect((await eryxon.sync('jobs', item)).data.action).toBe('updated');
	});

	it('answers malformed JSON as this generation does', async () => {
		const answer = await eryxon.call('PUT', 'api-jobs/sync', '{"external_id":');
		expect([answer.status, answer.error.code]).toEqual(
			dialect === 'g1' ? [400, 'BAD_REQUEST'] : [500, 'INTERNAL_ERROR'],
		);
	});
});

describe('answers of a single sync', () => {
	it('are {action, id, external_id} in g1, or the row when the switch says so', async () => {
		await eryxon.reset('g1');
		const item = await valid('jobs', 'X-1');
		const { data } = await eryxon.sync('jobs', item);
		expect(data).toEqual({ action: 'created', id: (await eryxon.row('jobs', 'X-1')).id, external_id: 'X-1' });
		await eryxon.control('switches', { syncAnswer: 'row' });
		expect((await eryxon.sync('jobs', item)).data).toMatchObject({ action: 'updated', job: { job_number: 'X-1' } });
	});

	it.each(['g2', 'g3'] as const)(
		'carry the whole row in %s, with the hash of the body and the time',
		async (dialect) => {
			await eryxon.reset(dialect);
			const { data } = await eryxon.sync('jobs', { ...key('X-1'), job_number: 'X-1' });
			expect(data.job).toMatchObject({
				...key('X-1'),
				status: 'not_started',
				deleted_at: null,
				delivery_country: 'NL',
			});
			// printf '{"external_id":"X-1","external_source":"ERP","job_number":"X-1"}' | sha256sum | cut -c1-32
			expect(object(data.job).sync_hash).toBe('8f1f9c7eced3aa90c965dfe0fd708e61');
			expect(Date.parse(String(object(data.job).synced_at))).toBeGreaterThan(Date.now() - 60_000);
		},
	);
});

describe('bulk answers with bad records among good ones', () => {
	const mixed = async (): Promise<Json[]> => {
		const good = await valid('parts', 'P-1');
		const noMaterial = { ...good, ...key('P-2'), part_number: 'P-2', material: undefined };
		return [good, noMaterial, { ...good, ...key('P-3') }, { ...good, external_id: undefined, part_number: 'P-4' }];
	};

	it('g1: one result per record, in order, with its own error', async () => {
		await eryxon.reset('g1');
		const { data } = await eryxon.bulk('parts', await mixed());
		expect(data).toMatchObject({ total: 4, created: 2, updated: 0, errors: 2 });
		expect(objects(data.results)).toEqual([
			{ external_id: 'P-1', id: (await eryxon.row('parts', 'P-1')).id, action: 'created' },
			{ external_id: 'P-2', id: (await eryxon.row('parts', 'P-2')).id, action: 'created' },
			{ external_id: 'P-3', action: 'error', error: expect.stringContaining('duplicate key') as string },
			{ external_id: null, action: 'error', error: 'external_id is required for sync operations' },
		]);
		expect((await eryxon.row('parts', 'P-2')).material).toBe('Unknown');
	});

	it('g2: counts what the database refused as created, and stores only the good ones', async () => {
		await eryxon.reset('g2');
		const { data } = await eryxon.bulk('parts', await mixed());
		expect(data.results).toMatchObject({ created: 3, updated: 0, failed: 1 });
		expect((await eryxon.rows('parts')).filter((row) => row.external_source === 'ERP')).toHaveLength(1);
	});

	it('g2 with the fault repaired, and g3: counters and the refused items with their reasons, no ids', async () => {
		for (const dialect of ['g2', 'g3'] as const) {
			await eryxon.reset(dialect);
			await eryxon.control('switches', { silentBulkFailures: false });
			const items = await mixed();
			const { data } = await eryxon.bulk('parts', items);
			const results = object(data.results);
			expect(results).toMatchObject({ created: 1, updated: 0, failed: 3 });
			expect(objects(results.errors).map(({ item }) => object(item).external_id)).toEqual(['P-2', 'P-3', undefined]);
			expect(objects(results.errors)[0].error).toContain('null value in column "material"');
			expect(data.total).toBe(4);
		}
	});

	it('g3: names the findings of a job that its validator refused', async () => {
		await eryxon.reset('g3');
		const { data } = await eryxon.bulk('jobs', [{ ...key('J-1') }, { ...key('J-2'), job_number: 'J-2' }]);
		const [{ error }] = objects(object(data.results).errors);
		expect(objects(error)).toMatchObject([{ field: 'job_number', constraint: 'NOT_NULL', entityType: 'job' }]);
	});

	it('later generations take "items" too, the first does not', async () => {
		const items = [{ ...key('J-1'), job_number: 'J-1' }];
		for (const [dialect, status] of [
			['g1', 400],
			['g2', 200],
			['g3', 200],
		] as const) {
			await eryxon.reset(dialect);
			expect((await eryxon.post('api-jobs/bulk-sync', { items })).status).toBe(status);
		}
	});

	it('g1 takes 100 cells in one call and no more', async () => {
		await eryxon.reset('g1');
		const cells = Array.from({ length: 101 }, (_, n) => ({ ...key(`C-${n}`), name: `C ${n}` }));
		expect((await eryxon.bulk('cells', cells)).status).toBe(400);
		expect((await eryxon.bulk('cells', cells.slice(1))).status).toBe(200);
	});
});

describe('documented names and parents', () => {
	it('g1 finds jobs and parts by external id and cells by name, and takes a nested job', async () => {
		await eryxon.reset('g1');
		await eryxon.sync('jobs', {
			...key('SO-1'),
			job_number: 'SO-1',
			customer_name: 'Northwind',
			description: 'urgent',
			priority: 5,
			parts: [
				{
					external_id: 'SO-1-1',
					part_number: 'BRACKET',
					operations: [
						{ external_id: 'SO-1-1-10', operation_name: 'Mill', cell_name: 'Machining', estimated_time_minutes: 12 },
						{ external_id: 'SO-1-1-20', operation_name: 'Bend', cell_name: 'No such cell' },
					],
				},
				{ part_number: 'without a key' },
			],
		});
		expect(await eryxon.row('jobs', 'SO-1')).toMatchObject({ customer: 'Northwind', notes: 'urgent', priority: 5 });
		expect(await eryxon.row('operations', 'SO-1-1-10')).toMatchObject({ estimated_time: 12, external_source: 'ERP' });
		expect(await eryxon.rows('parts')).toHaveLength(2);
		expect(await eryxon.rows('operations')).toHaveLength(4);
		const part = { ...key('P-9'), part_number: 'P-9', job_external_id: 'SO-1' };
		expect((await eryxon.sync('parts', part)).status).toBe(201);
		const elsewhere = { ...part, ...key('P-10', 'Other'), part_number: 'P-10' };
		expect((await eryxon.sync('parts', elsewhere)).error.message).toBe('job with external_id "SO-1" not found');
		expect((await eryxon.bulk('parts', [elsewhere])).data.created).toBe(1);
	});

	it('g1 resets what an update leaves out', async () => {
		await eryxon.reset('g1');
		const item = { ...(await valid('parts', 'P-1')), quantity: 8 };
		await eryxon.sync('parts', item);
		const { quantity: _quantity, material: _material, ...rest } = item as Json;
		await eryxon.sync('parts', rest);
		expect(await eryxon.row('parts', 'P-1')).toMatchObject({ quantity: 1, material: 'Unknown' });
	});

	it.each(['g2', 'g3'] as const)('%s merges only what is sent', async (dialect) => {
		await eryxon.reset(dialect);
		const item = { ...(await valid('parts', 'P-1')), quantity: 8 };
		await eryxon.sync('parts', item);
		await eryxon.sync('parts', { ...key('P-1'), notes: 'rush' });
		expect(await eryxon.row('parts', 'P-1')).toMatchObject({ quantity: 8, material: 'Steel', notes: 'rush' });
	});

	it.each([
		['g2', 500, "Failed to sync parts: Could not find the 'job_external_id' column of 'parts' in the schema cache"],
		['g3', 400, 'Field job_external_id is not writable'],
	] as const)('%s answers %i to a field that is no column', async (dialect, status, message) => {
		await eryxon.reset(dialect);
		const { job_id: _id, ...item } = await valid('parts', 'P-1');
		expect(await eryxon.sync('parts', { ...item, job_external_id: 'SO-1' })).toMatchObject({
			status,
			error: { message },
		});
	});

	it.each([
		['g2', 500, 'violates foreign key constraint "parts_job_id_fkey"'],
		['g3', 400, 'job_id does not reference a record in this tenant'],
	] as const)('%s answers %i to a parent that does not exist', async (dialect, status, message) => {
		await eryxon.reset(dialect);
		const item = { ...(await valid('parts', 'P-1')), job_id: '00000000-0000-4000-8000-000000000000' };
		const answer = await eryxon.sync('parts', item);
		expect(answer.status).toBe(status);
		expect(answer.error.message).toContain(message);
	});

	it('g3 refuses a parent id that is no UUID, g3 also an operation status', async () => {
		await eryxon.reset('g3');
		const part = { ...(await valid('parts', 'P-1')), job_id: 'SO-1' };
		expect((await eryxon.sync('parts', part)).error.message).toContain('must be a UUID');
		const operation = { ...(await valid('operations', 'O-1')), status: 'completed' };
		expect((await eryxon.sync('operations', operation)).error.message).toContain('Field status is not writable');
	});

	it('g2 without the column sync_hash fails for cells alone and counts them as created in bulk', async () => {
		await eryxon.reset('g2');
		expect((await eryxon.sync('cells', await valid('cells', 'C-1'))).status).toBe(500);
		expect((await eryxon.bulk('cells', [await valid('cells', 'C-1')])).data.results).toMatchObject({
			created: 1,
			failed: 0,
		});
		expect(await eryxon.rows('cells')).toHaveLength(4);
		expect((await eryxon.sync('jobs', await valid('jobs', 'J-1'))).status).toBe(201);
	});
});

describe('a soft-deleted key', () => {
	it.each(['g2', 'g3'] as const)(
		'%s cannot be created again: the sync does not see it, the unique index does',
		async (dialect) => {
			await eryxon.reset(dialect);
			const item = await valid('jobs', 'J-1');
			const { data } = await eryxon.sync('jobs', item);
			await eryxon.call('DELETE', `api-jobs?id=${String(object(data.job).id)}`);
			const again = await eryxon.sync('jobs', item);
			expect(again).toMatchObject({ status: 500, error: { code: 'INTERNAL_ERROR' } });
			expect(again.error.message).toContain('duplicate key value violates unique constraint');
			const bulk = object((await eryxon.bulk('jobs', [item])).data.results);
			expect(bulk).toMatchObject(dialect === 'g2' ? { created: 1, failed: 0 } : { created: 0, failed: 1 });
			expect((await eryxon.rows('jobs')).filter((row) => row.deleted_at === null)).toHaveLength(1);
		},
	);

	it('is free again where the database was built so', async () => {
		await eryxon.reset('g3');
		await eryxon.control('switches', { deletedKeys: 'free' });
		const item = await valid('jobs', 'J-1');
		const { data } = await eryxon.sync('jobs', item);
		await eryxon.call('DELETE', `api-jobs?id=${String(object(data.job).id)}`);
		expect((await eryxon.sync('jobs', item)).status).toBe(201);
	});

	it('g1 removes the row, so the key can be used again', async () => {
		await eryxon.reset('g1');
		const item = await valid('jobs', 'J-1');
		const { data } = await eryxon.sync('jobs', item);
		await eryxon.call('DELETE', `api-jobs?id=${String(data.id)}`);
		expect((await eryxon.sync('jobs', item)).status).toBe(201);
	});
});

it('stores 10,000 parts in bulks of 1,000 and finds each of them again', async () => {
	await eryxon.reset('g3');
	const job_id = await eryxon.seeded('jobs');
	const part = (n: number): Json => ({ ...key(`P-${n}`), part_number: `P-${n}`, job_id, material: 'Steel' });
	for (const action of ['created', 'updated']) {
		for (let chunk = 0; chunk < 10; chunk += 1) {
			const { data } = await eryxon.bulk(
				'parts',
				Array.from({ length: 1000 }, (_, n) => part(chunk * 1000 + n)),
			);
			expect(object(data.results)[action]).toBe(1000);
		}
	}
	const { data } = await eryxon.get('api-parts?limit=1000&offset=9500&sort=part_number&order=asc');
	expect(data.pagination).toEqual({ total: 10_001, offset: 9500, limit: 1000 });
	expect(objects(data.parts)).toHaveLength(501);
}, 60_000);
