import { Dialect } from '../../../../nodes/shared/api/dialect/dialect.ts';
import { readRetryAfter } from '../../../../nodes/shared/api/classify.ts';
import { PicoFailure } from '../../../../nodes/shared/api/failure.ts';
import { loadOptions } from '../../../../nodes/shared/delivery/description/loadOptions.ts';
import { sseFrames } from '../../../../nodes/shared/api/stream/sse.ts';
import { PicoApi } from '../../../../credentials/PicoApi.credentials.ts';
import { json, startOddServer, type OddServer } from '../../../kit/oddServer.mts';
import { clientFor } from '../../../kit/picoClient.mts';
import { until } from '../../../kit/until.mts';

let servers: OddServer[] = [];
const odd: typeof startOddServer = async (...args) => {
	const server = await startOddServer(...args);
	servers.push(server);
	return server;
};
beforeEach(() => Dialect.forgetAll());
afterEach(async () => {
	await Promise.all(servers.map(async (server) => await server.close()));
	servers = [];
	jest.restoreAllMocks();
});

const READ = { document: '{ x }', repeatable: false };

describe('Retry-After', () => {
	const NOW = Date.parse('2026-01-05T10:00:00Z');
	test.each([
		['30', 30_000, false],
		['0.5', 500, false],
		['3600', 3_600_000, false],
		['86400', 3_600_000, true],
		['1767607200', 3_600_000, true],
		['1e300', 3_600_000, true],
		['Infinity', 3_600_000, true],
		['-5', 0, false],
		['Mon, 05 Jan 2026 10:00:20 GMT', 20_000, false],
		['Mon, 05 Jan 2026 12:00:00 GMT', 3_600_000, true],
		['Mon, 05 Jan 2026 08:00:00 GMT', 0, false],
	])('%s is a wait of %s ms', (header, ms, isCut) => {
		expect(readRetryAfter(header, NOW)).toMatchObject({ ms, isCut });
	});

	test.each(['soon', 'NaN', '', undefined])('%s is none', (header) => {
		expect(readRetryAfter(header, NOW)).toBeUndefined();
	});

	test('of a day is cut to an hour, with a warning in the log', async () => {
		const { endpoint } = await odd((_body, response) => response.writeHead(429, { 'retry-after': '86400' }).end());
		const { client, logs } = await clientFor({ endpoint, token: 'secret-token' });
		await expect(client.execute({ ...READ, repeatable: true })).rejects.toMatchObject({ kind: 'rateLimited', details: { retryAfterMs: 3_600_000 } });
		const stream = sseFrames(client, { document: 'subscription { x }', signal: new AbortController().signal });
		await expect(stream.next()).rejects.toMatchObject({ details: { retryAfterMs: 3_600_000 } });
		expect(logs).toEqual([1, 2].map(() => expect.stringMatching(/^warn Pico at .* asks to wait 86400 s .* after an hour at most$/)));
	});
});

describe('the token', () => {
	test('is struck out of what people read, and never out of data', async () => {
		const { endpoint } = await odd((body, response) =>
			body.includes('broken')
				? response.writeHead(200, { 'content-type': 'application/json' }).end('{"data": {"x": "acme01')
				: json(response, { data: { x: 'WO-acme01-77' }, errors: [{ message: 'beware of acme01', extensions: { code: 'ACME01 acme01' } }] }),
		);
		const { client } = await clientFor({ endpoint, token: 'acme01' });
		expect(await client.execute(READ)).toEqual({ data: { x: 'WO-acme01-77' }, errors: [{ message: 'beware of ***', code: 'ACME01 ***' }] });
		const failure: unknown = await client.execute({ ...READ, document: '{ broken }' }).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(PicoFailure);
		expect(JSON.stringify([String(failure), failure])).not.toContain('acme');
	});

	test('of before is struck out as well after the credential was edited', async () => {
		const access = { endpoint: '', token: 'first-token' };
		access.endpoint = (await odd((_body, response) => json(response, { errors: [{ message: 'first-token was replaced by second-token' }] }))).endpoint;
		const { client } = await clientFor(access);
		access.token = 'second-token';
		await later();
		await expect(client.execute(READ)).rejects.toThrow('*** was replaced by ***');
	});
});

