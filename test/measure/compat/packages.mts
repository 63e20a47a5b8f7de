import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { installTarball, packPackage } from '../../../demo/lib/package.mts';
import { buildCopy, linkLibraries, PACKAGES, type PackageName } from '../kit/places.mts';

const run = promisify(execFile);
const NAMES = Object.keys(PACKAGES) as PackageName[];

/** A copy of the sources of both packages: what is tested are the current ones, whatever lies in `dist`. */
export class Packages {
	private readonly removed = new AbortController();
	private readonly folder = mkdtempSync(join(tmpdir(), 'pico-compat-tree-'));
	/** As they would be published. */
	readonly tarballs: string[] = [];

	constructor(private readonly root: string) {}

	async build(): Promise<void> {
		await buildCopy(this.root, this.folder, NAMES, this.removed.signal);
		for (const name of NAMES) this.tarballs.push(await packPackage(join(this.folder, PACKAGES[name]), join(this.folder, 'packed')));
	}

	/** Names what n8n runs of the built packages; pages such as the README do not count. */
	fingerprint(): string {
		const hash = createHash('sha256');
		for (const at of Object.values(PACKAGES)) {
			hash.update(readFileSync(join(this.folder, at, 'package.json')));
			const built = join(this.folder, at, 'dist');
			for (const name of readdirSync(built, { recursive: true, encoding: 'utf8' }).sort()) {
				if (statSync(join(built, name)).isFile()) hash.update(`${name}\n`).update(readFileSync(join(built, name)));
			}
		}
		return hash.digest('hex').slice(0, 16);
	}

	/**
	 * Compiles both packages, as strictly as the build does, against the n8n-workflow of a `node_modules`, and loads them
	 * with it in a plain Node.
	 *
	 * @returns in words how many files loaded
	 * @throws Error with what Node or the compiler complains of
	 */
	async typings(libraries: string, node: string): Promise<string> {
		let loaded = 0;
		for (const tarball of this.tarballs) loaded += await loadWith(node, tarball, libraries);
		const complaints = await this.complaints(libraries);
		if (complaints.length > 0) throw new Error(`${loaded} files load; ${complaints.length} complaints of the compiler: ${complaints.join(' | ')}`);
		return `compiles, ${loaded} files load`;
	}

	private async complaints(libraries: string): Promise<string[]> {
		linkLibraries(this.folder, join(this.root, 'node_modules'), { 'n8n-workflow': join(libraries, 'n8n-workflow') });
		// The second package has the settings of the first: one run of the compiler does for both.
		const include = Object.values(PACKAGES).flatMap((at) => ['credentials', 'nodes'].map((name) => join(at, name, '**', '*.ts')));
		writeFileSync(join(this.folder, 'tsconfig.both.json'), JSON.stringify({ extends: './tsconfig.json', include }));
		const args = [join(this.root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.both.json', '--noEmit', '--pretty', 'false'];
		const { stdout } = await run(process.execPath, args, { cwd: this.folder, maxBuffer: 1 << 26, signal: this.removed.signal }).catch((cause: { stdout?: string }) => {
			if (!cause.stdout?.includes('error TS')) throw cause;
			return { stdout: cause.stdout };
		});
		return stdout.split('\n').filter((line) => line.includes('error TS'));
	}

	/** Ends what still works in it, too. */
	remove(): void {
		this.removed.abort();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

const LOAD = `
const [folder, ...files] = process.argv.slice(1);
const { join, basename } = require('node:path');
for (const file of files) {
	const name = basename(file).split('.')[0];
	const made = new (require(join(folder, file))[name])();
	if (!(made.description?.name ?? made.name)) throw new Error(name + ' has no name');
}
`;

/** Loads every node and credential of a packed package with the libraries of an n8n. @returns how many files were loaded */
async function loadWith(node: string, tarball: string, libraries: string): Promise<number> {
	const scratch = mkdtempSync(join(tmpdir(), 'pico-load-'));
	try {
		const folder = await installTarball(tarball, scratch);
		const { n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { n8n: { nodes: string[]; credentials: string[] } };
		const files = [...n8n.nodes, ...n8n.credentials];
		await run(node, ['-e', LOAD, folder, ...files], { cwd: scratch, env: { PATH: process.env.PATH, NODE_PATH: libraries } });
		return files.length;
	} catch (cause) {
		const { stderr = '' } = cause as { stderr?: string };
		throw new Error(/^\w*Error: .*$/m.exec(stderr)?.[0] ?? String(cause));
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}
