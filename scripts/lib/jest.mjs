import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from './run.mjs';

/** Folder of the machine-readable results, one file per runner. */
export const RESULTS_FOLDER = join('.cache', 'test-results');

/**
 * Runs jest with its own output on the screen and its totals in a file.
 *
 * @param {string} root
 * @param {{ name: string, config: string, args?: string[] }} options `name`: of the results file
 * @returns {Promise<boolean>} whether everything passed
 */
export async function runJest(root, { name, config, args = [] }) {
	const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
	const results = join(root, RESULTS_FOLDER, `${name}.json`);
	mkdirSync(dirname(results), { recursive: true });
	// Jest that is stopped writes none, and the one of an earlier run says nothing of this one.
	rmSync(results, { force: true });
	const { code } = await runCommand({
		command: process.execPath,
		args: [jest, '--config', config, '--json', `--outputFile=${results}`, ...args],
		cwd: root,
		show: true,
	});
	return code === 0;
}
