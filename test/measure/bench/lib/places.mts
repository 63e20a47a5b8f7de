import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findHost } from '../../../../demo/lib/host.mts';

/** Where the two sides of a comparison lie. */
export interface Places {
	/** Repository. */
	root: string;
	/** Node that runs n8n, and everything that is measured. */
	node: string;
	/** Folder of the real n8n, whose n8n-core and nodes are used. */
	host: string;
	/** Folder of our built package, with the libraries of that n8n beside it. */
	pico: string;
	/** Scratch folder, removed at the end. */
	scratch: string;
}

const SOURCES = ['nodes', 'credentials', 'icons', 'scripts', 'gulpfile.js', 'package.json', 'tsconfig.json'];
const PUBLISHED_TOO = ['THIRD_PARTY_NOTICES.md', 'README.md', 'LICENSE.md'];

/**
 * Builds the package in a scratch folder, so that the current sources are measured whatever lies in `dist`, and puts the
 * libraries of the real n8n beside it, as n8n does with a community package.
 */
export async function preparePlaces(root: string): Promise<Places> {
	const host = findHost(root);
	const scratch = mkdtempSync(join(tmpdir(), 'pico-bench-'));
	const pico = join(scratch, 'n8n-nodes-pico-mes');
	mkdirSync(pico);
	for (const name of [...SOURCES, ...PUBLISHED_TOO]) {
		if (existsSync(join(root, name))) cpSync(join(root, name), join(pico, name), { recursive: true });
	}
	const libraries = join(pico, 'node_modules');
	symlinkSync(join(root, 'node_modules'), libraries, 'junction');
	await promisify(execFile)(process.execPath, [join(root, 'node_modules', 'gulp', 'bin', 'gulp.js'), 'build'], {
		cwd: pico,
	});
	rmSync(libraries);
	symlinkSync(join(host.folder, 'node_modules'), libraries, 'junction');
	return { root, node: host.node, host: host.folder, pico, scratch };
}
