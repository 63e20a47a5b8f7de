import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Manifest {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	devDependencies?: unknown;
	peerDependencies?: unknown;
	optionalDependencies?: unknown;
}

/**
 * Packs the built package as it would be published.
 *
 * @param projectFolder folder of the package (its `dist` must be built)
 * @param into folder for the tarball
 * @returns absolute path of the tarball
 */
export async function packPackage(projectFolder: string, into: string): Promise<string> {
	mkdirSync(into, { recursive: true });
	const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', into];
	const { stdout } = await run('npm', args, { cwd: projectFolder, shell: process.platform === 'win32' });
	const [{ filename }] = JSON.parse(stdout) as Array<{ filename: string }>;
	return join(into, filename);
}

/**
 * Installs a tarball into an n8n user folder by n8n's own recipe for community packages: unpack, drop the dev, peer
 * and optional dependencies, install what is left. Ours leaves nothing to install, and this insists on it.
 *
 * @returns the folder that n8n will load
 */
export async function installTarball(tarball: string, userFolder: string): Promise<string> {
	const modules = join(userFolder, '.n8n', 'nodes', 'node_modules');
	mkdirSync(modules, { recursive: true });
	const unpacked = mkdtempSync(join(dirname(modules), 'unpack-'));
	try {
		await run('tar', ['-xzf', tarball, '-C', unpacked]);
		const file = join(unpacked, 'package', 'package.json');
		const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
		const wanted = Object.keys(manifest.dependencies ?? {});
		if (wanted.length > 0) throw new Error(`${manifest.name} wants to install ${wanted.join(', ')}; it must not`);
		delete manifest.devDependencies;
		delete manifest.peerDependencies;
		delete manifest.optionalDependencies;
		writeFileSync(file, JSON.stringify(manifest, null, 2));
		const target = join(modules, manifest.name);
		mkdirSync(dirname(target), { recursive: true });
		rmSync(target, { recursive: true, force: true });
		renameSync(join(unpacked, 'package'), target);
		return target;
	} finally {
		rmSync(unpacked, { recursive: true, force: true });
	}
}
