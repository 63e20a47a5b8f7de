import { chain, type Credential, type Json, type WorkflowNode } from './erp-host.mts';
import type { NetsuiteDouble } from '../../packages/sandbox/src/netsuite/server.mts';
import type { OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';

type CredentialType = 'odooApi' | 'odooApiKeyApi' | 'oAuth2Api';

const use = (type: CredentialType) => ({ [type]: { id: `erp-${type}`, name: type } });

/** The credentials exactly as a person would type (or, for OAuth, connect) them in n8n. */
export function credentials(odoo: OdooDouble, netsuite: NetsuiteDouble): Credential[] {
	const { db, username, password, apiKey } = odoo.credentials;
	const { clientId, clientSecret, accessToken, refreshToken } = netsuite.credentials;
	const oauth2 = `${netsuite.plainUrl}/services/rest/auth/oauth2/v1/token`;
	const data: Record<CredentialType, Json> = {
		odooApi: { url: odoo.url, db, username, password },
		odooApiKeyApi: { url: odoo.url, db, apiKey },
		oAuth2Api: {
			grantType: 'authorizationCode',
			authUrl: `${netsuite.plainUrl}/app/login/oauth2/authorize.nl`,
			accessTokenUrl: oauth2,
			clientId,
			clientSecret,
			scope: 'rest_webservices',
			authQueryParameters: '',
			authentication: 'header',
			oauthTokenData: { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer' },
		},
	};
	return (Object.keys(data) as CredentialType[]).map((type) => ({
		id: `erp-${type}`,
		name: type,
		type,
		data: data[type],
	}));
}

export const odooV1 = (name: string, model: string, parameters: Json): WorkflowNode => ({
	name,
	type: 'n8n-nodes-base.odoo',
	typeVersion: 1,
	parameters: { resource: 'custom', customResource: model, ...parameters },
	credentials: use('odooApi'),
});

export const odooV2 = (
	name: string,
	authentication: 'odooApi' | 'odooApiKeyApi',
	model: string,
	parameters: Json,
): WorkflowNode => ({
	name,
	type: 'n8n-nodes-base.odoo',
	typeVersion: 2,
	parameters: {
		authentication,
		resource: 'custom',
		customResource: { __rl: true, mode: 'id', value: model },
		...parameters,
	},
	credentials: use(authentication),
});

export const request = (
	name: string,
	credential: CredentialType | undefined,
	method: string,
	url: string,
	parameters: Json = {},
): WorkflowNode => {
	const generic = credential === 'oAuth2Api';
	const authentication = generic
		? { authentication: 'genericCredentialType', genericAuthType: credential }
		: { authentication: 'predefinedCredentialType', nodeCredentialType: credential };
	return {
		name,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: { method, url, ...(credential ? authentication : {}), options: {}, ...parameters },
		...(credential ? { credentials: use(credential) } : {}),
	};
};

export const jsonBody = (body: string): Json => ({ sendBody: true, specifyBody: 'json', jsonBody: body });

/**
 * NetSuite names its answers application/vnd.oracle.resource+json, which n8n's detection leaves as text: the response
 * format has to be chosen.
 */
const asJson: Json = { options: { response: { response: { responseFormat: 'json' } } } };

/** Answers status and headers too, where the body of an answer is empty. */
export const withStatus: Json = { options: { response: { response: { fullResponse: true } } } };

const mapped = (value: Json): Json => ({ mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] });
const byId = (value: unknown): Json => ({ __rl: true, mode: 'id', value });

/** Version 1: list with a filter, create, update, get, delete. */
export const odooV1Flow = (): Json =>
	chain('erpOdooV1', [
		odooV1('Orders', 'mrp.production', {
			operation: 'getAll',
			returnAll: true,
			options: { fieldsList: ['name', 'product_id', 'state'] },
			filterRequest: {
				filter: [
					{ fieldName: 'product_id.default_code', operator: 'equal', value: 'PUMP-100' },
					{ fieldName: 'product_qty', operator: 'lesserOrEqual', value: '1' },
				],
			},
		}),
		odooV1('Serial', 'stock.lot', {
			operation: 'create',
			fieldsToCreateOrUpdate: {
				fields: [
					{ fieldName: 'name', fieldValue: 'SN-V1' },
					{ fieldName: 'product_id', fieldValue: '={{ $json.product_id[0] }}' },
				],
			},
		}),
		odooV1('Report', 'mrp.production', {
			operation: 'update',
			customResourceId: "={{ $('Orders').item.json.id }}",
			fieldsToCreateOrUpdate: {
				fields: [
					{ fieldName: 'qty_producing', fieldValue: '1' },
					{ fieldName: 'lot_producing_ids', fieldValue: '={{ [[4, $json.id]] }}' },
					{ fieldName: 'origin', fieldValue: 'event-v1' },
				],
			},
		}),
		odooV1('Order', 'mrp.production', { operation: 'get', customResourceId: '={{ $json.id }}', options: {} }),
		odooV1('Unused', 'stock.lot', {
			operation: 'create',
			fieldsToCreateOrUpdate: {
				fields: [
					{ fieldName: 'name', fieldValue: 'SN-UNUSED' },
					{ fieldName: 'product_id', fieldValue: '1' },
				],
			},
		}),
		odooV1('Delete', 'stock.lot', { operation: 'delete', customResourceId: '={{ $json.id }}' }),
	]);

/** Version 2: the same through either protocol, finished by an HTTP Request to the button of the order. */
export const odooV2Flow = (id: string, authentication: 'odooApi' | 'odooApiKeyApi', url: string): Json =>
	chain(id, [
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
			recordId: byId("={{ $('Orders').item.json.id }}"),
			fieldsToSend: mapped({ qty_producing: 1, lot_producing_ids: '={{ [[4, $json.id]] }}', origin: 'event-v2' }),
		}),
		odooV2('Order', authentication, 'mrp.production', {
			operation: 'get',
			recordId: byId('={{ $json.id }}'),
			options: {},
		}),
		request('Finish', 'odooApiKeyApi', 'POST', `${url}/json/2/mrp.production/button_mark_done`, {
			...jsonBody('={{ { ids: [$json.id], context: { skip_consumption: true } } }}'),
			...withStatus,
		}),
		odooV2('Unused', authentication, 'res.partner', {
			operation: 'create',
			fieldsToSend: mapped({ name: 'Nobody' }),
		}),
		odooV2('Delete', authentication, 'res.partner', { operation: 'delete', recordId: byId('={{ $json.id }}') }),
	]);

