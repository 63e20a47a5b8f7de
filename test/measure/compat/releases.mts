import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { hasEnded, killChild, startChild } from '../../../demo/lib/children.mts';
import type { Host } from '../../../demo/lib/host.mts';
import { until } from '../../../demo/lib/poll.mts';

/** Node lines that npm has as packages, and that n8n runs on. */
const NODE = { 22: '22.23.3', 24: '24.21.0' } as const;

export interface Line {
	/** Major and minor of n8n, or `newest`. */
	name: string;
	node: keyof typeof NODE;
	/** Versions pinned because the ones that npm would choose do not install without a compiler or another host. */
	overrides: Record<string, string | Record<string, string>>;
	/** What n8n wants beside it and npm, told to leave peers alone, does not put there. */
	beside?: Record<string, string>;
	/** Line to run in its place, when none of its releases installs. */
	instead?: string;
}

const EVERYWHERE = { linkedom: '0.18.14', 'msgpackr-extract': '3.0.4' };
/** The original of xlsx is an archive outside the npm registry; newer parts of LangChain want a newer core than n8n pins. */
const UNTIL_2_23 = { xlsx: '0.18.5', '@langchain/langgraph-checkpoint': '1.0.1', langchain: { '@langchain/langgraph': '1.2.9' } };
const TELEMETRY = { '@opentelemetry/core': '2.7.1' };

/** Oldest first. The oldest one runs on the oldest Node that it takes, the others on the Node of n8n's own images. */
export const LINES: readonly Line[] = [
	{ name: '2.20', node: 22, overrides: { ...EVERYWHERE, ...UNTIL_2_23 }, beside: TELEMETRY },
	{ name: '2.23', node: 24, overrides: { ...EVERYWHERE, ...UNTIL_2_23 }, beside: TELEMETRY },
	{ name: '2.32', node: 24, overrides: EVERYWHERE, instead: '2.33' },
	{ name: '2.36', node: 24, overrides: EVERYWHERE },
	{ name: 'newest', node: 24, overrides: EVERYWHERE },
];

/** The line that the documentation names as the oldest with everything. */
export const OLDEST = LINES[0];

/** Releases of a line among all of n8n's, newest first; those of `newest` are the three highest. */
export function releasesOf(line: Line, versions: readonly string[]): string[] {
	const stable = versions.filter((version) => /^\d+\.\d+\.\d+$/.test(version)).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
	return line.name === 'newest' ? stable.slice(0, 3) : stable.filter((version) => version.startsWith(`${line.name}.`));
}

/** Every release of n8n that the registry has. */
export async function published(root: string): Promise<string[]> {
	const output = await npm(join(root, '.cache', 'compat'), 'view', 'n8n', 'versions', '--json');
	return JSON.parse(output.slice(output.indexOf('['), output.lastIndexOf(']') + 1)) as string[];
}

/** The n8n-workflow that a release of n8n depends on. */
export async function workflowLibraryOf(root: string, n8n: string): Promise<string> {
	const output = await npm(join(root, '.cache', 'compat'), 'view', `n8n@${n8n}`, 'dependencies.n8n-workflow', '--json');
	return /"(\d+\.\d+\.\d+)"/.exec(output)?.[1] ?? '';
}

/** npm refused; the message says why in a few words. */
export class InstallError extends Error {
	override name = 'InstallError';
}

const NPM_MINUTES = 20;

/** Runs npm in a folder, at low priority. @returns what it printed @throws InstallError with the reason in a few words */
async function npm(folder: string, ...args: string[]): Promise<string> {
	mkdirSync(folder, { recursive: true });
	const logFile = join(folder, 'npm.log');
	rmSync(logFile, { force: true });
	const cli = process.env.npm_execpath;
	const [command, before] = cli && /\.c?js$/.test(cli) ? [process.execPath, [cli]] : ['npm', []];
	const child = startChild({ command, args: [...before, ...args, '--loglevel=error', '--no-progress'], cwd: folder, env: environment(), logFile });
	if (child.pid !== undefined) setPriority(child.pid, 10);
	await until(`npm ${args[0]}`, () => hasEnded(child), { timeoutMs: NPM_MINUTES * 60_000, everyMs: 50 }).finally(async () => await killChild(child));
	const output = readFileSync(logFile, 'utf8');
	if (child.exitCode !== 0) throw new InstallError(reasonIn(output));
	return output;
}

