import { join } from 'node:path';
import { control, startServer, type Doubles, type Server } from '../lib/doubles.mts';
import { eryxonWorkflows } from '../lib/demo-workflows.mts';
import { installTarball, packPackage } from '../lib/package.mts';
import { runOnceWithEryxon } from '../once/eryxon.mts';
import type { Mes, Running } from './mes.mts';

export interface EryxonServers extends Running {
	eryxon: { url: string; apiKey: string };
	odoo: Doubles['odoo'];
}

/** Products without serial numbers, of which Eryxon has none, and the orders for them that wait at the start. */
const SHEET_METAL = [
	{ partNumber: 'BRACKET-10', name: 'Bracket', quantity: 20 },
	{ partNumber: 'COVER-20', name: 'Cover', quantity: 4 },
];

export const eryxon: Mes<EryxonServers> = {
	ports: {
		eryxon: { port: 4040, name: 'the Eryxon double' },
		odoo: { port: 8069, name: 'the Odoo double' },
	},
	sandbox: 'Eryxon and Odoo',
	folder: 'eryxon',
	start,
	environment: () => ({}),
	async install(root, _host, folder) {
		await installTarball(await packPackage(join(root, 'packages', 'eryxon'), join(folder, 'package')), folder);
	},
	workflows: eryxonWorkflows,
	pages: (servers) => [
		['Eryxon', servers.eryxon.url],
		['Odoo', servers.odoo.url],
	],
	whatToDo: [
		'  1. Odoo: see the orders. Within 10 seconds n8n has stored them in Eryxon: job, part and operation.',
		'  2. Eryxon: start the operation of a bracket, cover or valve and complete it.',
		'  3. Odoo: its order has the quantity and is done.',
		'     Pumps and gearboxes have serial numbers in Odoo, which Eryxon does not know: their events wait for a person in',
		'     n8n > Data tables > "Eryxon events", with the reason.',
		'  4. n8n: open "Eryxon completions to Odoo" > Executions to see each run. "Spreadsheet to Eryxon" lies beside it.',
		'     Your changes to the workflows stay for the next start; Eryxon and Odoo start afresh each time.',
	],
	once: runOnceWithEryxon,
};

async function start(root: string, ports: Readonly<Record<string, number>>): Promise<EryxonServers> {
	const running: Server[] = [];
	const close = async () => void (await Promise.allSettled(running.map((server) => server.close())));
	try {
		const mes = await startServer<Server & { apiKey: string }>(root, 'eryxon/server.mts', 'startEryxonDouble', { port: ports.eryxon });
		running.push(mes);
		const odoo = await startServer<Server & Doubles['odoo']>(root, 'odoo/server.mts', 'startOdooDouble', { port: ports.odoo });
		running.push(odoo);
		for (const { partNumber, name, quantity } of SHEET_METAL) {
			const values = { name, default_code: partNumber, tracking: 'none' };
			await control(odoo.url, 'POST', 'records', { model: 'product.template', values });
			await control(odoo.url, 'POST', 'orders', { partNumber, quantity, origin: 'SO2001' });
		}
		return { eryxon: mes, odoo, close };
	} catch (cause) {
		await close();
		throw cause;
	}
}
