import { type SandboxProcess, startSandboxProcess } from '../kit/sandbox.mts';
import { COMPLETIONS, LIVE, SseReader, ask, eventually, operationId, post, rows, save } from './client.mts';

let sandbox: SandboxProcess;
const open: Array<SseReader<unknown>> = [];
const switches = (body: object) => sandbox.control('POST', 'switches', body);

async function stream(document = LIVE, variables?: object) {
	const reader = await SseReader.open<unknown>(sandbox, document, variables);
	open.push(reader);
	return reader;
}

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(() => sandbox.close());
afterEach(async () => {
	for (const reader of open.splice(0)) reader.close();
	await sandbox.control('POST', 'reset');
});

describe('paths', () => {
	const at = (path: string) => ask({ ...sandbox, endpoint: sandbox.pico + path }, '{ __typename }');

	it('serves both paths, and 404 on any other', async () => {
		const found = await Promise.all(['/graphql', '/graph/v2', '/graph/v1'].map(at));
		expect(found.map((answer) => answer.status)).toEqual([200, 200, 404]);
	});

	it.each([
		['/graphql', '/graph/v2'],
		['/graph/v2', '/graphql'],
	])('serves only %s with the switch paths', async (served, other) => {
		await switches({ paths: served });
		expect([(await at(served)).status, (await at(other)).status]).toEqual([200, 404]);
	});
});

describe('token', () => {
	it.each([401, 200, 403])(
		'answers a wrong or missing token with authFailure=%d and an errors body',
		async (status) => {
			await switches({ authFailure: status });
			for (const headers of [{ 'x-pico-api-org': 'wrong' }, { 'x-pico-api-org': '' }]) {
				const answer = await ask(sandbox, '{ operations { id } }', undefined, headers);
				expect(answer.status).toBe(status);
				expect(answer.body.errors?.[0].message).toMatch(/unauthorized/);
				expect(answer.body.data).toBeUndefined();
			}
			const streamed = await post(sandbox, LIVE, undefined, { 'x-pico-api-org': 'wrong', accept: 'text/event-stream' });
			expect([streamed.status, await streamed.text()]).toEqual([status, expect.stringContaining('unauthorized')]);
		},
	);
});