/** Long enough for the credential to be read again, by a clock of the test. */
async function later(): Promise<void> {
	const now = performance.now() + 2_000;
	jest.spyOn(performance, 'now').mockReturnValue(now);
	await Promise.resolve();
}

describe('an edited credential', () => {
	test('is used with the next request: token and path', async () => {
		const server = await odd((_body, response) => json(response, { data: { x: 1 } }));
		const access = { endpoint: server.endpoint, token: 'first-token' };
		const { client } = await clientFor(access);
		await client.execute(READ);
		Object.assign(access, { endpoint: server.endpoint.replace('/graph/v2', '/graphql'), token: 'second-token' });
		await later();
		await client.execute(READ);
		expect(server.requests.map(({ headers }) => headers['x-pico-api-org'])).toEqual(['first-token', 'second-token']);
		expect(client.endpoint).toMatch(/\/graphql$/);
	});

	test('that names another host stops everything, and the token reaches neither', async () => {
		const [old, other] = [await odd((_body, response) => json(response, { data: {} })), await odd((_body, response) => json(response, { data: {} }))];
		const access = { endpoint: old.endpoint, token: 'first-token' };
		const { client } = await clientFor(access);
		Object.assign(access, { endpoint: other.endpoint, token: 'second-token' });
		// Right after the change, when it is not yet read again: the credential itself refuses to sign.
		await expect(client.execute(READ)).rejects.toBeInstanceOf(PicoFailure);
		await later();
		await expect(client.execute(READ)).rejects.toMatchObject({ kind: 'moved', details: { hint: expect.stringContaining('Publish the workflow again') as string } });
		await expect(sseFrames(client, { document: 'subscription { x }', signal: new AbortController().signal }).next()).rejects.toMatchObject({ kind: 'moved' });
		expect([...old.requests, ...other.requests]).toEqual([]);
	});

	test.each([
		['https://plant.picomes.com/graph/v2', 'https://plant.picomes.com/uploads', true],
		['http://plant.picomes.com/graph/v2', 'https://plant.picomes.com/graphql', true],
		['https://plant.picomes.com/graph/v2', 'https://evil.example/graph/v2', false],
		['https://plant.picomes.com/graph/v2', 'https://plant.picomes.com.evil.example/', false],
		['https://plant.picomes.com/graph/v2', 'https://plant.picomes.com:8443/', false],
		['https://plant.picomes.com/graph/v2', 'https://plant.picomes.com@evil.example/', false],
	])('a credential for %s signs a request to %s: %s', async (endpoint, url, isSigned) => {
		const { authenticate } = new PicoApi();
		const signed = (authenticate as unknown as (c: object, r: object) => Promise<{ headers: object }>)({ endpoint, token: 't0ken' }, { url, headers: {} });
		if (isSigned) expect((await signed).headers).toEqual({ 'x-pico-api-org': 't0ken' });
		else await expect(signed).rejects.toThrow('is sent only to plant.picomes.com');
	});
});

