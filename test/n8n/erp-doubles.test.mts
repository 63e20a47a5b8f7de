import { startNetsuiteDouble, type NetsuiteDouble } from '../../packages/sandbox/src/netsuite/server.mts';
import { startOdooDouble, type OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';
import { CommandLineN8n, type Json } from './erp-host.mts';
import {
	credentials,
	oauth2Flow,
	odooErrorFlow,
	odooV1Flow,
	odooV2Flow,
} from './erp-workflows.mts';

jest.setTimeout(180_000);

const host = '127.0.0.1';

async function control<Answer = Json>(
	url: string,
	method: 'GET' | 'POST',
	path: string,
	body?: unknown,
): Promise<Answer> {
	const response = await fetch(`${url}/control/${path}`, {
		method,
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
	return (await response.json()) as Answer;
}

describe('the ERP doubles under real n8n nodes', () => {
	let odoo: OdooDouble;
	let netsuite: NetsuiteDouble;
	let n8n: CommandLineN8n;

	beforeAll(async () => {
		odoo = await startOdooDouble({ port: 0, host });
		netsuite = await startNetsuiteDouble({ port: 0, host });
		n8n = await CommandLineN8n.create({ NODE_EXTRA_CA_CERTS: netsuite.caFile });
		await n8n.importCredentials(credentials(odoo, netsuite));
		await n8n.importWorkflows([
			odooV1Flow(),
			odooV2Flow('erpOdooV2Key', 'odooApiKeyApi', odoo.url),
			odooV2Flow('erpOdooV2Login', 'odooApi', odoo.url),
			odooErrorFlow('erpOdooErrorKey', 'odooApiKeyApi'),
			odooErrorFlow('erpOdooErrorLogin', 'odooApi'),
			oauth2Flow(netsuite.url),
		]);
	});

	afterAll(async () => {
		await n8n?.close();
		await netsuite?.close();
		await odoo?.close();
	});

	beforeEach(async () => {
		await control(odoo.url, 'POST', 'reset', {});
		await control(netsuite.plainUrl, 'POST', 'reset', {});
	});

	it('serves the Odoo node version 1: list, create, update, get, delete', async () => {
		const run = await n8n.execute('erpOdooV1');
		expect(run.error).toBeUndefined();
		expect(run.items('Orders')).toEqual([
			{ id: 1, name: 'WH/MO/00001', product_id: [1, '[PUMP-100] Coolant pump'], state: 'confirmed' },
		]);
		expect(run.items('Order')).toEqual([
			expect.objectContaining({
				state: 'to_close',
				qty_producing: 1,
				lot_producing_ids: [expect.any(Number)],
				origin: 'event-v1',
			}),
		]);
		expect(run.items('Delete')).toEqual([{ success: true }]);
		const { lots } = await control<{ lots: Json[] }>(odoo.url, 'GET', 'state');
		expect(lots.map(({ name }) => name).filter((name) => String(name).startsWith('SN-'))).toEqual(['SN-V1']);
	});

	it.each([
		['JSON-2 and an API key', 'erpOdooV2Key'],
		['JSON-RPC and a login', 'erpOdooV2Login'],
	])('serves the Odoo node version 2 over %s, and the HTTP Request node beside it', async (_name, id) => {
		const run = await n8n.execute(id);
		expect(run.error).toBeUndefined();
		expect(run.items('Orders')).toHaveLength(1);
		expect(run.items('Order')).toEqual([expect.objectContaining({ origin: 'event-v2', qty_producing: 1 })]);
		expect(run.items('Finish')).toEqual([expect.objectContaining({ statusCode: 200 })]);
		expect(run.items('Delete')).toEqual([{ id: expect.any(Number), deleted: true }]);
		const { orders } = await control<{ orders: Json[] }>(odoo.url, 'GET', 'state');
		expect(orders.at(-1)).toMatchObject({ state: 'done', produced: 1, serials: [expect.stringMatching(/^SN-/)] });
	});

	it.each(['erpOdooErrorKey', 'erpOdooErrorLogin'])('gives the Odoo node an error it can show (%s)', async (id) => {
		const run = await n8n.execute(id);
		expect(run.status).toBe('error');
		expect(run.error).toMatch(/no_such_field|service/i);
	});

	it('serves the HTTP Request node with an OAuth2 credential over https: SuiteQL, upsert, transform', async () => {
		const run = await n8n.execute('erpOAuth2');
		expect(run.error).toBeUndefined();
		expect(run.items('Query')).toEqual([expect.objectContaining({ count: 1, hasMore: true, totalResults: 4 })]);
		expect(run.items('Upsert')).toEqual([expect.objectContaining({ statusCode: 204 })]);
		expect(run.items('Issue')).toEqual([expect.objectContaining({ statusCode: 204 })]);
	});
});
