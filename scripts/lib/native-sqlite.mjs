import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installFolder } from './install.mjs';
import { runCommand } from './run.mjs';
import { StepError } from './steps.mjs';

/**
 * n8n's own SQLite driver, compiled for the Node 24 that runs n8n. Its ready-made binaries lie outside the npm
 * registry, so they are not asked for; compiling needs python3, make and g++ and takes about a minute.
 *
 * @param {string} hostFolder
 * @param {(detail: string) => void} report
 */
export async function installNativeSqlite(hostFolder, report) {
	const folder = join(hostFolder, 'sqlite3-native');
	await installFolder(folder, report);
	const driver = join(folder, 'node_modules', 'sqlite3');
	if (existsSync(join(driver, 'build', 'Release', 'node_sqlite3.node'))) return 'already there';
	report('compiling');
	const headers = resolve(hostFolder, 'node_modules', `node-${process.platform}-${process.arch}`);
	const nodeGyp = resolve(folder, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
	const { code, output } = await runCommand({
		command: process.execPath,
		args: [nodeGyp, 'rebuild', `--nodedir=${headers}`],
		cwd: driver,
	});
	if (code === 0) return '';
	const tail = output.split('\n').slice(-15).join('\n');
	throw new StepError(`The native driver could not be compiled; start without PICO_DEMO_NATIVE_SQLITE.\n${tail}`);
}
