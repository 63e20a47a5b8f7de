import { object, objects, type Json, type Profile, type Server } from './server.mts';

/** One thing that a real Eryxon shows, and the double has to show as well. */
export interface Fact {
	name: string;
	/** Versions it holds for; all when absent. */
	holds?: (profile: Profile) => boolean;
	check: (eryxon: Server) => Promise<void>;
}

const boots = ({ boots: all }: Profile): boolean => all;
const generic = ({ generation }: Profile): boolean => generation === 'generic';
const strict = ({ generation }: Profile): boolean => generation === 'strict';

const resultsOf = (data: Json, plural: string): Json[] => objects(object(object(data.entities)[plural]).results);
const recordsOf = (data: Json, plural: string): Json[] => objects(object(object(data.entities)[plural]).records);

async function erpSync(eryxon: Server, plural: string, records: Json[], options: Json = {}): Promise<Json[]> {
	return resultsOf((await eryxon.post('api-erp-sync/sync', { [plural]: records, options })).data, plural);
}

/** Whatever order a page has, the unique sort shows each row once. */
async function readAll(eryxon: Server, path: string, size: number): Promise<{ ids: Set<unknown>; total: number }> {
	const ids = new Set<unknown>();
	for (let offset = 0; ; offset += size) {
		const answer = await eryxon.get(`${path}&limit=${size}&offset=${offset}`);
		const rows = eryxon.rows(answer);
		for (const { id } of rows) ids.add(id);
		const total = Number(object(answer.data.pagination).total);
		if (rows.length < size) return { ids, total };
	}
}

