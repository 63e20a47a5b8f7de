import type { Doubles } from './doubles.mts';
import { netsuiteCredentials } from './netsuite-credentials.mts';
import type { Credential } from './workflows.mts';

export type DemoServers = Pick<Doubles, 'pico' | 'odoo' | 'netsuite'>;

/** Credentials for the sandbox's servers. They are the same made-up ones for everybody. */
export function demoCredentials({ pico, odoo, netsuite }: DemoServers): Credential[] {
	const { db, username, password, apiKey } = odoo.credentials;
	return [
		{
			id: 'demoPicoApi00001',
			name: 'Pico sandbox',
			type: 'picoApi',
			data: { endpoint: `${pico.url}/graph/v2`, token: pico.token, ignoreTlsIssues: false },
		},
		{ id: 'demoOdooKey00001', name: 'Odoo sandbox', type: 'odooApiKeyApi', data: { url: odoo.url, db, apiKey } },
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
	];
}
