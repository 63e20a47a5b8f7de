import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { stopAllChildren } from './lib/children.mts';
import type { Context } from './lib/context.mts';
import { startDoubles, type Doubles } from './lib/doubles.mts';
import { demoWorkflows } from './lib/demo-workflows.mts';
import { findHost, type Host } from './lib/host.mts';
import { readImported, takeInstance, takeScratch, writeImported, type Instance } from './lib/instance.mts';
import { N8nSession, OWNER } from './lib/n8n-session.mts';
import { N8n } from './lib/n8n.mts';
import { installNetsuiteNode } from './lib/netsuite-node.mts';
import { installTarball, packPackage } from './lib/package.mts';
import { reservePort, type Reservation } from './lib/ports.mts';
import { importCredentials, importWorkflows, publishWorkflows } from './lib/workflows.mts';
import { runOnce } from './once/run.mts';

const PREFERRED_PORTS = { n8n: 5678, pico: 4010, odoo: 8069, netsuite: 8443 };
const NAMES = { n8n: 'n8n', pico: 'the Pico sandbox', odoo: 'the Odoo double', netsuite: 'the NetSuite double' };
/** How often the workflows look into the ERPs; a minute, as in the templates, is long for somebody who watches. */
const SECONDS_BETWEEN_LOOKS = { watched: 10, once: 3 };

/**
 * Starts everything and, with `once`, does the main job without a person; otherwise runs until Ctrl-C.
 *
 * @returns the exit code
 */
export async function runDemo(context: Context, { once }: { once: boolean }): Promise<number> {
	const { root, steps, onInterrupt, takeLock } = context;
	const started = Date.now();
	const parent = join(root, '.demo');
	const instance = once ? takeScratch(parent, takeLock) : takeInstance(parent, takeLock);
	onInterrupt('', () => instance.release());
	if (instance.number > 1) steps.say(`Another demo is running here; this is number ${instance.number}.`);

	const ports = await reservePorts(steps);
	const doubles = await steps.run('Start the sandbox: Pico and its ERPs', async () => await startSandbox(root, ports));
	onInterrupt('the sandbox', () => doubles.close());

	const host = findHost(root);
	// The community NetSuite node talks https only, to a certificate that the double makes itself.
	const extra = { NODE_EXTRA_CA_CERTS: doubles.netsuite.caFile };
	const n8n = await N8n.prepare({ host, userFolder: instance.folder, root, port: ports.n8n.port, extra });
	onInterrupt('n8n', () => stopAllChildren(8000));
	await steps.run('Pack the nodes and install them in n8n', () => installNodes(root, host, instance));
	await steps.run('Import credentials and templates', (report) =>
		importAll(root, n8n, instance, doubles, report, once ? SECONDS_BETWEEN_LOOKS.once : SECONDS_BETWEEN_LOOKS.watched),
	);
	await steps.run('Start n8n', async () => {
		await ports.n8n.release();
		await n8n.start();
	});
	const session = await steps.run('Sign in', async () => await N8nSession.open(n8n.url));
	if (once) return await runOnce({ steps, doubles, session });

	steps.say(whatToOpen(n8n, doubles, started));
	await n8n.ended();
	if (context.isStopping()) return 1;
	steps.say(`n8n stopped by itself. Its log: ${n8n.logFile}\n${n8n.logTail(2000)}`);
	return 1;
}

type PortName = keyof typeof PREFERRED_PORTS;

/** Reserves all ports at the start: n8n listens only half a minute later, and a second demo may start meanwhile. */
async function reservePorts(steps: Context['steps']): Promise<Record<PortName, Reservation>> {
	const entries: Array<[PortName, Reservation]> = [];
	for (const name of Object.keys(PREFERRED_PORTS) as PortName[]) {
		const reservation = await reservePort(PREFERRED_PORTS[name]);
		if (reservation.moved) {
			steps.say(`Port ${PREFERRED_PORTS[name]} is in use; ${NAMES[name]} listens on ${reservation.port} instead.`);
		}
		entries.push([name, reservation]);
	}
	return Object.fromEntries(entries) as Record<PortName, Reservation>;
}

async function startSandbox(root: string, { pico, odoo, netsuite }: Record<PortName, Reservation>): Promise<Doubles> {
	await Promise.all([pico.release(), odoo.release(), netsuite.release()]);
	return await startDoubles(root, { pico: pico.port, odoo: odoo.port, netsuite: netsuite.port });
}

async function installNodes(root: string, host: Host, { folder }: Instance): Promise<void> {
	const tarball = await packPackage(root, join(folder, 'package'));
	await installTarball(tarball, folder);
	await installNetsuiteNode(host, folder);
}

/** Imports and publishes only when something differs from what this folder's n8n holds: a person's edits stay. */
async function importAll(
	root: string,
	n8n: N8n,
	{ folder }: Instance,
	doubles: Doubles,
	report: (detail: string) => void,
	everySeconds: number,
): Promise<string> {
	const { credentials, workflows, published } = demoWorkflows(root, doubles, everySeconds);
	const fingerprint = createHash('sha256').update(JSON.stringify([credentials, workflows])).digest('hex');
	if (readImported(folder) === fingerprint) return 'unchanged';
	report('credentials');
	await importCredentials(n8n, credentials);
	report('templates');
	await importWorkflows(n8n, workflows);
	report('publishing');
	await publishWorkflows(n8n, published);
	writeImported(folder, fingerprint);
	return '';
}

function whatToOpen(n8n: N8n, { pico, odoo, netsuite }: Doubles, started: number): string {
	return [
		'',
		`Ready after ${((Date.now() - started) / 1000).toFixed(0)} s. Open in a browser:`,
		'',
		`  n8n            ${n8n.url}/      e-mail ${OWNER.email}   password ${OWNER.password}`,
		`  Pico (floor)   ${pico.url}/`,
		`  Odoo           ${odoo.url}/`,
		`  NetSuite       ${netsuite.plainUrl}/`,
		'',
		'What to do:',
		'  1. Odoo or NetSuite: see the orders. Within 10 seconds n8n has saved them in Pico.',
		'  2. Pico: start one of them and complete it. Its serial number is made for you.',
		'  3. Odoo or NetSuite: the order has its quantity and serial number, and is done when all its units are.',
		'  4. n8n: open "Pico completions to Odoo" > Executions to see each run, and change what you like. All other',
		'     templates lie beside it, filled in for this plant; publish one to let it work.',
		'     Your changes to the workflows stay for the next start; Pico and Odoo start afresh each time.',
		'',
		`Log of n8n: ${n8n.logFile}`,
		'Ctrl-C stops everything.',
		'',
	].join('\n');
}
