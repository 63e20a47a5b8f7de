import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import type { Host } from '../../../../demo/lib/host.mts';
import { NODE, type Line } from './lines.mts';
import { InstallError, npm } from './npm.mts';
import { refusalOf, rememberRefusal } from './refusals.mts';

/** Written last: an installation without it was cut short. */
const DONE = 'installed.json';
const NPMRC = ['ignore-scripts=true', 'legacy-peer-deps=true', 'engine-strict=false', 'package-lock=false', 'audit=false', 'fund=false', ''];

export interface Installed extends Host {
	version: string;
	/** Version of the Node that runs it. */
	nodeVersion: string;
}

/**
 * Installs a release of n8n with its own Node into `.cache/compat/<version>`, once.
 *
 * @throws InstallError when npm refuses; nothing is left of it then
 */
export async function installN8n(root: string, line: Line, version: string): Promise<Installed> {
	const folder = join(root, '.cache', 'compat', version);
	const manifest = manifestOf(root, folder, line, version);
	if (!isInstalled(folder, manifest)) {
		const known = refusalOf(root, version);
		if (known !== undefined) throw new InstallError(known);
		await install(folder, manifest).catch((cause: unknown) => {
			if (cause instanceof InstallError) rememberRefusal(root, version, cause.message);
			throw cause;
		});
	}
	const [node, nodeVersion] = nodeOf(folder, line);
	return { version, folder, node, nodeVersion, n8n: join(folder, 'node_modules', 'n8n', 'bin', 'n8n') };
}

/**
 * Installs one library alone, e.g. `n8n-workflow`, into `.cache/compat/<name>-<version>`, once.
 *
 * @returns folder that holds the `node_modules`
 */
export async function installLibrary(root: string, name: string, version: string): Promise<string> {
	const folder = join(root, '.cache', 'compat', `${name}-${version}`);
	const manifest = JSON.stringify({ name: 'compat', private: true, dependencies: { [name]: version, zod: '3.25.76' } }, null, 2);
	if (!isInstalled(folder, manifest)) await install(folder, manifest);
	return folder;
}

const isInstalled = (folder: string, manifest: string) =>
	existsSync(join(folder, DONE)) && readFileSync(join(folder, DONE), 'utf8') === manifest;

async function install(folder: string, manifest: string): Promise<void> {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'package.json'), manifest);
	writeFileSync(join(folder, '.npmrc'), NPMRC.join('\n'));
	try {
		await npm(folder, 'install', '--prefer-offline');
	} catch (cause) {
		rmSync(folder, { recursive: true, force: true });
		throw cause;
	}
	writeFileSync(join(folder, DONE), manifest);
}

/** n8n with the stand-in for its SQLite driver, which needs a compiler, that the demo has. */
function manifestOf(root: string, folder: string, line: Line, version: string): string {
	const standIn = relative(folder, join(root, 'demo', 'n8n-host', 'sqlite3-shim')).replaceAll('\\', '/');
	const node = nodePackage();
	return JSON.stringify(
		{
			name: 'compat-host',
			private: true,
			dependencies: { n8n: version, sqlite3: `file:${standIn}`, ...line.beside },
			optionalDependencies: node ? { [node]: NODE[line.node] } : {},
			overrides: { ...line.overrides, sqlite3: '$sqlite3' },
		},
		null,
		2,
	);
}

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', win32: 'win' };

/** npm's package of Node for this machine; macOS has none of these versions. */
function nodePackage(): string | undefined {
	const platform = PLATFORMS[process.platform];
	return platform && `node-${platform}-${process.arch}`;
}

/** Path and version of the Node that runs this n8n: npm's, else ours when it is new enough. */
function nodeOf(folder: string, line: Line): [path: string, version: string] {
	const name = nodePackage();
	const path = name && join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	if (path && existsSync(path)) return [path, NODE[line.node]];
	const own = process.versions.node;
	if (Number(own.split('.')[0]) < line.node) throw new Error(`n8n ${line.name} needs Node ${line.node}; run this command with one`);
	return [process.execPath, own];
}

/** Version of a package that is installed in a folder. */
export function versionIn(folder: string, name: string): string {
	const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string };
	return version;
}
