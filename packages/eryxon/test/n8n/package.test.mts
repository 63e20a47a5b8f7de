import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { stopAllChildren } from '../../../../demo/lib/children.mts';
import { findHost } from '../../../../demo/lib/host.mts';
import { N8nSession } from '../../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../../../../demo/lib/package.mts';
import { importCredentials, importWorkflows, publishWorkflows } from '../../../../demo/lib/workflows.mts';
import { until } from '../../../../test/kit/until.mts';
import { itemsOf, settledRuns } from '../../../../test/n8n/kit/runs.mts';
import { chain, lastStep, manualTrigger } from '../../../../test/n8n/kit/workflows.mts';
import { startDouble, type Double } from '../kit/double.mts';

const CREDENTIAL = { id: 'testEryxonApi001', name: 'Eryxon under test' };
const credentials = { eryxonApi: CREDENTIAL };
const BULK = 'eryxonBulk000001';
const TRIGGER = 'eryxonTrigger001';

const ROWS = [
	{ external_id: 'J-1', 'Job Number': 'SO-1', customer: 'Acme' },
	{ external_id: '', 'Job Number': 'SO-2' },
	{ external_id: 'J-3', 'Job Number': 'SO-3' },
];

const eryxon = (name: string, parameters: object, more: object = {}) => ({
	name,
	type: 'n8n-nodes-eryxon.eryxon',
	typeVersion: 1,
	parameters: { fields: { mappingMode: 'autoMapInputData', value: null }, ...parameters },
	credentials,
	...more,
});

