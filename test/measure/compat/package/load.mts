import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { installTarball } from '../../../../demo/lib/package.mts';

const LOAD = `
const [folder, ...files] = process.argv.slice(1);
const { join, basename } = require('node:path');
for (const file of files) {
	const name = basename(file).split('.')[0];
	const made = new (require(join(folder, file))[name])();
	if (!(made.description?.name ?? made.name)) throw new Error(name + ' has no name');
}
`;

/**
 * Loads every node and credential of a packed package in a plain Node, with the libraries of an n8n beside it.
 *
 * @param node path of the Node
 * @param libraries a `node_modules` that holds n8n-workflow and what comes with it
 * @returns how many files were loaded
 * @throws Error with what Node says
 */
export async function loadWith(node: string, tarball: string, libraries: string): Promise<number> {
	const scratch = mkdtempSync(join(tmpdir(), 'pico-load-'));
	try {
		const folder = await installTarball(tarball, scratch);
		const { n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { n8n: { nodes: string[]; credentials: string[] } };
		const files = [...n8n.nodes, ...n8n.credentials];
		await promisify(execFile)(node, ['-e', LOAD, folder, ...files], { cwd: scratch, env: { PATH: process.env.PATH, NODE_PATH: libraries } });
		return files.length;
	} catch (cause) {
		const { stderr = '' } = cause as { stderr?: string };
		throw new Error(/^\w*Error: .*$/m.exec(stderr)?.[0] ?? String(cause));
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}
