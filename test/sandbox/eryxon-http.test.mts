import { object, useWorkshop } from './eryxon-kit.mts';

const eryxon = useWorkshop();
const cells = 'api-cells?limit=1';

describe.each(['g1', 'g2', 'g3'] as const)('access in %s', (dialect) => {
	beforeEach(() => eryxon.reset(dialect));
	const status = dialect === 'g1' ? 500 : 401;
	const code = dialect === 'g1' ? 'INTERNAL_ERROR' : 'UNAUTHORIZED';

	it.each([
		['without a key', '', 'Missing authorization header'],
		['with a key of another form', 'Bearer secret', 'Invalid API key format'],
		['with an unknown key', 'Bearer ery_live_00000000000000000000000000000000', 'Invalid API key'],
	])('refuses a call %s and says which of the three it is', async (_what, authorization, message) => {
		expect(await eryxon.call('GET', cells, undefined, { authorization })).toMatchObject({
			status,
			error: { code, message },
		});
	});

	it('answers the cheapest call of a credential test', async () => {
		expect(await eryxon.get(cells)).toMatchObject({ status: 200, body: { success: true } });
	});

	it('refuses functions that want a session, and does not know others', async () => {
		expect((await eryxon.get('api-export')).status).toBe(401);
		const unknown = await eryxon.get('api-tasks');
		expect([unknown.status, unknown.body]).toEqual([
			404,
			{ code: 'NOT_FOUND', message: 'Requested function was not found' },
		]);
	});

	it('counts the requests of 24 hours and answers 429 with Retry-After when they are used up', async () => {
		await eryxon.control('switches', { dailyQuota: 2 });
		const ok = await eryxon.get(cells);
		expect(ok.headers.get('x-ratelimit-remaining')).toBeNull();
		await eryxon.get(cells);
		const refused = await eryxon.get(cells);
		expect([refused.status, refused.error.code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(86_000);
		expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
		expect(object(refused.error.rateLimitInfo)).toMatchObject({
			remaining: 0,
			resetAt: refused.headers.get('x-ratelimit-reset'),
		});
	});

	it('knows its generation by the shape of a list and by the webhook deliveries', async () => {
		expect(Array.isArray((await eryxon.get('api-jobs?limit=1')).body.data)).toBe(dialect === 'g1');
		expect((await eryxon.get('api-webhook-deliveries?limit=1')).status).toBe(dialect === 'g3' ? 200 : 404);
	});
});

describe('what goes wrong on the way', () => {
	beforeEach(() => eryxon.reset('g3'));

	it('429 for the next calls, with the seconds to wait, then again as usual', async () => {
		await eryxon.control('switches', { next429: 1, retryAfter: 3 });
		const refused = await eryxon.get(cells);
		expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
		expect((await eryxon.get(cells)).status).toBe(200);
	});

	it('bodies that are not in the envelope: HTML page, boot failure, gateway', async () => {
		await eryxon.control('switches', { htmlErrorPage: 1, bootFailure: 1 });
		const page = await eryxon.get(cells);
		expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html']);
		expect(page.text).toContain('<html>');
		expect(await eryxon.get(cells)).toMatchObject({ status: 503, body: { code: 'BOOT_ERROR' } });
		await eryxon.control('switches', { gateway401: true });
		expect((await eryxon.get(cells)).body).toEqual({ code: 401, message: 'Invalid JWT' });
	});

	it('402 when the plan allows no more jobs', async () => {
		await eryxon.control('switches', { jobLimit: 1 });
		const { status, error } = await eryxon.post('api-jobs', { job_number: 'J-1' });
		expect([status, error.code]).toEqual([402, 'QUOTA_EXCEEDED']);
		expect(error.details).toEqual({ limitType: 'job', currentUsage: 1, limit: 1 });
	});

	it('a fault can strike before or after the work is done', async () => {
		await eryxon.control('faults', { status: 500, count: 1, path: '/sync' });
		const item = { external_id: 'J-1', external_source: 'ERP', job_number: 'J-1' };
		expect((await eryxon.sync('jobs', item)).status).toBe(500);
		expect(await eryxon.rows('jobs')).toHaveLength(1);
		await eryxon.control('faults', { status: 503, count: 1, after: true });
		expect((await eryxon.sync('jobs', item)).status).toBe(503);
		expect((await eryxon.sync('jobs', item)).data.action).toBe('updated');
	});

	it('random failures are the same for the same seed', async () => {
		const statuses = async (): Promise<number[]> => {
			await eryxon.control('reset', { dialect: 'g3', seed: 3 });
			await eryxon.control('switches', { errorRate: 0.5 });
			const all: number[] = [];
			for (let n = 0; n < 12; n += 1) all.push((await eryxon.get(cells)).status);
			return all;
		};
		const first = await statuses();
		expect(new Set(first)).toEqual(new Set([200, 500]));
		expect(await statuses()).toEqual(first);
	});

	it('latency is added to every answer', async () => {
		await eryxon.control('switches', { latencyMs: 60 });
		const started = performance.now();
		await eryxon.get(cells);
		expect(performance.now() - started).toBeGreaterThanOrEqual(55);
	});
});

describe('around the API', () => {
	beforeEach(() => eryxon.reset('g3'));

	it('echoes a request id and makes one when there is none', async () => {
		expect(
			(await eryxon.call('GET', cells, undefined, { 'x-request-id': 'run-7.1' })).headers.get('x-request-id'),
		).toBe('run-7.1');
		expect((await eryxon.get(cells)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
	});

	it('logs calls with method, path, status and numbers of records', async () => {
		const jobs = [{ external_id: 'J-1', external_source: 'ERP', job_number: 'J-1' }, { external_id: 'J-2' }];
		await eryxon.bulk('jobs', jobs);
		const response = await fetch(`${eryxon.url}/control/calls`);
		expect(await response.json()).toMatchObject([
			{
				method: 'POST',
				path: '/functions/v1/api-jobs/bulk-sync',
				status: 200,
				counts: { records: 2, created: 1, failed: 1 },
			},
		]);
	});

	it('gives the same workshop for the same seed', async () => {
		const before = await eryxon.rows('operations');
		await eryxon.reset('g3');
		expect((await eryxon.rows('operations')).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
		await eryxon.control('reset', { seed: 2 });
		expect((await eryxon.rows('operations'))[0].id).not.toBe(before[0].id);
	});

	it('refuses control calls that make no sense', async () => {
		await expect(eryxon.control('switches', { nonsense: 1 })).rejects.toThrow('There is no switch "nonsense"');
		await expect(eryxon.control('switches', { bulkAnswer: 'maybe' })).rejects.toThrow('none of records, counters');
		await expect(eryxon.control('reset', { dialect: 'g4' })).rejects.toThrow('dialect must be one of g1, g2, g3');
	});

	it('can change its generation over the same tables, as a server that is upgraded', async () => {
		await eryxon.reset('g2');
		await eryxon.sync('jobs', { external_id: 'J-1', external_source: 'ERP', job_number: 'J-1' });
		await eryxon.control('switches', { dialect: 'g3' });
		expect(await eryxon.sync('jobs', { external_id: 'J-1', external_source: 'ERP', job_number: 'J-1' })).toMatchObject({
			status: 200,
		});
	});

	it('serves a page that loads nothing from elsewhere', async () => {
		const response = await fetch(`${eryxon.url}/`);
		const html = await response.text();
		expect(html).toContain('Eryxon MES double');
		expect(html).not.toMatch(/https?:\/\//);
	});
});