describe('the packed package in a real n8n', () => {
	let double: Double;
	let n8n: N8n;
	let session: N8nSession;
	let folder: string;

	beforeAll(async () => {
		double = await startDouble();
		folder = mkdtempSync(join(tmpdir(), 'eryxon-n8n-'));
		await installTarball(await packPackage(join(process.cwd(), 'packages', 'eryxon'), folder), folder);
		n8n = await N8n.prepare({ host: findHost(), userFolder: folder });
		const { baseUrl, apiKey } = double.access;
		await importCredentials(n8n, [{ ...CREDENTIAL, type: 'eryxonApi', data: { baseUrl, apiKey, externalSource: 'ERP' } }]);
		await importWorkflows(n8n, [
			chain(BULK, 'Jobs in bulk', [
				manualTrigger,
				{ name: 'Sheet', type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters: { mode: 'raw', jsonOutput: JSON.stringify({ rows: ROWS }), options: {} } },
				{ name: 'Rows', type: 'n8n-nodes-base.splitOut', typeVersion: 1, parameters: { fieldToSplitOut: 'rows', options: {} } },
				eryxon('Jobs', { resource: 'job', operation: 'bulkSync', options: {} }),
			]),
			chain(TRIGGER, 'Jobs of the shop floor', [
				{ name: 'Eryxon', type: 'n8n-nodes-eryxon.eryxonTrigger', typeVersion: 1, parameters: { events: ['job.created', 'job.updated'], options: {} }, credentials, webhookId: '5f0c3f0e-0000-4000-8000-000000000001' },
				lastStep,
			]),
		]);
		await publishWorkflows(n8n, [TRIGGER]);
		await n8n.start();
		session = await N8nSession.open(n8n.url);
	}, 180_000);

	afterAll(async () => {
		await n8n?.stop();
		await stopAllChildren();
		await double?.close();
		if (folder) rmSync(folder, { recursive: true, force: true });
	});

	it('offers both nodes, with icons', async () => {
		const types = (await (await session.file('/types/nodes.json')).json()) as Array<{ name: string; displayName: string; iconUrl?: { light: string } }>;
		const ours = types.filter(({ name }) => /^n8n-nodes-eryxon\.eryxon(Trigger)?$/.test(name));
		expect(ours.map(({ displayName }) => displayName).sort()).toEqual(['Eryxon MES', 'Eryxon MES Trigger']);
		for (const { iconUrl } of ours) expect((await session.file(`/${String(iconUrl?.light).replace(/^\//, '')}`)).status).toBe(200);
	});

	it.each([
		['accepts the right key', {}, 'OK', /./],
		['accepts the full address as well', { baseUrl: '/functions/v1/' }, 'OK', /./],
		['refuses a wrong key', { apiKey: 'ery_live_ffffffffffffffffffffffffffffffff' }, 'Error', /API Key/],
		['says what is wrong with the address', { baseUrl: '/elsewhere' }, 'Error', /Base URL/],
	])('the connection test %s', async (_, change: { baseUrl?: string; apiKey?: string }, status, message) => {
		const { baseUrl, apiKey } = double.access;
		const data = { baseUrl: `${baseUrl}${change.baseUrl ?? ''}`, apiKey: change.apiKey ?? apiKey, externalSource: '' };
		const answer = await session.testCredential({ ...CREDENTIAL, type: 'eryxonApi', data });
		expect(answer).toMatchObject({ status, message: expect.stringMatching(message) as string });
		expect(answer.message).not.toContain('ery_live_f');
	});

	it('takes rows of a sheet, stores the good ones and starts a run for what Eryxon tells of them', async () => {
		await until('the webhook is registered', async () => (await double.records('webhooks')).length === 1, 60_000);
		await session.runManually(BULK, 'Run');
		const [run] = await settledRuns(session, BULK, 1);
		const items = itemsOf(run, 'Jobs');
		expect(items.map(({ external_id: key, action }) => [key, action])).toEqual([
			['J-1', 'created'],
			[null, 'error'],
			['J-3', 'created'],
		]);
		expect((items[1].error as { message: string }).message).toBe("'external_id' is missing [Item 1]");
		const runs = await settledRuns(session, TRIGGER, 2);
		const events = runs.flatMap((each) => itemsOf(each, 'Eryxon'));
		expect(events.map(({ event, externalId }) => [event, externalId]).sort()).toEqual([
			['job.created', 'J-1'],
			['job.created', 'J-3'],
		]);
		expect(JSON.stringify([run, runs])).not.toContain(double.access.apiKey);
	});

	it('fills the editor: fields to map, and records to pick', async () => {
		const parameters = { resource: 'part', operation: 'sync' };
		const about = { nodeTypeAndVersion: { name: 'n8n-nodes-eryxon.eryxon', version: 1 }, currentNodeParameters: parameters, credentials, path: 'parameters.fields' };
		const mapper = await session.rest<{ fields: Array<{ id: string; required: boolean }> }>('POST', '/dynamic-node-parameters/resource-mapper-fields', { ...about, methodName: 'getFields' });
		expect(mapper.fields.filter(({ required }) => required).map(({ id }) => id)).toEqual(['external_id']);
		expect(mapper.fields.map(({ id }) => id)).toEqual(expect.arrayContaining(['part_number', 'job_external_id', 'material']));
		const picker = await session.rest<{ results: Array<{ name: string; value: string }> }>('POST', '/dynamic-node-parameters/resource-locator-results', {
			...about,
			currentNodeParameters: { resource: 'job', operation: 'get' },
			path: 'parameters.record',
			methodName: 'searchRecords',
			filter: 'SO-3',
		});
		expect(picker.results.map(({ name }) => name)).toEqual(['SO-3']);
	});

	it('listens for a test event in the editor, and takes the one that comes', async () => {
		const before = (await session.runs(TRIGGER)).length;
		expect(await session.runManually(TRIGGER, 'Eryxon')).toMatchObject({ waitingForWebhook: true });
		await until('the test address is registered', async () => (await double.records('webhooks')).length === 2);
		await double.control('POST', 'records', { table: 'jobs', values: { job_number: 'TEST-EVENT', external_id: 'J-TEST', external_source: 'ERP' } });
		// One run of the test, one of the published workflow.
		const runs = await settledRuns(session, TRIGGER, before + 2);
		const events = runs.slice(before).flatMap((each) => itemsOf(each, 'Eryxon'));
		expect(events.map(({ externalId, replayed }) => [externalId, replayed])).toEqual([
			['J-TEST', false],
			['J-TEST', false],
		]);
	});

	it('fetches what happened while n8n was down, once and marked as replayed', async () => {
		await double.control('POST', 'switches', { webhookRetryMs: 1 });
		await n8n.stop();
		await double.control('POST', 'records', { table: 'jobs', values: { job_number: 'WHILE-DOWN', external_id: 'J-9', external_source: 'ERP' } });
		await until('Eryxon gives up', async () => (await double.control<{ pending: number }>('GET', 'deliveries')).pending === 0, 30_000);
		await n8n.start();
		session = await N8nSession.open(n8n.url);
		const runs = await settledRuns(session, TRIGGER, 5);
		const replayed = runs.flatMap((each) => itemsOf(each, 'Eryxon')).filter(({ externalId }) => externalId === 'J-9');
		expect(replayed).toMatchObject([{ event: 'job.created', replayed: true }]);
	});

	it('removes its webhook when the workflow is switched off', async () => {
		await session.deactivate(TRIGGER);
		await until('the webhook is gone', async () => (await double.records('webhooks')).length === 0);
	});
});
