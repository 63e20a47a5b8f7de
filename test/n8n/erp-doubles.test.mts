import { startOdooDouble, type OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';
import { chain, CommandLineN8n, type Json, type WorkflowNode } from './erp-host.mts';

jest.setTimeout(180_000);

const odooApi = { odooApi: { id: 'erpOdooLogin0001', name: 'Odoo login' } };
const odooApiKeyApi = { odooApiKeyApi: { id: 'erpOdooKey000001', name: 'Odoo key' } };

const odooV1 = (name: string, parameters: Json): WorkflowNode => ({
	name,
	type: 'n8n-nodes-base.odoo',
	typeVersion: 1,
	parameters: { resource: 'custom', ...parameters },
	credentials: odooApi,
});

const odooV2 = (name: string, authentication: 'odooApi' | 'odooApiKeyApi', model: string, parameters: Json): WorkflowNode => ({
	name,
	type: 'n8n-nodes-base.odoo',
	typeVersion: 2,
	parameters: {
		authentication,
		resource: 'custom',
		customResource: { __rl: true, mode: 'id', value: model },
		...parameters,
	},
	credentials: authentication === 'odooApi' ? odooApi : odooApiKeyApi,
});

const mapped = (value: Json): Json => ({ mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] });

function odooWorkflows(): Json[] {
	const v2 = (authentication: 'odooApi' | 'odooApiKeyApi'): WorkflowNode[] => [
		odooV2('Orders', authentication, 'mrp.production', {
			operation: 'getAll',
			returnAll: false,
			limit: 1,
			filters: {
				filter: [
					{ fieldName: 'state', operator: 'in', value: 'confirmed, progress' },
					{ fieldName: 'product_id.default_code', operator: 'equal', value: 'PUMP-100' },
				],
			},
			options: { fieldsList: 'name, product_id, product_qty, state' },
		}),
		odooV2('Serial', authentication, 'stock.lot', {
			operation: 'create',
			fieldsToSend: mapped({ name: `SN-${authentication}`, product_id: '={{ $json.product_id[0] }}' }),
		}),
		odooV2('Report', authentication, 'mrp.production', {
			operation: 'update',
			recordId: { __rl: true, mode: 'id', value: "={{ $('Orders').item.json.id }}" },
			fieldsToSend: mapped({ qty_producing: 1, lot_producing_id: '={{ $json.id }}', x_pico_event: 'event-1' }),
		}),
		odooV2('Order', authentication, 'mrp.production', {
			operation: 'get',
			recordId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			options: {},
		}),
	];
	return [
		chain('erpOdooV1', [
			odooV1('Orders', {
				operation: 'getAll',
				customResource: 'mrp.production',
				returnAll: true,
				options: { fieldsList: ['name', 'product_id', 'state'] },
				filterRequest: { filter: [{ fieldName: 'product_id.default_code', operator: 'equal', value: 'PUMP-100' }] },
			}),
		]),
		chain('erpOdooV2Key', v2('odooApiKeyApi')),
		chain('erpOdooV2Login', v2('odooApi')),
	];
}

describe('the ERP doubles under real n8n nodes', () => {
	let odoo: OdooDouble;
	let n8n: CommandLineN8n;

	beforeAll(async () => {
		odoo = await startOdooDouble({ port: 0, host: '127.0.0.1' });
		n8n = await CommandLineN8n.create({});
		const { url, credentials } = odoo;
		const { db, username, password, apiKey } = credentials;
		await n8n.importCredentials([
			{ ...odooApi.odooApi, type: 'odooApi', data: { url, db, username, password } },
			{ ...odooApiKeyApi.odooApiKeyApi, type: 'odooApiKeyApi', data: { url, db, apiKey } },
		]);
		await n8n.importWorkflows(odooWorkflows());
	});

	afterAll(async () => {
		await n8n?.close();
		await odoo?.close();
	});

	it('lists manufacturing orders through Odoo node version 1', async () => {
		const run = await n8n.execute('erpOdooV1');
		expect(run.error).toBeUndefined();
		expect(run.items('Orders')).toHaveLength(2);
	});

	it.each(['erpOdooV2Key', 'erpOdooV2Login'])('reads, creates and updates through Odoo node version 2 (%s)', async (id) => {
		const run = await n8n.execute(id);
		expect(run.error).toBeUndefined();
		expect(run.items('Order')).toEqual([expect.objectContaining({ x_pico_event: 'event-1', qty_producing: 1 })]);
	});
});
