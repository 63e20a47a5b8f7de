import { DIALECTS } from '../kit/double.mts';
import { go, partOf, pathsOf, seedPlant } from '../kit/go.mts';
import { useDouble } from '../kit/useDouble.mts';

const double = useDouble();
const of = (mode: string, value: string) => ({ record: { mode, value } });

describe.each(DIALECTS)('single records in %s', (dialect) => {
	beforeEach(async () => await double().reset(dialect));

	it('sync: creates, then updates the same record', async () => {
		const first = await go(double(), 'resource', 'sync', [{ external_id: 'R-1', name: 'Clamp 77', type: 'tooling' }]);
		const again = await go(double(), 'resource', 'sync', [{ external_id: 'R-1', name: 'Clamp 77', type: 'fixture' }]);
		expect([first.json[0].action, again.json[0].action]).toEqual(['created', 'updated']);
		expect(again.json[0].id).toBe(first.json[0].id);
		expect(['answer', 'row']).toContain(again.json[0].confirmed_by);
	});

	it('two sources may use one key', async () => {
		const run = await go(double(), 'job', 'sync', [
			{ external_id: 'X', external_source: 'SAP', job_number: 'S-1' },
			{ external_id: 'X', external_source: 'Odoo', job_number: 'O-1' },
		]);
		expect(new Set(run.json.map(({ id }) => id)).size).toBe(2);
	});

	it('get, by ID and by number', async () => {
		const { jobId } = await seedPlant(double());
		expect((await go(double(), 'job', 'get', [{}], of('id', jobId))).json[0]).toMatchObject({ id: jobId, job_number: 'N-1' });
		expect((await go(double(), 'job', 'get', [{}], of('number', 'N-1'))).json[0].id).toBe(jobId);
		expect((await go(double(), 'job', 'get', [{}], of('number', 'N-'))).error?.message).toContain("Eryxon has no job 'N-'");
	});

	it('get, by external ID where the API can find it', async () => {
		await seedPlant(double(), 1);
		expect((await go(double(), 'part', 'get', [{}], of('externalId', 'P-0'))).json[0]).toMatchObject({ part_number: 'PN-0' });
		expect((await go(double(), 'part', 'get', [{}], of('externalId', 'P-9'))).error?.message).toContain("no part with the external ID 'P-9' of 'ERP'");
	});

	it('update changes what is given and leaves the rest', async () => {
		const { jobId } = await seedPlant(double());
		const run = await go(double(), 'job', 'update', [{ customer: 'New owner' }], of('number', 'N-1'));
		expect(run.error).toBeUndefined();
		const row = (await double().records('jobs')).find(({ id }) => id === jobId);
		expect(row).toMatchObject({ customer: 'New owner', job_number: 'N-1', external_id: 'SO-1' });
		expect((await go(double(), 'job', 'update', [{ nothing: 1 }], of('number', 'N-1'))).error?.message).toContain("'Fields' contain nothing to change");
	});

	it('delete says whether there was something to delete', async () => {
		const { jobId } = await seedPlant(double());
		expect((await go(double(), 'job', 'delete', [{}], of('id', jobId))).json).toEqual([{ deleted: true, id: jobId }]);
		expect((await go(double(), 'job', 'delete', [{}], of('id', jobId))).error?.message).toContain('Eryxon has no job with the ID');
		expect((await go(double(), 'job', 'delete', [{}], { ...of('id', jobId), options: { ignoreIfNotFound: true } })).json).toEqual([{ deleted: false, id: jobId }]);
	});

	it('get many reads beyond the first 1,000, each record once', async () => {
		const jobs = Array.from({ length: 1150 }, (_, index) => ({ external_id: `J-${index}`, job_number: `J-${index}` }));
		await go(double(), 'job', 'bulkSync', jobs, { options: { confirm: 'off', chunkSize: 1000 } });
		const run = await go(double(), 'job', 'getAll', [{}], { returnAll: true });
		const inside = await double().records('jobs');
		expect(run.json).toHaveLength(inside.length);
		expect(new Set(run.json.map(({ id }) => id)).size).toBe(inside.length);
		expect((await go(double(), 'job', 'getAll', [{}], { limit: 7 })).json).toHaveLength(7);
	});

	it('a parent that the list filter finds several times over is still found exactly', async () => {
		await go(double(), 'job', 'bulkSync', ['N-1', 'N-10', 'N-100'].map((number) => ({ external_id: number, job_number: number })));
		const run = await go(double(), 'part', 'sync', [partOf(0)]);
		const jobs = await double().records('jobs');
		const part = (await double().records('parts')).find(({ external_id: key }) => key === 'P-0');
		expect(run.error).toBeUndefined();
		expect(part?.job_id).toBe(jobs.find(({ job_number: number }) => number === 'N-1')?.id);
	});

	it('a cell name that two cells have is an error that lists both', async () => {
		await seedPlant(double(), 1);
		await go(double(), 'cell', 'sync', [{ external_id: 'WC-2', name: 'Laser 9', sequence: 92 }]);
		const run = await go(double(), 'operation', 'sync', [{ external_id: 'O', operation_name: 'Cut', part_number: 'PN-0', cell_name: 'Laser 9', sequence: 1, estimated_time: 3 }]);
		expect(run.error?.message).toMatch(/'cell_name' is Laser 9, which 2 records have: Laser 9, ID .+; Laser 9, ID .+ \[Item 0\]/);
		expect(run.error?.description).toContain("Name the cell by 'cell_id'");
	});

	it('a refused key is told as such, and is in no error', async () => {
		const access = { ...double().access, apiKey: 'ery_live_ffffffffffffffffffffffffffffffff' };
		const run = await go(double(), 'job', 'getAll', [{}], {}, { credential: access });
		expect(run.error?.message).toContain('Eryxon refused the API key');
		expect(run.stored).not.toContain(access.apiKey);
	});

	it('custom call reaches any function, and no other server', async () => {
		const run = await go(double(), 'customCall', 'send', [{}], { method: 'GET', path: '/functions/v1/api-materials' });
		expect(run.json[0]).toHaveProperty('materials');
		for (const path of ['https://example.com/x', '../admin', 'api-jobs?id=1', ' / ']) {
			expect((await go(double(), 'customCall', 'send', [{}], { method: 'GET', path })).error?.message).toMatch(/^'Path' is/);
		}
	});
});