describe('errors', () => {
	it.each([422, 200, 400])('answers syntax and validation errors with errorStatus=%d', async (status) => {
		await switches({ errorStatus: status });
		const invalid = await ask(sandbox, '{ operations { nope } }');
		const broken = await ask(sandbox, '{ operations {');
		expect([invalid.status, broken.status]).toEqual([status, status]);
		expect(invalid.body.errors?.[0].message).toContain('Cannot query field "nope" on type "Operation"');
	});

	it('answers a refused save with 200, errors and null data', async () => {
		const { status, body } = await save(sandbox, 'op-nope', 'SO-1');
		expect([status, body.data, body.errors?.[0].path]).toEqual([
			200,
			{ operationOrderSave: null },
			['operationOrderSave'],
		]);
	});

	it('sends an invalid subscription one result with errors, then complete', async () => {
		const reader = await stream('subscription { operationsStream { nope } }');
		await reader.until(() => reader.end === 'complete');
		expect(reader.response.status).toBe(200);
		expect(reader.frames.at(-2)).toMatch(/^event: next\ndata: \{"errors":\[/);
	});

	it('sends partial data with the switch partialErrors', async () => {
		await switches({ partialErrors: true });
		const { status, body } = await ask(sandbox, '{ operations { id externalId name } }');
		expect(status).toBe(200);
		expect(body.errors?.[0].path).toEqual(['operations', 0, 'externalId']);
		expect((body.data?.operations as Array<{ externalId: string | null }>)[0].externalId).toBeNull();
		expect(body.data?.operations).toHaveLength(17);
	});

	it('refuses introspection with introspection=off but still answers __typename', async () => {
		const document = '{ __schema { queryType { name } } }';
		expect((await ask(sandbox, document)).status).toBe(200);
		await switches({ introspection: 'off' });
		const refused = await ask(sandbox, document);
		expect([refused.status, refused.body.errors?.[0].message]).toEqual([422, expect.stringMatching(/introspection/i)]);
		expect((await ask(sandbox, '{ __typename }')).status).toBe(200);
	});

	it('tells a GET that it is not allowed', async () => {
		expect((await fetch(sandbox.endpoint)).status).toBe(405);
	});
});

describe('keepalive', () => {
	it.each([
		['comment-12s', /^(:\n\n)+$/],
		['ping', /^:\n\n(: ping\n\n)+$/],
	])('sends %s while it is quiet, at the set interval', async (sseKeepalive, expected) => {
		await switches({ sseKeepalive, sseKeepaliveMs: 50 });
		const reader = await stream();
		await reader.until(() => reader.frames.length >= 4);
		expect(reader.raw).toMatch(expected);
	});

	it('sends nothing after the opening comment with sseKeepalive=none', async () => {
		await switches({ sseKeepalive: 'none', sseKeepaliveMs: 20 });
		const reader = await stream();
		const other = await stream();
		await switches({ sseKeepalive: 'ping' });
		const noisy = await stream();
		await noisy.until(() => noisy.frames.length >= 5);
		expect([reader.raw, other.raw]).toEqual([':\n\n', ':\n\n']);
	});

	it.each([
		['with-data', 'event: complete\ndata:'],
		['without-data', 'event: complete'],
	])('ends with the final frame of sseComplete=%s when the server ends a stream', async (sseComplete, frame) => {
		await switches({ sseComplete });
		const reader = await stream();
		await sandbox.control('POST', 'streams/cut', { graceful: true });
		await reader.until(() => reader.end !== undefined);
		expect([reader.end, reader.frames.at(-1)]).toEqual(['complete', frame]);
	});
});

describe('faults', () => {
	const backlog = () => sandbox.control('POST', 'completions/bulk', { count: 9, startAt: '2026-02-01T00:00:00Z' });
	const from = '2026-01-31T00:00:00Z';

	it('cuts every stream on request without a regular end', async () => {
		const reader = await stream();
		await sandbox.control('POST', 'streams/cut');
		await reader.until(() => reader.end !== undefined);
		expect(reader.end).toBe('broken');
	});

	it('cuts each connection after n events', async () => {
		await backlog();
		await switches({ cutAfterEvents: 2 });
		const reader = await stream(COMPLETIONS, { from, batch: 2 });
		await reader.until(() => reader.end !== undefined);
		expect([reader.rows.length, reader.end]).toEqual([4, 'broken']);
	});

	it('breaks off in the middle of a frame', async () => {
		await backlog();
		await switches({ truncateAfterEvents: 1 });
		const reader = await stream(COMPLETIONS, { from, batch: 3 });
		await reader.until(() => reader.end !== undefined);
		expect([reader.rows.length, reader.end]).toEqual([3, 'broken']);
		expect(reader.raw.split('event: next')).toHaveLength(3);
		expect(reader.raw.endsWith('\n\n')).toBe(false);
	});

	it('plays dead after n events: open, but neither events nor keepalives', async () => {
		await backlog();
		await switches({ stallAfterEvents: 1, sseKeepaliveMs: 20 });
		const reader = await stream(COMPLETIONS, { from, batch: 3 });
		await reader.take(3);
		const before = reader.raw;
		await switches({ stallAfterEvents: 0 });
		const lively = await stream();
		await lively.until(() => lively.frames.length >= 4);
		expect([reader.raw, reader.end]).toEqual([before, undefined]);
	});

	it('answers the next n requests with 503, with Retry-After when set', async () => {
		await switches({ burst503: 2, retryAfter: 7 });
		const statuses = [];
		for (let index = 0; index < 3; index++) statuses.push(await ask(sandbox, '{ __typename }'));
		expect(statuses.map((answer) => answer.status)).toEqual([503, 503, 200]);
		expect(statuses[0].headers.get('retry-after')).toBe('7');
	});

	it('answers with an HTML page', async () => {
		await switches({ htmlErrorPage: 1 });
		const { status, text, headers } = await ask(sandbox, '{ __typename }');
		expect([status, headers.get('content-type')]).toEqual([502, 'text/html']);
		expect(text).toMatch(/^<!DOCTYPE html>/);
	});

	it('adds latency to every answer', async () => {
		await switches({ latencyMs: 150 });
		const before = performance.now();
		await ask(sandbox, '{ __typename }');
		expect(performance.now() - before).toBeGreaterThanOrEqual(145);
	});

	it('trickles answers and streams byte by byte, and they still are whole', async () => {
		await switches({ slowBytesPerSecond: 4000 });
		await backlog();
		const before = performance.now();
		expect((await rows(sandbox, '{ operations { id } }')).length).toBe(17);
		expect(performance.now() - before).toBeGreaterThan(100);
		const reader = await stream(
			'subscription ($from: Time) { operationOrderCompletesStream(cursor: { initialValue: { at: $from } }) { at } }',
			{ from },
		);
		expect(await reader.take(9)).toHaveLength(9);
	});

	it('commits a save and never answers with commitThenTimeout', async () => {
		await switches({ commitThenTimeout: 1 });
		const abort = new AbortController();
		const id = await operationId(sandbox, 'PUMP-100');
		const hanging = post(
			sandbox,
			`mutation { operationOrderSave(input: { operationId: "${id}", externalOrderId: "SO-1" }) { message } }`,
			undefined,
			{},
			abort.signal,
		);
		const failure = expect(hanging).rejects.toThrow(/abort/);
		await eventually(async () => {
			const { orders } = await sandbox.control<{ orders: unknown[] }>('GET', 'state');
			return orders.length > 0 ? true : undefined;
		});
		abort.abort();
		await failure;
		const { body } = await save(sandbox, id, 'SO-1');
		expect(body.data).toEqual({ operationOrderSave: { message: 'updated' } });
	});
});
