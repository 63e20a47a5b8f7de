import type { Doubles } from './doubles.mts';
import { netsuiteCredentials } from './netsuite-credentials.mts';
import { odooSignature } from './odoo-signature.mts';
import type { Credential } from './workflows.mts';

/** As far as a credential needs to know it. */
type Odoo = Doubles['odoo'];

const odooKey = ({ url, credentials: { db, apiKey } }: Odoo): Credential => ({
	id: 'demoOdooKey00001',
	name: 'Odoo sandbox',
	type: 'odooApiKeyApi',
	data: { url, db, apiKey },
});

/** The double's administrator, by the credential that the Odoo templates want. */
const odooSigned = ({ credentials: { db, apiKey } }: Odoo): Credential => ({
	id: 'demoOdooSign0001',
	name: 'Odoo sandbox (Custom Auth)',
	type: 'httpCustomAuth',
	data: { json: odooSignature({ version: 19, db, uid: 2, key: apiKey }) },
});

/** Credentials for an Eryxon and its ERP. */
export function eryxonCredentials({ eryxon, odoo }: { eryxon: { url: string; apiKey: string }; odoo: Odoo }): Credential[] {
	return [
		{
			id: 'demoEryxonApi001',
			name: 'Eryxon sandbox',
			type: 'eryxonApi',
			data: { baseUrl: eryxon.url, apiKey: eryxon.apiKey, externalSource: 'Odoo' },
		},
		odooKey(odoo),
	];
}

export type DemoServers = Pick<Doubles, 'pico' | 'odoo' | 'netsuite'>;

/** Credentials for the sandbox's servers. They are the same made-up ones for everybody. */
export function demoCredentials({ pico, odoo, netsuite }: DemoServers): Credential[] {
	const { db, username, password } = odoo.credentials;
	return [
		{
			id: 'demoPicoApi00001',
			name: 'Pico sandbox',
			type: 'picoApi',
			data: { endpoint: `${pico.url}/graph/v2`, token: pico.token, ignoreTlsIssues: false },
		},
		odooSigned(odoo),
		odooKey(odoo),
		{
			id: 'demoOdooRpc00001',
			name: 'Odoo sandbox (JSON-RPC)',
			type: 'odooApi',
			data: { url: odoo.url, db, username, password },
		},
		...netsuiteCredentials(netsuite),
		{
			id: 'demoTickets00001',
			name: 'Ticket system (not in the demo)',
			type: 'httpHeaderAuth',
			data: { name: 'Authorization', value: 'none' },
		},
		{
			id: 'demoMail00000001',
			name: 'Mail server (not in the demo)',
			type: 'smtp',
			data: { host: '127.0.0.1', port: 1025, secure: false, disableStartTls: true, user: '', password: '' },
		},
		{
			// For the forms that show where an order is.
			id: 'demoOrderForm001',
			name: 'Order form',
			type: 'httpBasicAuth',
			data: { user: 'floor', password: 'PicoDemo1' },
		},
	];
}
