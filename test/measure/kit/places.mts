import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findHost } from '../../../demo/lib/host.mts';
import { packPackage } from '../../../demo/lib/package.mts';
import type { Run } from './command.mts';

/** Folders of the published packages, from the repository's root. */
export const PACKAGES = { pico: '.', eryxon: join('packages', 'eryxon') } as const;
export type PackageName = keyof typeof PACKAGES;

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

const SOURCES = ['nodes', 'credentials', 'icons', 'gulpfile.js', 'index.js', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE.md', 'THIRD_PARTY_NOTICES.md'];

/** Copies the sources of packages and builds them, so that the current ones are measured whatever lies in `dist`. */
export async function buildCopy(root: string, folder: string, names: readonly PackageName[], signal?: AbortSignal): Promise<void> {
	for (const at of names.map((name) => PACKAGES[name])) {
		mkdirSync(join(folder, at), { recursive: true });
		for (const name of SOURCES.filter((each) => existsSync(join(root, at, each)))) cpSync(join(root, at, name), join(folder, at, name), { recursive: true });
	}
	cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
	linkLibraries(folder, join(root, 'node_modules'));
	for (const at of names.map((name) => PACKAGES[name])) {
		await promisify(execFile)(process.execPath, [join(root, 'node_modules', 'gulp', 'bin', 'gulp.js'), 'build'], { cwd: join(folder, at), signal });
	}
}

/** Puts the libraries of a `node_modules` beside a package, one of them from elsewhere if told. */
export function linkLibraries(folder: string, from: string, elsewhere: Record<string, string> = {}): void {
	const into = join(folder, 'node_modules');
	rmSync(into, { recursive: true, force: true });
	if (Object.keys(elsewhere).length === 0) return symlinkSync(from, into, 'junction');
	mkdirSync(into);
	for (const name of readdirSync(from).filter((each) => !(each in elsewhere) && !each.startsWith('.'))) symlinkSync(join(from, name), join(into, name), 'junction');
	for (const [name, path] of Object.entries(elsewhere)) symlinkSync(path, join(into, name), 'junction');
}

/** Builds the package in a scratch folder and puts the libraries of the real n8n beside it, as n8n does. */
export async function preparePlaces({ root, say, onEnd }: Pick<Run, 'root' | 'say' | 'onEnd'>): Promise<Places> {
	say('building the package in a scratch folder');
	const host = findHost(root);
	const scratch = mkdtempSync(join(tmpdir(), 'pico-measure-'));
	onEnd(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
	const pico = join(scratch, 'n8n-nodes-pico-mes');
	await buildCopy(root, pico, ['pico']);
	linkLibraries(pico, join(host.folder, 'node_modules'));
	return { root, node: host.node, host: host.folder, pico, scratch };
}

/** The package of these places as it would be published. @returns the tarball */
export const packed = async ({ pico, scratch }: Places): Promise<string> => await packPackage(pico, scratch);
