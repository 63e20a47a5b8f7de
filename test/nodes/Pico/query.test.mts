import type { IDataObject } from 'n8n-workflow';

import { operationTypes } from '../../../nodes/Pico/resources/query/operationTypes.ts';
import { usePico } from '../../kit/usePico.mts';

const pico = usePico();
const execute = async (parameters: IDataObject, options = {}) => await pico.run('query', 'execute', parameters, options);

describe('Query: Execute', () => {
	it('runs a document with variables', async () => {
		const document = 'query ($part: String) { operations(where: { externalId: { _eq: $part } }) { name } }';
		const run = await execute({ query: document, variables: '{ "part": "PUMP-100" }' });
		expect(run.json).toEqual([{ operations: [{ name: 'Coolant Pump 230 V' }] }]);
	});

	it('takes variables from an expression, for each item', async () => {
		const document = 'query ($part: String) { operations(where: { externalId: { _eq: $part } }) { externalId } }';
		const run = await execute(
			{ query: document, variables: '={{ { part: $json.part } }}', options: { splitIntoItems: true } },
			{ items: [{ part: 'PUMP-101' }, { part: 'VALVE-200' }] },
		);
		expect(run.json).toEqual([{ externalId: 'PUMP-101' }, { externalId: 'VALVE-200' }, { externalId: 'VALVE-200' }]);
		expect(run.items.map((item) => (item.pairedItem as { item: number }).item)).toEqual([0, 1, 1]);
	});

	it('takes errors in an answer with status 200 for what they are', async () => {
		await pico.set({ errorStatus: '200' });
		const run = await execute({ query: '{ operations { nonsense } }' });
		expect(run.error?.message).toContain('Pico answered: Cannot query field "nonsense"');
	});

	it('hands partial data on only when asked, and keeps it in the error item otherwise', async () => {
		await pico.set({ partialErrors: true });
		const document = '{ operations { id externalId } }';
		expect((await execute({ query: document })).error?.message).toContain('could not load part of the data');

		const [{ error }] = (await execute({ query: document }, { onError: 'continueRegularOutput' })).json as Array<{ error: IDataObject }>;
		expect(error).toMatchObject({ kind: 'graphql', errors: [expect.objectContaining({ path: ['operations', 0, 'externalId'] })] });
		expect((error.data as { operations: unknown[] }).operations.length).toBeGreaterThan(10);

		const run = await execute({ query: document, options: { partialData: true } });
		expect(run.error).toBeUndefined();
		expect((run.json[0].operations as unknown[]).length).toBeGreaterThan(10);
		expect(run.json[0]._errors).toEqual([expect.objectContaining({ message: 'could not load part of the data' })]);
		expect(run.hints[0].message).toContain('only part of the data');
	});

	it('tries a query again after a passing outage, but never a mutation', async () => {
		await pico.set({ burst503: 1 });
		expect((await execute({ query: '{ operations { id } }' })).error).toBeUndefined();
		await pico.set({ burst503: 1 });
		const document = 'mutation { webhookUnsubscribe(subscriptionId: "x") { success } }';
		expect((await execute({ query: document })).error?.message).toContain('HTTP 503');
		expect((await pico.calls()).filter((call) => call.document === document)).toHaveLength(1);
	});

	it('points to the trigger for subscriptions', async () => {
		const run = await execute({ query: 'subscription { operationsStream { id } }' });
		expect(run.error?.message).toBe("'Query' is a subscription [Item 0]");
		expect(run.error?.description).toContain('Pico MES Trigger');
		expect(await pico.calls()).toEqual([]);
	});

	it('shows what Pico finds wrong with a document', async () => {
		const run = await execute({ query: '{ operations { id ' });
		expect(run.error?.message).toBe('Pico answered: Syntax Error: Expected Name, found <EOF>. [Item 0]');
	});
});

describe('what a document does', () => {
	it.each([
		['{ operations { id } }', []],
		['query mutations { mutation: operations { id } }', []],
		['# mutation\nquery { a(text: "mutation {") }', []],
		['mutation M { a }', ['mutation']],
		['query A { a } mutation B { b }', ['mutation']],
		['fragment F on T { a } subscription { b }', ['subscription']],
		['query ($subscription: ID) { a }', []],
		['query A($in: In = { a: 1 }) { a } mutation { b }', ['mutation']],
	])('%s', (document, types) => {
		expect([...operationTypes(document)]).toEqual(types);
	});
});