const erpSyncFacts: Fact[] = [
	{
		name: 'the ERP sync stores a fixed list of columns of a new part and drops the others, and skips the same payload from then on',
		holds: boots,
		check: async (eryxon) => {
			const job = await eryxon.job();
			const part: Json = {
				...eryxon.key(),
				job_id: job.id,
				part_number: eryxon.name(),
				material: 'Steel',
				quantity: 4,
				status: 'on_hold',
				drawing_no: 'D-1',
				cnc_program_name: 'O1234',
				weight_kg: 2.5,
				is_bullet_card: true,
				material_lot: 'L-1',
				file_paths: ['a.step'],
			};
			const [made] = await erpSync(eryxon, 'parts', [part]);
			expect(made).toMatchObject({ external_id: part.external_id, action: 'created' });
			expect(await eryxon.stored('api-parts', made.id, { material: 'Steel' })).toMatchObject({
				material: 'Steel',
				quantity: 4,
				status: 'on_hold',
				drawing_no: null,
				cnc_program_name: null,
				weight_kg: null,
				is_bullet_card: false,
				material_lot: null,
				file_paths: null,
			});
			expect(await erpSync(eryxon, 'parts', [part])).toMatchObject([{ action: 'skipped', id: made.id }]);
		},
	},
	{
		name: 'an update by the ERP sync puts "Unknown" and 1 in the place of material and quantity, and ignores the status',
		holds: boots,
		check: async (eryxon) => {
			const part = await eryxon.part({ quantity: 7 });
			const { external_id, external_source, job_id, part_number } = part;
			const again = { external_id, external_source, job_id, part_number, status: 'completed', notes: 'n' };
			expect(await erpSync(eryxon, 'parts', [again])).toMatchObject([{ action: 'updated', id: part.id }]);
			expect(await eryxon.stored('api-parts', part.id, { notes: 'n' })).toMatchObject({ material: 'Unknown', quantity: 1, status: 'not_started' });
		},
	},
	{
		name: 'an update by the ERP sync makes a resource in maintenance available and active again',
		holds: ({ syncHash }) => syncHash,
		check: async (eryxon) => {
			const resource = { ...eryxon.key(), name: eryxon.name(), type: 'tooling', status: 'maintenance', active: false };
			const [made] = await erpSync(eryxon, 'resources', [resource]);
			const { status: _status, active: _active, ...rest } = resource;
			await erpSync(eryxon, 'resources', [{ ...rest, location: 'Hall 2' }]);
			expect(await eryxon.stored('api-resources', made.id, { type: 'tooling' })).toMatchObject({ status: 'available', active: true, location: 'Hall 2' });
		},
	},
	{
		name: 'the ERP sync cannot create a job, since it writes a priority that the table does not have, and updates an existing one',
		holds: generic,
		check: async (eryxon) => {
			const fresh = { ...eryxon.key(), job_number: eryxon.name() };
			expect(await erpSync(eryxon, 'jobs', [fresh])).toMatchObject([{ action: 'error', error: expect.stringContaining("'priority' column of 'jobs'") as string }]);
			const job = await eryxon.job();
			const { external_id, external_source, job_number } = job;
			expect(await erpSync(eryxon, 'jobs', [{ external_id, external_source, job_number, customer: 'Contoso' }])).toMatchObject([{ action: 'updated', id: job.id }]);
			const { data } = await eryxon.post('api-erp-sync/diff', { jobs: [{ external_id, external_source, job_number, customer: 'Contoso' }] });
			expect(recordsOf(data, 'jobs')).toMatchObject([{ status: 'create' }]);
		},
	},
	{
		name: 'after a bulk sync the ERP sync of the same payload skips what is stored, with its ID',
		check: async (eryxon) => {
			const jobs = [0, 1, 2].map(() => ({ customer: 'Acme', ...eryxon.key(), job_number: eryxon.name() })).map(sorted);
			await eryxon.post('api-jobs/bulk-sync', { jobs });
			const results = await erpSync(eryxon, 'jobs', jobs, { record_history: false });
			expect(results.map(({ action, external_id }) => [action, external_id])).toEqual(jobs.map(({ external_id }) => ['skipped', external_id]));
			for (const { id } of results) await eryxon.call('DELETE', `api-jobs?id=${String(id)}`);
		},
	},
	{
		name: 'one bad record makes every new record of the call fail with its reason',
		holds: boots,
		check: async (eryxon) => {
			const job_id = (await eryxon.job()).id;
			const part_number = eryxon.name();
			const twins = [0, 1].map(() => ({ ...eryxon.key(), job_id, part_number, material: 'Steel' }));
			const results = await erpSync(eryxon, 'parts', [...twins, { ...eryxon.key(), job_id, part_number: eryxon.name(), material: 'Steel' }]);
			expect(results.map(({ action, error }) => [action, /duplicate key value violates unique constraint/.test(String(error))])).toEqual([0, 1, 2].map(() => ['error', true]));
		},
	},
	{
		name: 'the ERP sync takes the external ID of the job for parts, of the source of the first part',
		holds: boots,
		check: async (eryxon) => {
			const job = await eryxon.job();
			const parts = [job.external_id, `${eryxon.mark}-none`].map((job_external_id) => ({ ...eryxon.key(), part_number: eryxon.name(), material: 'Steel', quantity: 1, job_external_id }));
			const { data } = await eryxon.post('api-erp-sync/diff', { parts });
			expect(recordsOf(data, 'parts')).toMatchObject([{ status: 'create' }, { status: 'error', error: `Job with external_id "${eryxon.mark}-none" not found` }]);
			const results = await erpSync(eryxon, 'parts', parts);
			expect(results).toMatchObject([{ action: 'error', error: 'job_id or valid job_external_id required' }, { action: 'created' }]);
			expect((await eryxon.stored('api-parts', results[1].id, { material: 'Steel' })).job_id).toBe(job.id);
		},
	},
	{
		name: 'answers in the texts of the vendor: missing fields, summary, history and its numbers',
		check: async (eryxon) => {
			const { data } = await eryxon.post('api-erp-sync/sync', { jobs: [{ job_number: 'x' }], resources: [{ ...eryxon.key() }] });
			expect(resultsOf(data, 'jobs')).toMatchObject([{ external_id: 'unknown', action: 'error', error: 'Missing required fields' }]);
			expect(resultsOf(data, 'resources')).toMatchObject([{ error: 'Missing required fields (external_id, external_source, name, type)' }]);
			expect(data.summary).toMatchObject({ total_entities: 2, total_records: 2, total_created: 0, total_updated: 0, total_skipped: 0, total_errors: 2 });
			const preview = await eryxon.post('api-erp-sync/diff', { jobs: [{ job_number: 'x' }, eryxon.key()], resources: [eryxon.key()] });
			expect(recordsOf(preview.data, 'jobs')).toMatchObject([{ error: 'external_id and external_source are required' }, { error: 'job_number is required' }]);
			expect(recordsOf(preview.data, 'resources')).toMatchObject([{ error: 'name and type are required' }]);
			expect(object(object(preview.data.entities).jobs).entity_type).toBe('jobs');
			const status = await eryxon.get('api-erp-sync/status?entity_type=jobs&limit=1');
			expect(objects(status.data.history)).toMatchObject([{ source: 'api_erp_sync', entity_type: 'jobs', status: 'failed', error_count: 1 }]);
			expect(status.data.stats).toMatchObject({ total_syncs: 1, successful: 0, failed: 1, total_created: 0, total_updated: 0, total_errors: 1 });
		},
	},
];

