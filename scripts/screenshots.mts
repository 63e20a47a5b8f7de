/**
 * Takes the pictures of docs/images in the editor of a real n8n that talks to the sandbox.
 *
 *   npx tsx scripts/screenshots.mts [folder]
 *
 * Wants what `npm run demo` installs, a built `dist`, and Chromium (`CHROMIUM=/path`, default /usr/bin/chromium).
 * Everything runs on free ports of this machine and in a folder that is removed at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stopAllChildren } from '../demo/lib/children.mts';
import { startDoubles } from '../demo/lib/doubles.mts';
import { findHost } from '../demo/lib/host.mts';
import { N8nSession } from '../demo/lib/n8n-session.mts';
import { N8n } from '../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../demo/lib/package.mts';
import { reservePort } from '../demo/lib/ports.mts';
import { workflowPair } from '../demo/lib/workflow-pair.mts';
import { importCredentials, importWorkflows, publishWorkflows } from '../demo/lib/workflows.mts';
import { Editor } from './screenshots/editor.mts';
import { pictures } from './screenshots/pictures.mts';
import { exampleWorkflows, TRIGGER_WORKFLOW } from './screenshots/workflows.mts';

const root = process.cwd();
const folder = resolve(process.argv[2] ?? join('docs', 'images'));
const userFolder = mkdtempSync(join(tmpdir(), 'pico-pictures-'));
// The address is in a picture: the sandbox's usual port looks better than a random one.
const port = await reservePort(4010);
await port.release();
const doubles = await startDoubles(root, { pico: port.port, odoo: 0, netsuite: 0 });
let editor: Editor | undefined;
try {
	const n8n = await N8n.prepare({ host: findHost(root), userFolder, root });
	await installTarball(await packPackage(root, join(userFolder, 'package')), userFolder);
	const { credentials, workflows } = workflowPair(root, doubles, 3600);
	await importCredentials(n8n, credentials);
	await importWorkflows(n8n, [...workflows, ...exampleWorkflows(credentials)]);
	await publishWorkflows(n8n, [TRIGGER_WORKFLOW]);
	await n8n.start();
	const session = await N8nSession.open(n8n.url);
	editor = await Editor.open(n8n.url, folder);
	await pictures({ editor, session, doubles });
} catch (cause) {
	await editor?.shoot('failed');
	console.error(cause);
	process.exitCode = 1;
} finally {
	await editor?.close();
	await stopAllChildren(8000);
	await doubles.close();
	rmSync(userFolder, { recursive: true, force: true });
}
process.exit();
