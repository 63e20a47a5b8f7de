import type { IDataObject } from 'n8n-workflow';
import type { ServerResponse } from 'node:http';

import { runNode } from '../../kit/runNode.mts';
import { json, startOddServer, type OddServer } from '../../kit/oddServer.mts';
import { byId, byPart, usePico } from '../../kit/usePico.mts';

const pico = usePico();
const TOKEN = 'tok-0123456789abcdef';
const list = { resource: 'operation', operation: 'getAll' };

const save = async (parameters: IDataObject, items?: IDataObject[], more = {}) =>
	await pico.run('operationOrder', 'save', { ...byPart('PUMP-100'), orderId: 'MO-1', ...parameters }, { items, ...more });
const cancel = async (parameters: IDataObject = {}) =>
	await pico.run('operationOrder', 'cancel', { ...byPart('PUMP-100'), orderId: 'MO-1', ...parameters });
const nothingWasSaved = async () => expect((await pico.state()).orders).toEqual([]);

let odd: OddServer | undefined;
afterEach(async () => {
	await odd?.close();
	odd = undefined;
});
async function against(answer: (body: string, response: ServerResponse) => void, parameters: IDataObject = list, options = {}) {
	odd = await startOddServer(answer, options);
	const run = await runNode({ parameters, credential: { endpoint: odd.endpoint, token: TOKEN } });
	expect(run.stored).not.toContain(TOKEN);
	return run;
}