describe('introspection', () => {
	const SCHEMA = { data: { __schema: { types: [] } } };

	test('is asked once for all who wait, and each waits for itself', async () => {
		let release = () => {};
		const { endpoint, requests } = await odd((_body, response) => void (release = () => json(response, SCHEMA)));
		const [one, two] = [(await clientFor({ endpoint, token: 'secret-token' })).client, (await clientFor({ endpoint, token: 'secret-token' })).client];
		const stop = new AbortController();
		const first = one.dialect(stop.signal);
		const second = two.dialect();
		await until('the question', () => requests.length === 1);
		stop.abort();
		await expect(first).rejects.toMatchObject({ kind: 'aborted' });
		release();
		expect((await second).isComplete).toBe(true);
		expect(requests).toHaveLength(1);
	});

	test('that fails for the one who asked is asked again by the one who waited', async () => {
		let refuse = () => {};
		const { endpoint } = await odd((_body, response) => {
			refuse === NOTHING ? (refuse = () => json(response, { errors: [{ message: 'no' }] }, 401)) : json(response, SCHEMA);
		});
		refuse = NOTHING;
		const [bad, good] = [(await clientFor({ endpoint, token: 'bad-token' })).client, (await clientFor({ endpoint, token: 'good-token' })).client];
		const first = expect(bad.dialect()).rejects.toMatchObject({ kind: 'auth' });
		const second = good.dialect();
		await until('the question', () => refuse !== NOTHING);
		refuse();
		await first;
		expect((await second).isComplete).toBe(true);
	});
});
const NOTHING = () => {};

describe('a server of another age', () => {
	test('without archivedAt still lists its products', async () => {
		const { endpoint } = await odd((body, response) => {
			if (body.includes('__schema')) return json(response, { errors: [{ message: 'introspection is disabled' }] });
			if (body.includes('archivedAt')) return json(response, { errors: [{ message: 'Cannot query field "archivedAt" on type "Operation".' }] }, 422);
			return json(response, { data: { operations: [{ id: '1', externalId: 'PUMP', externalRevision: 'A', name: 'Pump' }] } });
		});
		const { client } = await clientFor({ endpoint, token: 'secret-token' });
		expect(await loadOptions.getOperations.call(client.context as never)).toEqual([{ name: 'PUMP rev. A: Pump', value: '1' }]);
	});

	test('that refuses a filter which it lists is asked without it, once', async () => {
		const field = (name: string, type: string, args: object[] = []) => ({ name, type: { name: type }, args });
		const types = [
			{ name: 'Query', fields: [field('operations', 'Operation', [{ name: 'where', type: { name: 'Filter' } }])] },
			{ name: 'Filter', inputFields: [{ name: 'id', type: { name: 'IdFilter' } }] },
			{ name: 'IdFilter', inputFields: [{ name: '_eq', type: { name: 'ID' } }] },
			{ name: 'Operation', fields: [field('id', 'ID')] },
		];
		const { endpoint, requests } = await odd((body, response) => {
			if (body.includes('__schema')) return json(response, { data: { __schema: { types } } });
			if (body.includes('where')) return json(response, { errors: [{ message: 'filters are not supported on this site' }] });
			return json(response, { data: { operations: [{ id: '1' }, { id: '2' }] } });
		});
		const { client } = await clientFor({ endpoint, token: 'secret-token' });
		const ask = async () =>
			await client.executeAdapted(
				(dialect) => ({ document: `query { operations${dialect.hasFilter('Query', 'operations', 'where', ['id', '_eq']) ? '(where: { id: { _eq: "1" } })' : ''} { id } }` }),
				{ repeatable: true },
			);
		for (let time = 0; time < 2; time++) expect((await ask()).data).toEqual({ operations: [{ id: '1' }, { id: '2' }] });
		expect(requests.filter(({ body }) => body.includes('where'))).toHaveLength(1);
	});
});

test('a time limit of its own is the reason that is told, not a cancellation', async () => {
	const { endpoint } = await odd(() => undefined);
	const { client } = await clientFor({ endpoint, token: 'secret-token' });
	const limit = new AbortController();
	const asked = client.execute({ ...READ, repeatable: true, signal: limit.signal });
	setTimeout(() => limit.abort(new PicoFailure('timeout', 'Pico did not answer within 9 s')), 50);
	await expect(asked).rejects.toMatchObject({ kind: 'timeout', message: 'Pico did not answer within 9 s' });
});
