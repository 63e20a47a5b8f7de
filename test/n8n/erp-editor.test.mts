import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findHost } from '../../demo/lib/host.mts';
import { N8nSession } from '../../demo/lib/n8n-session.mts';
import { N8n } from '../../demo/lib/n8n.mts';
import { startOdooDouble, type OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';

type Json = Record<string, unknown>;

/** What the editor of a running n8n asks the doubles: credential tests, pickers, field lists. */
describe('the Odoo double behind the editor of a real n8n', () => {
	let folder: string;
	let odoo: OdooDouble;
	let n8n: N8n;
	let session: N8nSession;
	let credentials: Record<'odooApi' | 'odooApiKeyApi', { id: string; name: string }>;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'n8n-erp-editor-'));
		odoo = await startOdooDouble({ port: 0, host: '127.0.0.1' });
		n8n = await N8n.prepare({ host: findHost(), userFolder: folder });
		await n8n.start();
		session = await N8nSession.open(n8n.url);
		const { db, username, password, apiKey } = odoo.credentials;
		const make = async (type: string, data: Json) => {
			const { id } = await session.rest<{ id: string }>('POST', '/credentials', { name: type, type, data });
			return { id, name: type };
		};
		credentials = {
			odooApi: await make('odooApi', { url: odoo.url, db, username, password }),
			odooApiKeyApi: await make('odooApiKeyApi', { url: odoo.url, db, apiKey }),
		};
	}, 180_000);

	afterAll(async () => {
		await n8n?.stop();
		await odoo?.close();
		await rm(folder, { recursive: true, force: true });
	});

	const ask = <Answer,>(
		kind: string,
		version: number,
		type: 'odooApi' | 'odooApiKeyApi',
		more: Json,
		parameters: Json,
	) =>
		session.rest<Answer>('POST', `/dynamic-node-parameters/${kind}`, {
			path: 'parameters.customResource',
			nodeTypeAndVersion: { name: 'n8n-nodes-base.odoo', version },
			currentNodeParameters: { authentication: type, resource: 'custom', operation: 'create', ...parameters },
			credentials: { [type]: credentials[type] },
			...more,
		});

	const order = { customResource: { __rl: true, mode: 'id', value: 'mrp.production' } };

	it('passes both credential tests and fails them for a wrong secret', async () => {
		const { db, username, password, apiKey } = odoo.credentials;
		const { url } = odoo;
		const test = async (type: 'odooApi' | 'odooApiKeyApi', data: Json) => {
			const { status } = await session.testCredential({ ...credentials[type], type, data });
			return status;
		};
		expect(await test('odooApi', { url, db, username, password })).toBe('OK');
		expect(await test('odooApi', { url, db, username, password: 'wrong' })).toBe('Error');
		expect(await test('odooApiKeyApi', { url, db, apiKey })).toBe('OK');
		expect(await test('odooApiKeyApi', { url, db, apiKey: 'wrong' })).toBe('Error');
	});

	it.each(['odooApi', 'odooApiKeyApi'] as const)('fills the pickers of node version 2 (%s)', async (type) => {
		const models = await ask<{ results: Json[] }>(
			'resource-locator-results',
			2,
			type,
			{ methodName: 'searchModels', filter: 'manufacturing' },
			{},
		);
		expect(models.results).toEqual([
			{ name: 'Manufacturing Order', value: 'mrp.production', description: 'mrp.production' },
		]);
		const records = await ask<{ results: Json[] }>(
			'resource-locator-results',
			2,
			type,
			{ methodName: 'searchCustomRecords', filter: '00003' },
			order,
		);
		expect(records.results).toEqual([{ name: 'WH/MO/00003', value: 3 }]);
	});

	it.each(['odooApi', 'odooApiKeyApi'] as const)('lists the fields to map of node version 2 (%s)', async (type) => {
		const { fields } = await ask<{ fields: Json[] }>(
			'resource-mapper-fields',
			2,
			type,
			{ methodName: 'getOdooFields' },
			order,
		);
		expect(fields).toContainEqual(expect.objectContaining({ id: 'product_id', type: 'string', display: true }));
		expect(fields).toContainEqual(expect.objectContaining({ id: 'origin', type: 'string', display: true }));
		expect(fields).toContainEqual(expect.objectContaining({ id: 'move_raw_ids', display: false }));
	});

	it('fills the lists of node version 1: models, fields, states, countries', async () => {
		const list = (methodName: string) =>
			ask<Json[]>('options', 1, 'odooApi', { methodName }, { customResource: 'mrp.production' });
		expect(await list('getModels')).toContainEqual(expect.objectContaining({ value: 'stock.lot' }));
		expect(await list('getModelFields')).toContainEqual(expect.objectContaining({ value: 'lot_producing_ids' }));
		expect(await list('getStates')).toContainEqual(expect.objectContaining({ name: 'Texas' }));
		expect(await list('getCountries')).toContainEqual(expect.objectContaining({ name: 'Germany' }));
	});
});
