import type { Doubles } from './doubles.mts';
import { plantTemplate } from './plant-template.mts';
import type { Credential } from './workflows.mts';

/** Ids of the demo's two workflows; fixed, so that importing again replaces them. */
export const ORDERS_WORKFLOW = 'odooOrdersToPico';
export const COMPLETIONS_WORKFLOW = 'picoDoneToOdoo00';
/** Credentials for the sandbox's servers. They are the same made-up ones for everybody. */
export function demoCredentials({ pico, odoo }: Pick<Doubles, 'pico' | 'odoo'>): Credential[] {
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
	];
}

/** The first pair of templates, filled in for the sandbox: nothing is changed that a person would not type. */
export function workflowPair(root: string, doubles: Pick<Doubles, 'pico' | 'odoo'>, everySeconds: number) {
	const credentials = demoCredentials(doubles);
	const { odoo } = doubles;
	const settings = { odooUrl: odoo.url, odooDatabase: odoo.credentials.db };
	const orders = plantTemplate(root, 'odoo-orders-to-pico', { id: ORDERS_WORKFLOW, credentials, everySeconds });
	const completions = plantTemplate(root, 'pico-completions-to-odoo', { id: COMPLETIONS_WORKFLOW, credentials, settings });
	return { credentials, workflows: [orders, completions] };
}
