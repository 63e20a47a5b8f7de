import { join } from 'node:path';
import { demoWorkflows } from '../lib/demo-workflows.mts';
import { startDoubles, type Doubles } from '../lib/doubles.mts';
import { installTarball, packPackage } from '../lib/package.mts';
import { runOnce } from '../once/run.mts';
import type { Mes } from './mes.mts';

export const pico: Mes<Doubles> = {
	ports: {
		pico: { port: 4010, name: 'the Pico sandbox' },
		odoo: { port: 8069, name: 'the Odoo double' },
		netsuite: { port: 8443, name: 'the NetSuite double' },
	},
	sandbox: 'Pico and its ERPs',
	folder: '',
	start: async (root, ports) => await startDoubles(root, { pico: ports.pico, odoo: ports.odoo, netsuite: ports.netsuite }),
	environment: () => ({}),
	async install(root, _host, folder) {
		await installTarball(await packPackage(root, join(folder, 'package')), folder);
	},
	workflows: demoWorkflows,
	pages: ({ pico: { url }, odoo, netsuite }) => [
		['Pico (floor)', url],
		['Odoo', odoo.url],
		['NetSuite', netsuite.plainUrl],
	],
	whatToDo: [
		'  1. Odoo or NetSuite: see the orders. Within 10 seconds n8n has saved them in Pico.',
		'  2. Pico: start one of them and complete it. The page proposes serial numbers for the unit and its parts; change',
		'     them if you like.',
		'  3. Odoo or NetSuite: the order has its quantity and these serial numbers, and is done when all its units are.',
		'  4. n8n: open "Pico completions to Odoo" or "Pico completions to NetSuite" > Executions to see each run, and',
		'     change what you like. All other templates lie beside them, filled in for this plant; publish one to let it work.',
		'     Your changes to the workflows stay for the next start; Pico, Odoo and NetSuite start afresh each time.',
	],
	once: async ({ steps, servers, session }) => await runOnce({ steps, doubles: servers, session }),
};
