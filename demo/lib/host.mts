import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the real n8n of this repository lies, and the Node that runs it. */
export interface Host {
	/** Folder with n8n's own package.json and lockfile. */
	folder: string;
	/** Absolute path of a Node >= 24 (n8n 2.36 and newer refuse older ones). */
	node: string;
	/** Absolute path of n8n's command. */
	n8n: string;
}

/**
 * Finds the installed n8n and a Node 24 to run it.
 *
 * @param root the repository's root; npm scripts and jest run there
 * @throws Error that names the command to run, when something is not installed
 */
export function findHost(root = process.cwd()): Host {
	const folder = join(root, 'demo', 'n8n-host');
	const n8n = join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
	if (!existsSync(n8n)) throw new Error('n8n is not installed yet. Run: node scripts/install.mjs host');
	return { folder, node: findNode24(folder), n8n };
}

function findNode24(folder: string): string {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const binary = process.platform === 'win32' ? 'node.exe' : 'node';
	const fromNpm = join(folder, 'node_modules', `node-${platform}-${process.arch}`, 'bin', binary);
	if (existsSync(fromNpm)) return fromNpm;
	if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
	throw new Error(
		`n8n needs Node 24. npm has it for Linux and Windows and it is installed with n8n there; on ${process.platform} ` +
			`${process.arch} run this command with a Node 24 of your own (this is ${process.version}).`,
	);
}
