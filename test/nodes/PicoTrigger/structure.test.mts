import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';

import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

let sandbox: SandboxProcess;
let host: TriggerHost;

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(async () => await sandbox.close());
beforeEach(async () => {
	await sandbox.control('POST', 'reset', {});
});
afterEach(async () => await host.deactivate());

const start = async (event: string, parameters: IDataObject = {}) => {
	host = new TriggerHost(sandbox, { event, options: { attachStructure: true }, ...parameters });
	await host.activate();
};
const deploy = async (partNumber: string) => await sandbox.control('POST', 'operations/deploy', { partNumber, name: partNumber });
const addChild = async (parentPartNumber: string, childPartNumber: string) =>
	await sandbox.control('POST', 'structure/change', { parentPartNumber, childPartNumber });

const partNumbers = (structure: unknown): unknown[] =>
	((structure as IDataObject).steps as IDataObject[]).flatMap(({ operations }) =>
		(operations as IDataObject[]).map(({ partNumber }) => partNumber),
	);

test('attaches the whole structure of the product whose step changed', async () => {
	await deploy('KIT-1');
	await deploy('BOLT-1');
	await deploy('NUT-1');
	await addChild('KIT-1', 'BOLT-1');
	await start('structureChanged');
	await addChild('KIT-1', 'NUT-1');
	// The trigger begins at a full second of the server's clock, so the first change may be among its events.
	const { structure, parentId } = await until('the whole structure', () =>
		host.items.find((item) => partNumbers(item.structure).includes('NUT-1')),
	);
	expect(structure).toMatchObject({ operationId: parentId, partNumber: 'KIT-1', warnings: [] });
	expect(partNumbers(structure)).toEqual(['BOLT-1', 'NUT-1']);
});

test.each(['simplified', 'raw', 'fields'])('attaches the structure of a changed operation to output %s', async (output) => {
	await start('operationChanged', { output, fields: ['name'] });
	await deploy('KIT-2');
	await until('a run', () => host.items.length > 0);
	expect(host.items[0].structure).toMatchObject({ partNumber: 'KIT-2', steps: [] });
});

test('attaches nothing unless it was asked for, and nothing to completions', async () => {
	host = new TriggerHost(sandbox, { event: 'operationChanged' });
	await host.activate();
	await deploy('KIT-3');
	await until('a run', () => host.items.length > 0);
	expect(host.items[0]).not.toHaveProperty('structure');
	await host.deactivate();
	await start('orderCompleted');
	await sandbox.control('POST', 'completions/bulk', { count: 1 });
	await until('a run', () => host.items.length > 0);
	expect(host.items[0]).not.toHaveProperty('structure');
});

test('a structure that cannot be had for a moment is asked for again, and the order of events stays', async () => {
	await start('operationChanged');
	await sandbox.control('POST', 'switches', { burst503: 2 });
	await deploy('FIRST');
	await deploy('SECOND');
	await until('two runs', () => host.items.length === 2);
	expect(host.items.map(({ partNumber }) => partNumber)).toEqual(['FIRST', 'SECOND']);
	expect(host.items.map(({ structure }) => (structure as IDataObject).partNumber)).toEqual(['FIRST', 'SECOND']);
});

test('a structure that cannot be had does not keep the event back: the item says what is missing', async () => {
	await start('operationChanged');
	await sandbox.control('POST', 'switches', { burst503: 1_000 });
	await deploy('ALONE');
	await until('a run', () => host.items.length === 1, 18_000);
	expect(host.items[0]).toMatchObject({ partNumber: 'ALONE', structure: null, structureMissing: expect.stringContaining('503') as string });
});

test('a credential that was moved to another host costs the structure: nothing is sent there until the workflow is published again', async () => {
	const calls: string[] = [];
	const elsewhere = createServer((request, response) => {
		calls.push(String(request.url));
		response.end('{}');
	}).listen(0, '127.0.0.1');
	await once(elsewhere, 'listening');
	const { endpoint } = sandbox;
	try {
		await start('operationChanged');
		Object.assign(host.access, { endpoint: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/graphql` });
		await deploy('MOVED');
		await until('a run', () => host.items.length === 1, 18_000);
		expect(host.items[0]).toMatchObject({ partNumber: 'MOVED', structure: null, structureMissing: expect.stringContaining('now names the host') as string });
		expect(calls).toEqual([]);
	} finally {
		Object.assign(host.access, { endpoint });
		elsewhere.close();
	}
});

test('does not wait for a structure when it is stopped', async () => {
	await start('operationChanged');
	await sandbox.control('POST', 'switches', { burst503: 1_000 });
	await deploy('LATE');
	await until('the request for the structure', async () => {
		const calls = await sandbox.control<Array<{ document: string }>>('GET', 'calls');
		return calls.some(({ document }) => /query \{ operations .*subOperations/.test(document));
	});
	const before = Date.now();
	await host.deactivate();
	expect(Date.now() - before).toBeLessThan(2_000);
	expect(host.items).toHaveLength(0);
});