/** npm hands its settings down to the commands it runs; those of `npm run` must not reach an install elsewhere. */
function environment(): NodeJS.ProcessEnv {
	const dropped = /^npm_(config_(prefix|local_prefix|global_prefix|loglevel|workspace|omit|production)|package_|lifecycle_)/i;
	return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name))), NODE_OPTIONS: '' };
}

/** What npm complains of, without addresses. */
export function reasonIn(output: string): string {
	const [, archive] = /request to \S+\/(\S+) failed/.exec(output) ?? [];
	if (archive) return `${archive} lies outside the registry`;
	const [, missing] = /No matching version found for (\S+?)\.?\s/.exec(output) ?? /'(\S+@\S+)' is not in this registry/.exec(output) ?? /404\s+'(\S+@\S+)'/.exec(output) ?? [];
	if (missing) return `${missing} is not on this registry`;
	const line = /npm error (?!code|syscall|errno)(.+)/.exec(output)?.[1] ?? 'npm failed';
	return line.replace(/https?:\/\/\S+/g, '(address)').slice(0, 120);
}

/** Something that stays good for a day, in a file of its own below `.cache/compat`. */
export class Kept<T extends { at: string }> {
	constructor(private readonly file: string) {}

	read(): T | undefined {
		if (!existsSync(this.file)) return undefined;
		const kept = JSON.parse(readFileSync(this.file, 'utf8')) as T;
		return Date.now() - Date.parse(kept.at) < 24 * 3600_000 ? kept : undefined;
	}

	write(value: T): void {
		mkdirSync(dirname(this.file), { recursive: true });
		writeFileSync(this.file, JSON.stringify(value, null, '\t'));
	}
}

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
 * @throws InstallError when npm refuses, now or within the last day; nothing is left of it then
 */
export async function installN8n(root: string, line: Line, version: string): Promise<Installed> {
	const cache = join(root, '.cache', 'compat');
	const folder = join(cache, version);
	const refusal = new Kept<{ at: string; reason: string }>(join(cache, 'refused', `${version}.json`));
	const manifest = manifestOf(root, folder, line, version);
	if (!isInstalled(folder, manifest)) {
		const known = refusal.read();
		if (known) throw new InstallError(known.reason);
		await install(folder, manifest).catch((cause: unknown) => {
			if (cause instanceof InstallError) refusal.write({ at: new Date().toISOString(), reason: cause.message });
			throw cause;
		});
	}
	const [node, nodeVersion] = nodeOf(folder, line);
	return { version, folder, node, nodeVersion, n8n: join(folder, 'node_modules', 'n8n', 'bin', 'n8n') };
}

/** Installs one library alone into `.cache/compat/<name>-<version>`, once. @returns the `node_modules` that holds it */
export async function installLibrary(root: string, name: string, version: string): Promise<string> {
	const folder = join(root, '.cache', 'compat', `${name}-${version}`);
	const manifest = JSON.stringify({ name: 'compat', private: true, dependencies: { [name]: version, zod: '3.25.76' } }, null, 2);
	if (!isInstalled(folder, manifest)) await install(folder, manifest);
	return join(folder, 'node_modules');
}

const isInstalled = (folder: string, manifest: string) => existsSync(join(folder, DONE)) && readFileSync(join(folder, DONE), 'utf8') === manifest;

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
	const manifest = {
		name: 'compat-host',
		private: true,
		dependencies: { n8n: version, sqlite3: `file:${standIn}`, ...line.beside },
		optionalDependencies: node ? { [node]: NODE[line.node] } : {},
		overrides: { ...line.overrides, sqlite3: '$sqlite3' },
	};
	return JSON.stringify(manifest, null, 2);
}

/** npm's package of Node for this machine; macOS has none of these versions. */
function nodePackage(): string | undefined {
	const platform = ({ linux: 'linux', win32: 'win' } as Partial<Record<NodeJS.Platform, string>>)[process.platform];
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