/** A wrong field name must come back as the node's own error. */
export const odooErrorFlow = (id: string, authentication: 'odooApi' | 'odooApiKeyApi'): Json =>
	chain(id, [
		odooV2('Orders', authentication, 'mrp.production', {
			operation: 'getAll',
			returnAll: true,
			filters: {},
			options: { fieldsList: 'no_such_field' },
		}),
	]);

const records = '/services/rest/record/v1';

/** HTTP Request with a generic OAuth2 credential: everything, with all headers kept. */
export const oauth2Flow = (url: string): Json =>
	chain('erpOAuth2', [
		request('Query', 'oAuth2Api', 'POST', `${url}/services/rest/query/v1/suiteql`, {
			sendQuery: true,
			queryParameters: { parameters: [{ name: 'limit', value: '1' }] },
			sendHeaders: true,
			headerParameters: { parameters: [{ name: 'Prefer', value: 'transient' }] },
			...jsonBody('={{ { q: "SELECT id, tranid FROM transaction WHERE type = \'WorkOrd\' ORDER BY id" } }}'),
			...asJson,
		}),
		request('Upsert', 'oAuth2Api', 'PUT', `${url}${records}/workOrder/eid:PICO-3`, {
			...jsonBody("={{ { assemblyItem: { externalId: 'GEAR-200' }, quantity: 1 } }}"),
			...withStatus,
		}),
		request('Issue', 'oAuth2Api', 'POST', `${url}${records}/workOrder/eid:PICO-3/!transform/workOrderIssue`, {
			...jsonBody("={{ { externalId: 'event-3-issue' } }}"),
			...withStatus,
		}),
	]);
