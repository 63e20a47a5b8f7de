import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stopAllChildren } from '../../demo/lib/children.mts';
import { startDoubles, type Doubles } from '../../demo/lib/doubles.mts';
import { findHost } from '../../demo/lib/host.mts';
import { N8nSession } from '../../demo/lib/n8n-session.mts';
import { N8n } from '../../demo/lib/n8n.mts';
import type { NetsuiteAccess } from '../../demo/lib/netsuite-credentials.mts';
import { installTarball, packPackage } from '../../demo/lib/package.mts';
import { reservePort } from '../../demo/lib/ports.mts';
import { demoCredentials } from '../../demo/lib/demo-credentials.mts';
import {
	fillTemplate,
	importCredentials,
	importWorkflows,
	publishWorkflows,
	readTemplate,
	type Credential,
	type Workflow,
} from '../../demo/lib/workflows.mts';
import type { NetsuiteDouble } from '../../packages/sandbox/src/netsuite/server.mts';
import { exampleWorkflows, TRIGGER_WORKFLOW } from './workflows.mts';

/** A template as n8n holds it, with the name of its file. */
export type Imported = Workflow & { id: string; file: string };

/** The plant and a real n8n that knows it: what all pictures are taken of. */
export interface Stage {
	n8n: N8n;
	session: N8nSession;
	doubles: Doubles;
	netsuite: NetsuiteAccess;
	templates: Imported[];
	close(): Promise<void>;
}

/** Addresses are in the pictures: the usual ports look better than random ones. */
const USUAL_PORTS = { pico: 4010, odoo: 8069, netsuite: 8443 };
const N8N_PORT = 5678;

export async function openStage(root: string): Promise<Stage> {
	const userFolder = mkdtempSync(join(tmpdir(), 'pico-pictures-'));
	// n8n listens only half a minute later: its port is held until then.
	const n8nPort = await reservePort(N8N_PORT);
	const [pico, odoo, netsuite] = await Promise.all(
		[USUAL_PORTS.pico, USUAL_PORTS.odoo, USUAL_PORTS.netsuite].map(near),
	);
	const doubles = await startDoubles(root, { pico, odoo, netsuite });
	const close = async () => {
		await stopAllChildren(8000);
		await doubles.close();
		rmSync(userFolder, { recursive: true, force: true });
	};
	try {
		const account = doubles.netsuite as NetsuiteDouble | undefined;
		if (!account) throw new Error('there is no NetSuite double');
		const host = findHost(root);
		// Without this n8n offers no installation by name, which is the first step of the guides.
		const extra = { N8N_UNVERIFIED_PACKAGES_ENABLED: 'true' };
		const n8n = await N8n.prepare({ host, userFolder, root, port: n8nPort.port, extra });
		await installTarball(await packPackage(root, join(userFolder, 'package')), userFolder);
		const known = demoCredentials(doubles);
		const files = readdirSync(join(root, 'templates')).filter((name) => name.endsWith('.json'));
		const read = files.map((name) => ({
			file: basename(name, '.json'),
			template: readTemplate(join(root, 'templates', name)),
		}));
		const credentials = [
			...known,
			...placeholders(
				read.map(({ template }) => template),
				known,
			),
		];
		const templates = read.map(({ file, template }, index) => ({
			...fillTemplate(template, `canvas${index}`, credentials),
			file,
		}));
		await importCredentials(n8n, credentials);
		await importWorkflows(n8n, [...templates, ...exampleWorkflows(credentials)]);
		await publishWorkflows(n8n, [TRIGGER_WORKFLOW]);
		await n8nPort.release();
		await n8n.start();
		return { n8n, session: await N8nSession.open(n8n.url), doubles, netsuite: account, templates, close };
	} catch (cause) {
		await close();
		throw cause;
	}
}

async function near(port: number): Promise<number> {
	const reservation = await reservePort(port);
	await reservation.release();
	return reservation.port;
}

/** Credentials of systems that are not there, such as a ticket system: on a canvas it counts only that one is chosen. */
function placeholders(templates: readonly Workflow[], known: readonly Credential[]): Credential[] {
	const names = new Map<string, string>();
	for (const { nodes } of templates) {
		for (const { credentials } of nodes) {
			for (const [type, { name }] of Object.entries(credentials ?? {})) names.set(type, name);
		}
	}
	for (const { type } of known) names.delete(type);
	return [...names].map(([type, name], index) => ({ id: `placeholder${index}`, name, type, data: {} }));
}
