import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { demoCredentials, eryxonCredentials, type DemoServers } from './demo-credentials.mts';
import { NETSUITE_BOOKING, NETSUITE_CALLS, netsuiteSettings } from './netsuite-plant.mts';
import { plantTemplate, settingsFor } from './plant-template.mts';
import type { Credential } from './workflows.mts';

/** Templates that do the main job and are published; the others lie beside them, to look at and to try. */
export const PUBLISHED = {
	// Those that are called come first.
	netsuiteCalls: NETSUITE_CALLS,
	netsuiteBooking: NETSUITE_BOOKING,
	odooOrders: 'odoo-orders-to-pico',
	odooCompletions: 'pico-completions-to-odoo',
	netsuiteOrders: 'netsuite-orders-to-pico',
	netsuiteCompletions: 'pico-completions-to-netsuite',
} as const;

/**
 * Id of a template's workflow in the demo: fixed, so that importing again replaces it, and short, since n8n stores
 * static data, such as the position of a trigger, for ids of at most 21 characters only.
 */
export const workflowId = (template: string): string => `demo${createHash('sha256').update(template).digest('hex').slice(0, 12)}`;

/**
 * All templates, filled in for the sandbox: nothing is changed that a person would not type.
 *
 * @param everySeconds how often the published ones look into the ERPs
 */
export function demoWorkflows(root: string, servers: DemoServers, everySeconds: number) {
	const credentials = demoCredentials(servers);
	const templates = readdirSync(join(root, 'templates')).filter((name) => name.endsWith('.json'));
	const workflows = templates.map((file) => filledIn(root, basename(file, '.json'), servers, credentials, everySeconds));
	return { credentials, workflows, published: Object.values(PUBLISHED).map(workflowId) };
}

/** Templates of the Eryxon package that do the main job. */
const ERYXON_PUBLISHED = {
	orders: 'odoo-orders-to-eryxon',
	completions: 'eryxon-completions-to-odoo',
} as const;

/** n8n stores static data, such as the secret of a webhook, only for ids of at most 21 characters. */
const ERYXON_IDS: Readonly<Record<string, string>> = {
	[ERYXON_PUBLISHED.orders]: 'demoEryxonOrders',
	[ERYXON_PUBLISHED.completions]: 'demoEryxonBack',
	'spreadsheet-to-eryxon': 'demoEryxonSheet',
};

/** Ids of the two workflows that do the main job. */
export const ERYXON_WORKFLOWS = {
	orders: ERYXON_IDS[ERYXON_PUBLISHED.orders],
	completions: ERYXON_IDS[ERYXON_PUBLISHED.completions],
} as const;

/** The same for the templates of the Eryxon package. */
export function eryxonWorkflows(root: string, servers: Parameters<typeof eryxonCredentials>[0], everySeconds: number) {
	const credentials = eryxonCredentials(servers);
	const home = join(root, 'packages', 'eryxon');
	const { url, credentials: { db } } = servers.odoo;
	const settings: Record<string, Record<string, string | number>> = {
		// Long enough for a run with all its repeats, and not too long for somebody who watches.
		[ERYXON_PUBLISHED.completions]: { odooUrl: url, odooDatabase: db, retryAfterMinutes: 1 },
	};
	const workflows = readdirSync(join(home, 'templates'))
		.filter((name) => name.endsWith('.json'))
		.map((file) => basename(file, '.json'))
		.map((name) => plantTemplate(home, name, { id: ERYXON_IDS[name] ?? workflowId(name), credentials, settings: settings[name], everySeconds }));
	return { credentials, workflows, published: Object.values(ERYXON_WORKFLOWS) };
}

function filledIn(root: string, name: string, servers: DemoServers, credentials: Credential[], everySeconds: number) {
	const settings = settingsFor(root, name, plantSettings(name, servers));
	// The schedule of the sign-in looks after a certificate, not after orders.
	const looksIntoErp = (Object.values(PUBLISHED) as string[]).includes(name) && name !== NETSUITE_CALLS;
	return plantTemplate(root, name, {
		id: workflowId(name),
		credentials,
		settings,
		...(looksIntoErp ? { everySeconds } : {}),
	});
}

/** What a person of this made-up plant would type into "Plant settings". */
function plantSettings(name: string, { odoo, netsuite }: DemoServers): Record<string, string> {
	const completions = workflowId(name.endsWith('netsuite') ? PUBLISHED.netsuiteCompletions : PUBLISHED.odooCompletions);
	return {
		odooUrl: odoo.url,
		...netsuiteSettings(netsuite, workflowId),
		completionsWorkflowId: completions,
		postingWorkflowId: completions,
		// Nothing of the demo leaves this machine; there is no ticket system in it.
		ticketUrl: 'http://127.0.0.1:8055/tickets',
	};
}