const syncFacts: Fact[] = [
	{
		name: 'cells, operations and resources cannot be synced, since their tables lack sync_hash, and a bulk counts them as created',
		holds: ({ syncHash }) => !syncHash,
		check: async (eryxon) => {
			const cell = { ...eryxon.key(), name: eryxon.name(), sequence: 900 };
			const reason = (plural: string) => `Failed to sync ${plural}: Could not find the 'sync_hash' column of '${plural}' in the schema cache`;
			expect(await eryxon.call('PUT', 'api-cells/sync', cell)).toMatchObject({ status: 500, message: reason('cells') });
			expect((await eryxon.post('api-cells/bulk-sync', { cells: [cell] })).data.results).toMatchObject({ created: 1, failed: 0, errors: [] });
			expect(eryxon.rows(await eryxon.get(`api-cells?search=${cell.name}`))).toEqual([]);
			const resource = { ...eryxon.key(), name: eryxon.name(), type: 'tooling' };
			expect(await eryxon.call('PUT', 'api-resources/sync', resource)).toMatchObject({ status: 500, message: reason('resources') });
			expect(await erpSync(eryxon, 'resources', [resource])).toMatchObject([{ action: 'error', error: expect.stringContaining("'sync_hash' column of 'resources'") as string }]);
		},
	},
	{
		name: 'all five kinds can be synced, one by one and in bulk',
		holds: ({ syncHash, boots: all }) => syncHash && all,
		check: async (eryxon) => {
			const [part, cell] = [await eryxon.part(), await eryxon.cell()];
			const bodies: Record<string, Json> = {
				cells: { name: eryxon.name(), sequence: 901 },
				jobs: { job_number: eryxon.name() },
				operations: { operation_name: 'Cut', part_id: part.id, cell_id: cell.id, sequence: 1, estimated_time: 5 },
				parts: { part_number: eryxon.name(), job_id: part.job_id, material: 'Steel' },
				resources: { name: eryxon.name(), type: 'tooling' },
			};
			for (const [plural, body] of Object.entries(bodies)) {
				const record = { ...eryxon.key(), ...body };
				const made = await eryxon.call('PUT', `api-${plural}/sync`, record);
				expect([plural, made.status, made.data.action]).toEqual([plural, 201, 'created']);
				expect((await eryxon.post(`api-${plural}/bulk-sync`, { [plural]: [record] })).data.results).toMatchObject({ created: 0, updated: 1, failed: 0 });
			}
		},
	},
	{
		name: 'the way round: a POST with the external key creates, a repeat is a duplicate, and a PATCH by ID shows whose record it is',
		check: async (eryxon) => {
			const key = eryxon.key();
			const cell = { ...key, name: eryxon.name(), sequence: 900 };
			const made = await eryxon.post('api-cells', cell);
			expect([made.status, eryxon.row(made)]).toMatchObject([201, key]);
			expect(await eryxon.post('api-cells', cell)).toMatchObject({ status: 500, message: expect.stringMatching(/^Failed to create cells: duplicate key value violates unique constraint/) as string });
			expect(await eryxon.stored('api-cells', eryxon.row(made).id, { name: cell.name })).toMatchObject(key);
			expect(eryxon.rows(await eryxon.get(`api-cells?search=${cell.name}`))[0]).not.toHaveProperty('external_id');
			const resource: Json = { ...eryxon.key(), name: eryxon.name(), type: 'tooling', location: 'Hall 1' };
			await eryxon.post('api-resources', resource);
			const listed = await eryxon.get(`api-resources?external_source=${eryxon.mark}&external_id=${resource.external_id as string}`);
			expect(eryxon.rows(listed)).toMatchObject([resource]);
		},
	},
	{
		name: 'what the database refuses in a bulk is counted as created up to 0.9, and named from 0.10 on',
		check: async (eryxon) => {
			const job_number = eryxon.name();
			const jobs = [0, 1].map(() => ({ ...eryxon.key(), job_number }));
			const { data } = await eryxon.post('api-jobs/bulk-sync', { jobs });
			const results = object(data.results);
			if (generic(eryxon.profile)) expect(results).toMatchObject({ created: 2, failed: 0, errors: [] });
			else expect(results).toMatchObject({ created: 1, failed: 1, errors: [{ item: jobs[1] }] });
			const rows = eryxon.rows(await eryxon.get(`api-jobs?job_number=${job_number}`));
			expect(rows).toHaveLength(1);
			await eryxon.call('DELETE', `api-jobs?id=${String(rows[0].id)}`);
		},
	},
	{
		name: 'refuses a record without its key and a body without a list, in the texts of the vendor',
		check: async (eryxon) => {
			expect(await eryxon.call('PUT', 'api-jobs/sync', { job_number: 'x' })).toMatchObject({ status: 400, message: 'external_id is required for sync operations' });
			expect(await eryxon.post('api-jobs/bulk-sync', {})).toMatchObject({ status: 400, message: 'Request body must contain either "items" array or "jobs" array' });
			expect(await eryxon.post('api-jobs/bulk-sync', { jobs: Array.from({ length: 1001 }, () => ({})) })).toMatchObject({ status: 400, message: 'Maximum 1000 items per bulk-sync request' });
		},
	},
];

