import { join } from 'node:path';
import type { Doubles } from './doubles.mts';
import { fillTemplate, readTemplate, type Credential, type Workflow } from './workflows.mts';

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
	const template = (name: string) => readTemplate(join(root, 'templates', `${name}.json`));
	const orders = fillTemplate(template('odoo-orders-to-pico'), ORDERS_WORKFLOW, credentials);
	const completions = fillTemplate(template('pico-completions-to-odoo'), COMPLETIONS_WORKFLOW, credentials);
	const { odoo } = doubles;
	setParameters(orders, 'n8n-nodes-base.scheduleTrigger', {
		rule: { interval: [{ field: 'seconds', secondsInterval: everySeconds }] },
	});
	setSettings(completions, { odooUrl: odoo.url, odooDatabase: odoo.credentials.db });
	return { credentials, workflows: [orders, completions] };
}

function setParameters(workflow: Workflow, type: string, parameters: Record<string, unknown>): void {
	for (const node of workflow.nodes) {
		if (node.type === type) node.parameters = { ...node.parameters, ...parameters };
	}
}

/** Fills the node named "Settings", where a template asks for what no credential can hold. */
function setSettings(workflow: Workflow, values: Record<string, string>): void {
	const settings = workflow.nodes.find((node) => node.name === 'Settings');
	if (!settings) throw new Error(`"${workflow.name}" has no node named Settings`);
	const { assignments } = settings.parameters.assignments as { assignments: Array<{ name: string; value: string }> };
	for (const assignment of assignments) {
		if (assignment.name in values) assignment.value = values[assignment.name];
	}
}
