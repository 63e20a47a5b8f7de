import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { LIMITS } from '../../../nodes/Pico/resources/connection/finding.ts';
import { Pico } from '../../../nodes/Pico/Pico.node.ts';
import { workflowOf } from '../../kit/engine.mts';
import { byPart, usePico } from '../../kit/usePico.mts';
import { installWebSocket } from '../../kit/webSocket.mts';

const { description } = new Pico();
const { outputSchemas } = createRequire(resolve('package.json'))('./scripts/output-schemas.js') as { outputSchemas(file: string): Record<string, IDataObject> };
const schemas = outputSchemas('nodes/Pico/__schema__/outputs.js');

/** What templates and users rely on; a change here breaks saved workflows. */
const SURFACE: Record<string, string[]> = {
	completion: ['getAll'],
	connection: ['check'],
	note: ['getAll'],
	operation: ['get', 'getAll', 'getStructure'],
	operationOrder: ['cancel', 'save'],
	query: ['execute'],
	webhook: ['getAll', 'subscribe', 'unsubscribe'],
};

const shownFor = (property: INodeProperties, resource: string) => property.displayOptions?.show?.resource?.includes(resource);
const optionsOf = (property?: INodeProperties) => (property?.options ?? []) as INodePropertyOptions[];

describe('the description', () => {
	it('offers seven resources with their operations', () => {
		expect(optionsOf(description.properties.find(({ name }) => name === 'resource')).map(({ value }) => value)).toEqual(
			Object.keys(SURFACE),
		);
		for (const [resource, operations] of Object.entries(SURFACE)) {
			const property = description.properties.find((each) => each.name === 'operation' && shownFor(each, resource));
			expect(optionsOf(property).map(({ value }) => value)).toEqual(operations);
		}
	});

	it('tells an AI agent of every operation whether it reads or writes', () => {
		for (const resource of Object.keys(SURFACE)) {
			const property = description.properties.find((each) => each.name === 'operation' && shownFor(each, resource));
			for (const operation of optionsOf(property)) expect(operation.description).toMatch(/\((reads only|writes to Pico|reads)\)/);
		}
		expect(description.usableAsTool).toBe(true);
	});

	it('says in Title Case under the node what it does', () => {
		const workflow = workflowOf(new Pico(), { id: 'n', name: 'Pico MES', type: 'pico', typeVersion: 1, position: [0, 0], parameters: {} }, {});
		const [node] = Object.values(workflow.nodes);
		for (const { name: resourceName, value: resource } of optionsOf(description.properties.find(({ name }) => name === 'resource'))) {
			const property = description.properties.find((each) => each.name === 'operation' && shownFor(each, String(resource)));
			for (const { name, value } of optionsOf(property)) {
				node.parameters = { resource: String(resource), operation: String(value) };
				const shown = workflow.expression.getSimpleParameterValue(node, String(description.subtitle), 'internal', {});
				expect(shown).toBe(`${resourceName}: ${name}`);
			}
		}
	});

	it('hides the revision unless the operation is picked by part number', async () => {
		const { NodeHelpers } = await import('n8n-workflow');
		const revision = description.properties.find(({ name, displayOptions }) => name === 'revision' && displayOptions?.show?.operation?.includes('save'));
		const visible = (mode: string) =>
			NodeHelpers.displayParameter(
				{ resource: 'operationOrder', operation: 'save', operationId: { __rl: true, mode, value: 'x' } },
				revision as INodeProperties,
				null,
				description,
			);
		expect([visible('partNumber'), visible('list'), visible('id')]).toEqual([true, false, false]);
	});
});

describe('the output schema', () => {
	const pico = usePico();
	beforeAll(() => {
		installWebSocket();
		Object.assign(LIMITS, { quiet: 300, heartbeat: 500 });
	});

	/** Paths of an output that its schema does not have, or has with another type. */
	function strangers(value: unknown, schema: IDataObject | undefined, path = ''): string[] {
		if (!schema) return [path];
		const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
		const types = [schema.type].flat() as string[];
		if (!types.includes(kind) && !(kind === 'integer' && types.includes('number'))) return [`${path} is ${kind}`];
		if (kind === 'array' && schema.items) return (value as unknown[]).flatMap((each) => strangers(each, schema.items as IDataObject, `${path}[]`));
		if (kind !== 'object' || !schema.properties) return [];
		return Object.entries(value as object).flatMap(([key, each]) =>
			strangers(each, (schema.properties as Record<string, IDataObject>)[key], `${path}.${key}`),
		);
	}

	const hook = { subscriptionId: 'hook-1', webhookUrl: 'http://localhost/webhook-test/x' };
	const period = { from: '2026-01-01', returnAll: true, options: { idleTimeout: 0.3 } };

	it.each([
		['connection', 'check', {}],
		['operation', 'get', byPart('PUMP-100')],
		['operation', 'getAll', { returnAll: true }],
		['operation', 'getStructure', byPart('PUMP-100')],
		['operationOrder', 'save', { ...byPart('PUMP-100'), orderId: 'MO-2' }],
		['operationOrder', 'cancel', { ...byPart('PUMP-100'), orderId: 'MO-1' }],
		['completion', 'getAll', period],
		['note', 'getAll', period],
		['webhook', 'subscribe', { ...hook, subscriptionId: 'hook-2' }],
		['webhook', 'getAll', {}],
		['webhook', 'unsubscribe', hook],
	])('of %s %s describes what comes out, in at most ten fields', async (resource, operation, parameters) => {
		await pico.run('operationOrder', 'save', { ...byPart('PUMP-100'), orderId: 'MO-1' });
		await pico.run('webhook', 'subscribe', hook);
		await pico.post('completions/bulk', { count: 3, startAt: '2026-02-01T00:00:00Z' });
		await pico.post('notes/add', { text: 'A note' });
		const run = await pico.run(resource, operation, parameters as IDataObject);
		expect(run.error).toBeUndefined();
		expect(run.json.length).toBeGreaterThan(0);
		const schema = schemas[`${resource}/${operation}`];
		expect(run.json.flatMap((row) => strangers(row, schema))).toEqual([]);
		for (const row of run.json) expect(Object.keys(row).length).toBeLessThanOrEqual(10);
		const named = Object.keys(schema.properties as object);
		expect(named.filter((key) => !run.json.some((row) => key in row))).toEqual([]);
	});
});