const listFacts: Fact[] = [
	{
		name: 'a list in pages is complete in the order of created_at, and its total is right',
		check: async (eryxon) => {
			const cells: unknown[] = [];
			for (let count = 0; count < 7; count += 1) cells.push((await eryxon.cell()).id);
			const { ids, total } = await readAll(eryxon, `api-cells?search=${eryxon.mark}&sort=created_at&order=asc`, 3);
			expect(ids.size).toBe(total);
			for (const id of cells) expect(ids).toContain(id);
		},
	},
	{
		name: "a known sort without a direction takes the list's own: jobs descending, cells ascending",
		check: async (eryxon) => {
			const numbers: unknown[] = [];
			for (let count = 0; count < 3; count += 1) numbers.push((await eryxon.job()).job_number);
			const listed = async (query: string) => eryxon.rows(await eryxon.get(`api-jobs?search=${eryxon.mark}&${query}`)).map(({ job_number }) => job_number).filter((each) => numbers.includes(each));
			const ascending = [...numbers].sort();
			expect(await listed('sort=job_number')).toEqual([...ascending].reverse());
			expect(await listed('sort=job_number&order=asc')).toEqual(ascending);
			// An unknown sort is the list's own, whatever its direction.
			expect(await listed('sort=nothing&order=asc')).toEqual([...numbers].reverse());
		},
	},
	{
		name: 'an empty filter is a value: 500 for an enum, and nothing for a text',
		check: async (eryxon) => {
			expect(await eryxon.get('api-jobs?status=')).toMatchObject({ status: 500, message: expect.stringContaining('invalid input value for enum') as string });
			expect(eryxon.rows(await eryxon.get('api-resources?type='))).toEqual([]);
		},
	},
	{
		name: 'an offset beyond the end is a range that cannot be satisfied (500)',
		check: async (eryxon) => {
			await eryxon.cell();
			expect(await eryxon.get('api-cells?offset=100000')).toMatchObject({ status: 500, message: 'Failed to fetch cells: Requested range not satisfiable' });
		},
	},
	{
		name: 'a list of operations shows cell and part but no setup time and no notes',
		holds: boots,
		check: async (eryxon) => {
			const [part, cell] = [await eryxon.part(), await eryxon.cell()];
			await eryxon.post('api-operations', { operation_name: 'Cut', part_id: part.id, cell_id: cell.id, sequence: 1, estimated_time: 5, setup_time: 2, ...eryxon.key() });
			const [row] = eryxon.rows(await eryxon.get(`api-operations?part_id=${String(part.id)}`));
			expect(row).toMatchObject({ part_id: part.id, cell_id: cell.id, cell: { id: cell.id }, part: { id: part.id, job: { id: part.job_id } } });
			for (const hidden of ['external_id', 'setup_time', 'notes', 'metadata']) expect(row).not.toHaveProperty(hidden);
		},
	},
	{
		name: 'quantities are listed by time and job, and ignore paging up to 0.9',
		holds: boots,
		check: async (eryxon) => {
			const [part, cell] = [await eryxon.part(), await eryxon.cell()];
			const operation = eryxon.row(await eryxon.post('api-operations', { operation_name: 'Cut', part_id: part.id, cell_id: cell.id, sequence: 1, estimated_time: 5 }));
			for (const day of [1, 2, 3]) {
				const made = await eryxon.post('api-operation-quantities', { operation_id: operation.id, quantity_produced: day + 1, quantity_good: day, quantity_scrap: 1, recorded_at: `2026-03-0${day}T08:00:00Z` });
				expect(made.status).toBe(201);
			}
			const listed = async (query: string) => eryxon.rows(await eryxon.get(`api-operation-quantities?job_id=${String(part.job_id)}&${query}`));
			expect((await listed('')).map(({ quantity_good: good }) => good)).toEqual([3, 2, 1]);
			expect((await listed('from_date=2026-03-02T00:00:00Z&to_date=2026-03-02T23:00:00Z')).map(({ quantity_good: good }) => good)).toEqual([2]);
			expect(await listed('limit=1&offset=1')).toHaveLength(generic(eryxon.profile) ? 3 : 1);
			expect((await listed('limit=1'))[0]).toMatchObject({ quantity_scrap: 1, operation: { part: { job: { id: part.job_id } } } });
		},
	},
];