describe('nothing is written', () => {
	it('when one of several records cannot be sent and the run is to stop', async () => {
		const run = await go(double(), 'job', 'sync', [{ external_id: 'A', job_number: '1' }, { job_number: '2' }]);
		expect(run.error?.message).toBe("'external_id' is missing [Item 1]");
		expect((await pathsOf(double())).filter((path) => path.startsWith('PUT'))).toEqual([]);
	});
});

describe('messages', () => {
	it('of the database come with what a new record needs', async () => {
		await seedPlant(double());
		const run = await go(double(), 'part', 'sync', [{ external_id: 'P', part_number: 'PN', job_number: 'N-1' }]);
		expect(run.error?.description).toContain('A new part needs: material');
		expect(run.error?.description).toMatch(/Request ID .+/);
	});

	it('of the plan tell what is used up', async () => {
		await double().control('POST', 'switches', { jobLimit: 1 });
		const run = await go(double(), 'customCall', 'send', [{}], { method: 'POST', path: 'api-jobs', body: '{"job_number":"Z"}' });
		expect(run.error?.message).toMatch(/The plan of this workshop has no room for more/);
	});

	it('of a gateway in front are told apart from those of Eryxon', async () => {
		await double().control('POST', 'switches', { gateway401: true });
		const run = await go(double(), 'job', 'getAll', [{}]);
		expect(run.error?.message).toContain('Eryxon refused the API key (HTTP 401): Invalid JWT');
	});

	it('for an address without an Eryxon say what to enter', async () => {
		const run = await go(double(), 'job', 'getAll', [{}], {}, { credential: { ...double().access, baseUrl: `${double().url}/wrong` } });
		expect(run.error?.message).toMatch(/HTTP 404/);
		expect(run.error?.description).toContain("'Base URL'");
		const empty = await go(double(), 'job', 'getAll', [{}], {}, { credential: { ...double().access, baseUrl: 'eryxon' } });
		expect(empty.error?.message).toBe("'eryxon' is not a valid address");
	});

	it('for a search that would break a filter come before the call', async () => {
		const run = await go(double(), 'part', 'getAll', [{}], { filters: { search: 'a,b' } });
		expect(run.error?.message).toContain("'Search' is a,b");
	});
});

it('a number with a comma in it is found by reading the list', async () => {
	await go(double(), 'job', 'sync', [{ external_id: 'J', job_number: 'N,1 (a)' }]);
	const run = await go(double(), 'part', 'sync', [partOf(0, { job_number: 'N,1 (a)' })]);
	expect(run.error).toBeUndefined();
});

it('fields can be mapped one by one', async () => {
	const run = await go(double(), 'job', 'sync', [{ order: 'SO-9' }], {
		fields: { mappingMode: 'defineBelow', value: { external_id: '={{ $json.order }}', job_number: 'N-9', customer: 'Acme' }, matchingColumns: [], schema: [] },
	});
	expect(run.json[0]).toMatchObject({ external_id: 'SO-9', record: { job_number: 'N-9', customer: 'Acme' } });
});

it('columns without a place are named once', async () => {
	const run = await go(double(), 'job', 'bulkSync', [{ external_id: 'A', job_number: '1', Colour: 'red' }, { external_id: 'B', job_number: '2', Colour: 'blue', priority: 3 }]);
	const hints = run.hints.map(({ message }) => message).join('\n');
	expect(hints).toContain("Not sent, because a job in Eryxon has no such field: 'Colour'");
	expect(hints).toContain("Not sent, because this version of Eryxon does not store it: 'priority'");
});
