import { object, useWorkshop, type Answer } from './eryxon-kit.mts';

const eryxon = useWorkshop();

const step = (name: string, id: string, more = ''): Promise<Answer> =>
	eryxon.call('POST', `api-operation-lifecycle/${name}?id=${id}${more}`);

describe.each(['g1', 'g2', 'g3'] as const)('an operation in %s', (dialect) => {
	beforeEach(() => eryxon.reset(dialect));

	it('starts, pauses, resumes and completes, and answers both states', async () => {
		const id = await eryxon.seeded('operations');
		const states: unknown[] = [];
		for (const name of ['start', 'pause', 'resume', 'complete']) {
			const { status, data } = await step(name, id);
			expect([status, data.operation_type]).toEqual([200, name]);
			states.push(data.previous_status, data.new_status);
		}
		expect(states).toEqual([
			'not_started',
			'in_progress',
			'in_progress',
			'on_hold',
			'on_hold',
			'in_progress',
			'in_progress',
			'completed',
		]);
		const [row] = await eryxon.rows('operations');
		expect(row).toMatchObject({ status: 'completed', completion_percentage: 100 });
	});

	it('refuses what the rules forbid, without a status in the error', async () => {
		const id = await eryxon.seeded('operations');
		const { status, error } = await step('resume', id);
		expect([status, error.code]).toEqual(dialect === 'g3' ? [409, 'CONFLICT'] : [400, 'INVALID_STATE_TRANSITION']);
		expect(error).not.toHaveProperty('statusCode');
		expect((await step('complete', id)).status).toBe(dialect === 'g3' ? 409 : 400);
		expect((await step('start', '00000000-0000-4000-8000-000000000000')).status).toBe(404);
		expect((await step('start', 'x')).status).toBe(400);
		expect((await eryxon.get(`api-operation-lifecycle/start?id=${id}`)).error.code).toBe('METHOD_NOT_ALLOWED');
	});

	it('leaves a time entry only where it is really made', async () => {
		const id = await eryxon.seeded('operations');
		expect((await step('start', id)).data.time_entry_created).toBe(true);
		expect(await eryxon.rows('time_entries')).toHaveLength(dialect === 'g3' ? 1 : 0);
	});

	it('decides about its part and job only since 0.10', async () => {
		await step('start', await eryxon.seeded('operations'));
		const status = dialect === 'g3' ? 'in_progress' : 'not_started';
		expect([(await eryxon.rows('parts'))[0].status, (await eryxon.rows('jobs'))[0].status]).toEqual([status, status]);
	});
});

describe('the rules of g3', () => {
	beforeEach(() => eryxon.reset('g3'));

	it('completing again is harmless, starting again is not', async () => {
		const id = await eryxon.seeded('operations');
		await step('start', id);
		for (let n = 0; n < 2; n += 1) expect((await step('complete', id)).status).toBe(200);
		expect((await step('start', id)).error.message).toBe('A completed operation cannot be started');
	});

	it('earlier operations come first when the workshop wants it so', async () => {
		const second = await eryxon.idOf('operations', 'sequence', 20);
		await eryxon.control('switches', { sequentialRelease: true });
		expect((await step('start', second)).error.message).toBe('Operation "Prepare housing" must be completed first');
		await eryxon.control('switches', { sequentialRelease: false });
		expect((await step('start', second)).status).toBe(200);
	});

	it('nobody is clocked on to two operations', async () => {
		const operator = await eryxon.seeded('profiles');
		const user = `&user_id=${operator}`;
		expect((await step('start', await eryxon.idOf('operations', 'sequence', 10), user)).status).toBe(200);
		expect((await step('start', await eryxon.idOf('operations', 'sequence', 20), user)).status).toBe(409);
	});

	it('there is no lifecycle of jobs: they follow their operations', async () => {
		const id = await eryxon.seeded('jobs');
		expect((await eryxon.call('POST', `api-job-lifecycle/start?id=${id}`)).status).toBe(404);
		await eryxon.control('jobs/complete', { jobNumber: 'JOB-0001' });
		expect((await eryxon.rows('jobs'))[0]).toMatchObject({ status: 'completed', actual_duration: 0 });
	});
});

describe('a job before g3', () => {
	it.each(['g1', 'g2'] as const)('%s: start, stop, resume, complete by its own calls', async (dialect) => {
		await eryxon.reset(dialect);
		const id = await eryxon.seeded('jobs');
		const statuses: unknown[] = [];
		for (const name of ['start', 'stop', 'resume', 'complete']) {
			const { data } = await eryxon.call('POST', `api-job-lifecycle/${name}?id=${id}`);
			statuses.push(data.new_status);
		}
		expect(statuses).toEqual(['in_progress', 'on_hold', 'in_progress', 'completed']);
		expect((await eryxon.call('POST', `api-job-lifecycle/start?id=${id}`)).status).toBe(400);
	});
});

describe('other functions', () => {
	beforeEach(() => eryxon.reset('g3'));

	it('list materials, hand out upload addresses, guard scrap reasons in use', async () => {
		expect((await eryxon.get('api-materials')).data).toEqual({ materials: ['Coolant pump'] });
		const upload = await eryxon.post('api-upload-url', {
			filename: 'a.pdf',
			content_type: 'application/pdf',
			job_number: 'J',
		});
		expect(upload.data).toMatchObject({ file_path: 'J/a.pdf' });
		await eryxon.control('production/report', {
			jobNumber: 'JOB-0001',
			sequence: 10,
			scrap: 1,
			scrapReason: 'POROSITY',
		});
		const id = await eryxon.idOf('scrap_reasons', 'code', 'POROSITY');
		expect((await eryxon.call('DELETE', `api-scrap-reasons?id=${id}`)).status).toBe(409);
	});

	it('run a batch', async () => {
		const made = await eryxon.post('api-batches', { batch_number: 'B-1', batch_type: 'laser_nesting' });
		const id = String(object(made.data.operation_batche).id);
		expect((await eryxon.post(`api-batch-lifecycle/start?id=${id}`, {})).status).toBe(400);
		const started = await eryxon.post(`api-batch-lifecycle/start?id=${id}`, { production_mode: 'automated' });
		expect(started.data.new_status).toBe('in_progress');
		expect((await eryxon.post(`api-batch-lifecycle/start?id=${id}`, { operator_id: 'x' })).status).toBe(409);
	});
});