const valueFacts: Fact[] = [
	{
		name: 'database errors come as 500 with the text of PostgreSQL: not null, NUL, integer out of range',
		holds: boots,
		check: async (eryxon) => {
			const job_id = (await eryxon.job()).id;
			const part = () => ({ job_id, part_number: eryxon.name(), ...eryxon.key() });
			expect(await eryxon.post('api-parts', part())).toMatchObject({ status: 500, message: 'Failed to create part: null value in column "material" of relation "parts" violates not-null constraint' });
			expect(await eryxon.post('api-parts', { ...part(), material: 'a\u0000b' })).toMatchObject({ status: 500, message: 'Failed to create part: unsupported Unicode escape sequence' });
			expect(await eryxon.post('api-parts', { ...part(), material: 'Steel', weight_kg: 1, quantity: 2147483648 })).toMatchObject({ status: expect.any(Number) as number, message: expect.stringMatching(/out of range for type integer|limit exceeded/) as string });
		},
	},
	{
		name: 'new records have the defaults of the schema',
		holds: boots,
		check: async (eryxon) => {
			const cell = await eryxon.cell();
			expect(cell).toMatchObject({ color: null, active: true });
			const part = await eryxon.part();
			expect(part).toMatchObject({ status: 'not_started', is_bullet_card: false, image_paths: [] });
			const job = await eryxon.stored('api-jobs', part.job_id, { notes: null });
			expect(job).toMatchObject({ status: 'not_started', delivery_country: 'NL', package_count: 1 });
			const operation = eryxon.row(await eryxon.post('api-operations', { operation_name: 'Cut', part_id: part.id, cell_id: cell.id, sequence: 1, estimated_time: 5 }));
			expect(operation).toMatchObject({ setup_time: 0, run_time_per_unit: 0, wait_time: 0, changeover_time: 0, actual_time: 0 });
		},
	},
	{
		name: 'a job with parts and operations is created in one call, and what failed stands in warnings',
		holds: boots,
		check: async (eryxon) => {
			const cell = await eryxon.cell();
			const operation = { operation_name: 'Cut', sequence: 1, cell_id: cell.id, estimated_time: 5 };
			const parts = ['Steel', undefined].map((material): Json => ({ ...eryxon.key(), part_number: eryxon.name(), quantity: 1, material, operations: [{ ...operation, ...eryxon.key() }] }));
			const made = await eryxon.post('api-jobs', { job_number: eryxon.name(), ...eryxon.key(), parts });
			expect(made.status).toBe(201);
			expect(eryxon.row(made)).toMatchObject({
				parts: [{ external_id: parts[0].external_id, operations: [{ operation_name: 'Cut' }] }],
				warnings: { failed_parts: 1, failed_operations: 0, details: { parts: [{ error: expect.stringContaining('null value in column "material"') as string }], operations: [] } },
			});
		},
	},
];

