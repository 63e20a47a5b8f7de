import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { installFolder } from './install.mjs';
import { onInterrupt } from './interrupt.mjs';
import { waitForLock } from './lock.mjs';
import { installNativeSqlite } from './native-sqlite.mjs';
import { StepError } from './steps.mjs';

/** What runs only on a Node of this age; n8n brings its own Node 24. */
const OLDEST_NODE = [20, 19];

/**
 * Installs and builds what is missing. Two starts at once take turns.
 *
 * @param {import('./steps.mjs').Steps} steps
 * @param {{ root: string, build?: boolean, host?: boolean }} wanted `host`: the real n8n too
 */
export async function prepare(steps, { root, build = false, host = false }) {
	insistOnNode();
	const lock = await waitForTurn(steps, join(root, '.cache', 'preparing.json'));
	const forget = onInterrupt('', () => lock.release());
	try {
		await steps.run('Install the development tools', (report) => installFolder(root, report));
		if (build) await steps.run('Build the nodes', (report) => ensureBuilt(root, report));
		if (host) await prepareHost(steps, join(root, 'demo', 'n8n-host'));
	} finally {
		forget();
		lock.release();
	}
}

async function prepareHost(steps, folder) {
	await steps.run('Install n8n and Node 24 (once, 2.4 GB)', (report) => installFolder(folder, report));
	if (process.env.PICO_DEMO_NATIVE_SQLITE !== '1') return;
	await steps.run('Compile the native SQLite driver (once)', (report) => installNativeSqlite(folder, report));
}

function insistOnNode() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
	throw new StepError(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.version}`);
}

async function waitForTurn(steps, file) {
	let told = false;
	return await waitForLock(file, ({ pid }) => {
		if (!told) steps.say(`Another command (process ${pid}) is installing or building here; waiting for it.`);
		told = true;
	});
}

/** The repository's root: where this command lies, whatever the current folder. */
export function insistOnRoot(root) {
	if (!existsSync(join(root, 'demo', 'n8n-host', 'package-lock.json'))) throw new StepError(`${root} is not the repository`);
	process.chdir(root);
}