describe('the server', () => {
	it.each([
		['plant.example/graph/v2', "'Endpoint' does not begin with https:// or http://: 'plant.example/graph/v2'", 'Enter the full address'],
		['localhost:4010/graph/v2', "'Endpoint' does not begin with https:// or http://", 'Enter the full address'],
		['http://plant.example:port/graph/v2', "'Endpoint' is not a valid address", 'Enter the full address'],
		['http://127.0.0.1:9/graph/v2', 'Nothing accepts connections at 127.0.0.1:9', 'Check host and port'],
		['http://no-such-host.invalid/graph/v2', 'The host name no-such-host.invalid is not known', 'Check'],
	])('at a wrong address: %s', async (endpoint, message, hint) => {
		const run = await runNode({ parameters: list, credential: { endpoint, token: TOKEN } });
		expect(run.error?.message).toContain(message);
		expect(run.error?.description).toContain(hint);
		expect(run.stored).not.toContain(TOKEN);
	});

	it('answers with a web page', async () => {
		const run = await against((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>'));
		expect(run.error?.message).toContain('answers with a web page, not with GraphQL');
		expect(run.error?.description).toContain("path of 'Endpoint'");
	});

	it('answers a save with a web page: nothing is lost, a repeat is safe', async () => {
		const { operationId } = (await pico.run('operation', 'get', byPart('PUMP-100'))).json[0];
		await pico.set({ htmlErrorPage: 1 });
		const run = await save(byId(String(operationId)));
		expect(run.error).toBeUndefined();
		expect((await pico.state()).orders.filter(({ orderIndex }) => orderIndex === 0).length).toBeGreaterThan(0);
	});

	it.each([
		['/graph/v2', '/graphql'],
		['/graphql', '/graph/v2'],
	])('has nothing at %s: the message names the other path', async (path, other) => {
		await pico.set({ paths: other });
		const run = await runNode({ parameters: list, credential: { ...pico.credential, endpoint: pico.url + path } });
		expect(run.error?.message).toContain(`There is no GraphQL server at ${pico.url}${path} (HTTP 404)`);
		expect(run.error?.description).toContain(pico.url + other);
		expect(run.error?.description).not.toContain('No known Pico');
	});

	it('has nothing at a path of no known Pico: the message says so and names one to try', async () => {
		const run = await runNode({ parameters: list, credential: { ...pico.credential, endpoint: `${pico.url}/graph/v3` } });
		expect(run.error?.message).toContain(`${pico.url}/graph/v3 (HTTP 404)`);
		expect(run.error?.description).toMatch(/^No known Pico uses the path \/graph\/v3\. .*Try .*\/graph\/v2 as 'Endpoint'/);
	});

	it.each([['401'], ['403'], ['200']])('refuses the token with status %s', async (authFailure) => {
		await pico.set({ authFailure });
		const run = await runNode({ parameters: list, credential: { ...pico.credential, token: TOKEN } });
		expect(run.error?.message).toContain('Pico refused the token');
		expect(run.error?.description).toContain("Check 'Token'");
		expect(run.stored).not.toContain(TOKEN);
	});

	it('repeats the token in its refusal: it is struck out', async () => {
		const run = await against((_, response) => json(response, { errors: [{ message: `invalid token ${TOKEN}` }] }, 401));
		expect(run.error?.message).toContain('invalid token ***');
	});

	it('has an expired certificate', async () => {
		const answer = (_: string, response: ServerResponse) => json(response, { data: { operations: [] } });
		const run = await against(answer, list, { expired: true });
		expect(run.error?.message).toMatch(/^The TLS certificate of 127\.0\.0\.1:\d+ has expired/);
		expect(run.error?.description).toContain("'Ignore TLS Issues'");
		expect(odd?.requests).toEqual([]);
		const through = await runNode({
			parameters: list,
			credential: { endpoint: String(odd?.endpoint), token: TOKEN, ignoreTlsIssues: true },
		});
		expect(through.error).toBeUndefined();
	});

	it('sends elsewhere: the token does not go along', async () => {
		const target = await startOddServer((_, response) => json(response, {}));
		const run = await against((_, response) => response.writeHead(307, { location: target.endpoint }).end());
		expect(run.error?.message).toContain('redirects to another address');
		expect(run.error?.description).toContain(target.endpoint);
		expect(target.requests).toEqual([]);
		await target.close();
	});

	it('stops in the middle of an answer', async () => {
		const run = await against((body, response) => {
			if (body.includes('__schema')) return json(response, { data: null, errors: [{ message: 'introspection is off' }] });
			response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
			response.write('{"data":{"operations":[{"id":"op-1"');
			response.socket?.destroySoon();
		});
		expect(run.error?.message).toMatch(/connection to .* was lost|is incomplete/);
		expect(odd?.requests.filter(({ body }) => !body.includes('__schema'))).toHaveLength(3);
	});

	it('ends an answer too early without saying so', async () => {
		const run = await against((body, response) => {
			if (body.includes('__schema')) return json(response, { data: null, errors: [{ message: 'introspection is off' }] });
			response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"operations":[{"id":');
		});
		expect(run.error?.message).toContain('The answer from Pico is incomplete');
	});

	it('sends an error beside partial data: a list with holes is not taken for whole', async () => {
		await pico.set({ partialErrors: true });
		const run = await pico.run('operation', 'getAll');
		expect(run.error?.message).toBe('Pico answered: could not load part of the data [Item 0]');
		const [{ error }] = (await pico.run('operation', 'getAll', {}, { onError: 'continueRegularOutput' })).json as [{ error: IDataObject }];
		expect((error.data as { operations: unknown[] }).operations.length).toBeGreaterThan(10);
	});

	it('answers a save with other words: they are shown', async () => {
		const answer = (body: string, response: ServerResponse) =>
			body.includes('mutation')
				? json(response, { data: { operationOrderSave: { message: 'operation op-9 is not deployed' } } })
				: json(response, { data: null, errors: [{ message: 'introspection is off' }] });
		const run = await against(answer, { resource: 'operationOrder', operation: 'save', ...byId('op-9'), orderId: 'MO-1' });
		expect(run.error?.message).toBe('Pico answered: operation op-9 is not deployed [Item 0]');
	});

	it('ignores filters that it claims to know: no other row gets through', async () => {
		const rows = ['A', 'B'].map((part) => ({ id: part, externalId: part, name: part, archivedAt: null, consumedSerials: [] }));
		const answer = (body: string, response: ServerResponse) =>
			body.includes('__schema') ? json(response, { errors: [{ message: 'off' }] }) : json(response, { data: { operations: rows } });
		const run = await against(answer, { ...list, filters: { partNumber: 'B' } });
		expect(run.json.map((row) => row.partNumber)).toEqual(['B']);
		const one = await runNode({ parameters: { resource: 'operation', operation: 'get', ...byId('B') }, credential: { endpoint: String(odd?.endpoint), token: TOKEN } });
		expect(one.json.map((row) => row.operationId)).toEqual(['B']);
	});
});

describe('the part number', () => {
	it('is unknown: the message says so and names close ones', async () => {
		const run = await save(byPart('PUMP100'));
		expect(run.error?.message).toBe("'Pico Operation': Pico has no operation with the part number 'PUMP100' [Item 0]");
		expect(run.error?.description).toMatch(/^Did you mean PUMP-100 rev B, Coolant Pump 230 V, 230 V \(ID /);
		await nothingWasSaved();
	});

	it('is unknown and like no other', async () => {
		const run = await save(byPart('XYZZY-1'));
		expect(run.error?.description).toBe('Only operations that are deployed in Pico can be found.');
	});

	it('is ambiguous: the message lists the matches', async () => {
		const run = await save(byPart('VALVE-200'));
		expect(run.error?.message).toBe("'Pico Operation': 2 operations have the part number 'VALVE-200' [Item 0]");
		expect(run.error?.description).toMatch(/Set 'Revision'.*VALVE-200 rev A, Filling Valve \(ID .*\); VALVE-200 rev B, Filling Valve \(ID /);
		await nothingWasSaved();
		expect((await save(byPart('VALVE-200', 'B'))).error).toBeUndefined();
	});

	it('has no such revision: the message lists those there are', async () => {
		const run = await save(byPart('VALVE-200', 'Z'));
		expect(run.error?.message).toContain("'VALVE-200' in revision 'Z'");
		expect(run.error?.description).toMatch(/^Available revisions: VALVE-200 rev A/);
	});

	it('is wrong for one item of many: the others are saved, output is in order', async () => {
		const run = await save(
			{ ...byPart('={{ $json.part }}'), orderId: '={{ $json.order }}' },
			[
				{ part: 'PUMP-100', order: 'MO-1' },
				{ part: 'nothing', order: 'MO-2' },
				{ part: 'PUMP-101', order: 'MO-3' },
			],
			{ onError: 'continueRegularOutput' },
		);
		expect(run.json.map((row) => row.orderId ?? (row.error as IDataObject).parameter)).toEqual(['MO-1', 'Pico Operation', 'MO-3']);
		expect(run.items.map((item) => (item.pairedItem as { item: number }).item)).toEqual([0, 1, 2]);
		expect((run.json[1].error as IDataObject).message).toContain('[Item 1]');
	});

	it('is wrong for one item of many: that item goes to the error output', async () => {
		const run = await save(
			{ ...byPart('={{ $json.part }}') },
			[{ part: 'PUMP-100' }, { part: 'VALVE-200' }],
			{ onError: 'continueErrorOutput' },
		);
		expect(run.json).toEqual([expect.objectContaining({ result: 'created' })]);
		expect(run.failed).toEqual([
			expect.objectContaining({ part: 'VALVE-200', error: expect.objectContaining({ matches: [expect.anything(), expect.anything()] }) }),
		]);
	});
});

describe('the order', () => {
	it.each([[''], ['   '], ['={{ $json.missing }}']])("without an order ID is refused: '%s'", async (orderId) => {
		const run = await save({ orderId });
		expect(run.error?.message).toBe("'Order ID' is empty [Item 0]");
		expect(run.error?.description).toContain("'Save Without Order ID'");
		await nothingWasSaved();
	});

	it.each([
		['-1', -1],
		['1.5', 1.5],
		['0', 0],
		['20000', 20_000],
		['abc', '={{ "abc" }}'],
	])('with quantity %s is refused before anything is sent', async (shown, quantity) => {
		const run = await save({ quantity });
		expect(run.error?.message).toBe(`'Quantity' is ${shown} [Item 0]`);
		expect(run.error?.description).toBe('Enter a whole number from 1 to 10,000.');
		expect(run.error?.context?.itemIndex).toBe(0);
		expect(await pico.calls()).toEqual([]);
	});

	it.each([
		['{ "a": 1', "'Extra Fields' is not valid JSON"],
		['[1]', "'Extra Fields' is not a JSON object"],
		['{ "orderIndex": 4 }', "'Extra Fields' contains orderIndex"],
		['{ "a b": 4 }', "'Extra Fields' cannot be sent: 'a b' is not a GraphQL name"],
		['{ "nonsense": 4 }', "'Extra Fields' contains nonsense, which this Pico does not accept"],
	])('with extra fields %s is refused before anything is sent', async (extraFields, message) => {
		const run = await save({ options: { extraFields } });
		expect(run.error?.message).toContain(message);
		await nothingWasSaved();
	});

	it('with an extra field that nobody knows is refused by a server without introspection', async () => {
		await pico.reset({ introspection: 'off' });
		const run = await save({ options: { extraFields: '{ "nonsense": 4 }' } });
		expect(run.error?.message).toContain('Field "nonsense" is not defined by type "OperationOrderSaveInput"');
		await nothingWasSaved();
	});

	it('with an unknown operation ID shows what Pico says', async () => {
		const run = await save(byId('op-nowhere'));
		expect(run.error?.message).toContain('Pico answered: operation not found: op-nowhere');
	});

	it('without a picked operation is refused', async () => {
		const run = await save({ operationId: { __rl: true, mode: 'partNumber', value: '={{ $json.nothing }}' } });
		expect(run.error?.message).toBe("'Pico Operation' is empty [Item 0]");
	});

	it('that is started is not cancelled, and the message says so', async () => {
		await save({});
		await pico.post('orders/start', { externalOrderId: 'MO-1' });
		const run = await cancel();
		expect(run.error?.message).toBe("The order 'MO-1' index 0 has been started and can no longer be canceled [Item 0]");
		expect(run.error?.description).toContain('Pico said: operation order has already been started');
	});

	it('that Pico does not know is not cancelled, and the message says so', async () => {
		const run = await cancel({ orderId: 'MO-404' });
		expect(run.error?.message).toBe("Pico has no order 'MO-404' index 0 for the part number 'PUMP-100' [Item 0]");
	});

	it('cannot be cancelled because Pico says something else: its words are shown', async () => {
		const answer = (body: string, response: ServerResponse) =>
			body.includes('mutation')
				? json(response, { data: { operationOrderCancel: { message: 'not today' } } })
				: json(response, { data: null, errors: [{ message: 'introspection is off' }] });
		const run = await against(answer, { resource: 'operationOrder', operation: 'cancel', ...byId('op-9'), orderId: 'MO-1' });
		expect(run.error?.message).toBe('Pico answered: not today [Item 0]');
	});
});

describe('other parameters', () => {
	it.each([
		['query', 'execute', { query: '{ a }', variables: '{ nope' }, "'Variables' is not valid JSON"],
		['query', 'execute', { query: '={{ "" }}' }, "'Query' is empty"],
		['completion', 'getAll', { from: '={{ "yesterday" }}' }, "'From' is not a date: yesterday"],
		['completion', 'getAll', { from: '2026-02-02', to: '2026-02-01' }, "'To' is before 'From'"],
		['operation', 'getAll', { limit: '={{ -5 }}' }, "'Limit' is -5"],
		['operation', 'getAll', { output: 'fields', fields: [] }, "'Fields' is empty"],
	])('%s %s %j', async (resource, operation, parameters, message) => {
		const run = await pico.run(resource, operation, parameters as IDataObject);
		expect(run.error?.message).toContain(message);
		expect(run.error?.message).toContain('[Item 0]');
	});
});