const textFacts: Fact[] = [
	{
		name: 'says "Deleted successfully", also of what is not there, and "jobs with ID … not found"',
		check: async (eryxon) => {
			const nobody = '00000000-0000-4000-8000-000000000000';
			expect((await eryxon.call('DELETE', `api-cells?id=${nobody}`)).data).toEqual({ message: 'Deleted successfully' });
			for (const method of ['GET', 'PATCH']) {
				expect(await eryxon.call(method, `api-jobs?id=${nobody}`, method === 'GET' ? undefined : { notes: 'x' })).toMatchObject({ status: 404, message: `jobs with ID ${nobody} not found` });
			}
		},
	},
	{
		name: 'refuses fields and parents by a policy: not writable, no UUID, not in this tenant; a deleted parent is accepted',
		holds: strict,
		check: async (eryxon) => {
			const part = (job_id: unknown) => ({ ...eryxon.key(), part_number: eryxon.name(), material: 'Steel', job_id });
			expect(await eryxon.call('PUT', 'api-jobs/sync', { ...eryxon.key(), job_number: 'x', priority: 1 })).toMatchObject({ status: 400, message: 'Field priority is not writable' });
			expect((await eryxon.call('PUT', 'api-parts/sync', part('SO-1'))).message).toContain('must be a UUID');
			expect((await eryxon.call('PUT', 'api-parts/sync', part('00000000-0000-4000-8000-000000000000'))).message).toContain('does not reference a record in this tenant');
			const job = await eryxon.job();
			await eryxon.call('DELETE', `api-jobs?id=${String(job.id)}`);
			expect((await eryxon.call('PUT', 'api-parts/sync', part(job.id))).status).toBe(201);
		},
	},
	{
		name: 'a function that is not there is answered by the platform, not in the envelope: 404, or 500 in Docker',
		check: async (eryxon) => {
			const { status, body } = await eryxon.get('api-nothing-of-this-name');
			expect([404, 500]).toContain(status);
			expect(body).not.toHaveProperty('success');
			if (status === 500) expect(String(body.msg)).toContain('InvalidWorkerCreation');
		},
	},
	{
		name: 'api-parts, api-batches and api-issues do not start (503 BOOT_ERROR), and operations cannot be listed',
		holds: ({ boots: all }) => !all,
		check: async (eryxon) => {
			for (const name of ['api-parts', 'api-batches', 'api-issues']) expect(await eryxon.get(`${name}?limit=1`)).toMatchObject({ status: 503, body: { code: 'BOOT_ERROR' } });
			expect(await eryxon.get('api-operations?limit=1')).toMatchObject({ status: 500, message: expect.stringContaining('operations.started_at') as string });
		},
	},
	{
		name: 'an operation is started, paused, resumed and completed, and refused in a state that does not allow it',
		holds: boots,
		check: async (eryxon) => {
			const [part, cell] = [await eryxon.part(), await eryxon.cell()];
			const { id } = eryxon.row(await eryxon.post('api-operations', { operation_name: 'Cut', part_id: part.id, cell_id: cell.id, sequence: 1, estimated_time: 5 }));
			const step = async (name: string) => await eryxon.post(`api-operation-lifecycle/${name}?id=${String(id)}`, {});
			expect((await step('pause')).status).toBe(strict(eryxon.profile) ? 409 : 400);
			for (const [name, status] of [['start', 'in_progress'], ['pause', 'on_hold'], ['resume', 'in_progress'], ['complete', 'completed']] as const) {
				expect((await step(name)).data).toMatchObject({ new_status: status, operation: { id, status } });
			}
		},
	},
];

export const FACTS: readonly Fact[] = [...erpSyncFacts, ...syncFacts, ...listFacts, ...valueFacts, ...textFacts];

/** The same object with its keys in alphabetical order, as both hashes of Eryxon then agree. */
function sorted(record: Json): Json {
	return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
