import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { stopAllChildren } from './lib/children.mts';
import type { Context } from './lib/context.mts';
import { putEditorFilesAside } from './lib/editor-files.mts';
import { findHost } from './lib/host.mts';
import { readImported, takeInstance, takeScratch, writeImported, type Instance } from './lib/instance.mts';
import { N8nSession, OWNER } from './lib/n8n-session.mts';
import { N8n } from './lib/n8n.mts';
import { reservePort, type Reservation } from './lib/ports.mts';
import { duration } from './lib/words.mts';
import { importCredentials, importWorkflows, publishWorkflows } from './lib/workflows.mts';
import { eryxon } from './mes/eryxon.mts';
import type { Imports, Mes, Running } from './mes/mes.mts';
import { pico } from './mes/pico.mts';

const N8N = { port: 5678, name: 'n8n' };
/** How often the workflows look into the ERPs; a minute, as in the templates, is long for somebody who watches. */
const SECONDS_BETWEEN_LOOKS = { watched: 10, once: 3 };

export interface Wanted {
	/** Do the main job without a person, then end. */
	once: boolean;
	mes: 'pico' | 'eryxon';
}

/**
 * Starts everything and, with `once`, does the main job without a person; otherwise runs until Ctrl-C.
 *
 * @returns the exit code
 */
export async function runDemo(context: Context, { once, mes }: Wanted): Promise<number> {
	return mes === 'eryxon' ? await run(context, once, eryxon) : await run(context, once, pico);
}

async function run<Servers extends Running>(context: Context, once: boolean, mes: Mes<Servers>): Promise<number> {
	const { root, steps, onInterrupt, takeLock } = context;
	const parent = join(root, '.demo', mes.folder);
	const instance = once ? takeScratch(parent, takeLock) : takeInstance(parent, takeLock);
	onInterrupt('', () => instance.release());
	if (instance.number > 1) steps.say(`Another demo is running here; this is number ${instance.number}.`);

	const ports = await reservePorts(steps, { n8n: N8N, ...mes.ports });
	const servers = await steps.run(`Start the sandbox: ${mes.sandbox}`, async () => await startSandbox(root, mes, ports));
	onInterrupt('the sandbox', () => servers.close());

	const host = findHost(root);
	putEditorFilesAside(instance.folder, join(host.folder, 'node_modules'));
	// The default of n8n. With the shorter one of the tests n8n gives a publication up before its five tries are over, and shows a
	// text of its own in the place of the cause.
	const extra = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '120', ...mes.environment(servers) };
	const n8n = await N8n.prepare({ host, userFolder: instance.folder, root, port: ports.n8n.port, extra });
	onInterrupt('n8n', () => stopAllChildren(8000));
	await steps.run('Pack the nodes and install them in n8n', async () => await mes.install(root, host, instance.folder));
	await steps.run('Import credentials and templates', (report) => {
		const everySeconds = once ? SECONDS_BETWEEN_LOOKS.once : SECONDS_BETWEEN_LOOKS.watched;
		return importAll(n8n, instance, mes.workflows(root, servers, everySeconds), report);
	});
	await steps.run('Start n8n', async () => {
		await ports.n8n.release();
		await n8n.start();
	});
	const session = await steps.run('Sign in', async () => await N8nSession.open(n8n.url));
	if (once) return await mes.once({ steps, servers, session });

	steps.say(whatToOpen(n8n, mes.pages(servers), mes.whatToDo));
	await n8n.ended();
	if (context.isStopping()) return 1;
	steps.say(`n8n stopped by itself. Its log: ${n8n.logFile}\n${n8n.logTail(2000)}`);
	return 1;
}

/** Reserves all ports at the start: n8n listens only half a minute later, and a second demo may start meanwhile. */
async function reservePorts(steps: Context['steps'], wanted: Mes['ports']): Promise<Record<string, Reservation>> {
	const entries: Array<[string, Reservation]> = [];
	for (const [key, { port, name }] of Object.entries(wanted)) {
		const reservation = await reservePort(port);
		if (reservation.moved) steps.say(`Port ${port} is in use; ${name} listens on ${reservation.port} instead.`);
		entries.push([key, reservation]);
	}
	return Object.fromEntries(entries);
}

async function startSandbox<Servers extends Running>(
	root: string,
	mes: Mes<Servers>,
	reserved: Record<string, Reservation>,
): Promise<Servers> {
	const own = Object.keys(mes.ports).map((key) => [key, reserved[key]] as const);
	await Promise.all(own.map(async ([, reservation]) => await reservation.release()));
	return await mes.start(root, Object.fromEntries(own.map(([key, { port }]) => [key, port])));
}

/** Imports and publishes only when something differs from what this folder's n8n holds: a person's edits stay. */
async function importAll(n8n: N8n, { folder }: Instance, imports: Imports, report: (detail: string) => void): Promise<string> {
	const { credentials, workflows, published } = imports;
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

function whatToOpen(n8n: N8n, pages: ReadonlyArray<[string, string]>, whatToDo: readonly string[]): string {
	return [
		'',
		// From the start of the command on, installation included: what the person waited.
		`Ready after ${duration(process.uptime())}. Open in a browser:`,
		'',
		`  n8n            ${n8n.url}/      e-mail ${OWNER.email}   password ${OWNER.password}`,
		...pages.map(([name, url]) => `  ${name.padEnd(14)} ${url}/`),
		'',
		'What to do:',
		...whatToDo,
		'',
		`Log of n8n: ${n8n.logFile}`,
		'Ctrl-C stops everything.',
		'',
	].join('\n');
}
