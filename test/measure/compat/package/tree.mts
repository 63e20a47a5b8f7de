import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { packPackage } from '../../../../demo/lib/package.mts';

const run = promisify(execFile);

/** Folders of the published packages, from the repository's root. */
const PACKAGES = { pico: '.', eryxon: join('packages', 'eryxon') } as const;
export type PackageName = keyof typeof PACKAGES;

const SOURCES = ['nodes', 'credentials', 'icons', 'gulpfile.js', 'index.js', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE.md', 'THIRD_PARTY_NOTICES.md'];

/** A copy of the sources of both packages: what is tested are the current ones, whatever lies in `dist`. */
export class Tree {
	private readonly removed = new AbortController();

	private constructor(
		private readonly root: string,
		private readonly folder: string,
	) {}

	static create(root: string): Tree {
		const folder = mkdtempSync(join(tmpdir(), 'pico-compat-tree-'));
		for (const at of Object.values(PACKAGES)) {
			mkdirSync(join(folder, at), { recursive: true });
			for (const name of SOURCES.filter((each) => existsSync(join(root, at, each)))) cpSync(join(root, at, name), join(folder, at, name), { recursive: true });
		}
		cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
		return new Tree(root, folder);
	}

	/** Builds and packs both packages as they would be published. */
	async pack(): Promise<Record<PackageName, string>> {
		this.link(join(this.root, 'node_modules'));
		const gulp = join(this.root, 'node_modules', 'gulp', 'bin', 'gulp.js');
		const tarballs = new Map<string, string>();
		for (const [name, at] of Object.entries(PACKAGES)) {
			await run(process.execPath, [gulp, 'build'], { cwd: join(this.folder, at), signal: this.removed.signal });
			tarballs.set(name, await packPackage(join(this.folder, at), join(this.folder, 'packed')));
		}
		return Object.fromEntries(tarballs) as Record<PackageName, string>;
	}

	/** Names what n8n runs of the built packages; pages such as the README do not count. */
	fingerprint(): string {
		const hash = createHash('sha256');
		for (const at of Object.values(PACKAGES)) {
			hash.update(readFileSync(join(this.folder, at, 'package.json')));
			const built = join(this.folder, at, 'dist');
			for (const name of readdirSync(built, { recursive: true, encoding: 'utf8' }).sort()) {
				const file = join(built, name);
				if (statSync(file).isFile()) hash.update(`${name}\n`).update(readFileSync(file));
			}
		}
		return hash.digest('hex').slice(0, 16);
	}

	/**
	 * Compiles nodes and credentials of both packages, as strictly as the build does, against another n8n-workflow.
	 *
	 * @param libraries a `node_modules` that holds the n8n-workflow
	 * @returns what the compiler complains of, one line each
	 */
	async complaints(libraries: string): Promise<string[]> {
		this.link(libraries);
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

	/** All libraries of the repository, with n8n-workflow from elsewhere. */
	private link(workflowFrom: string): void {
		const from = join(this.root, 'node_modules');
		const into = join(this.folder, 'node_modules');
		rmSync(into, { recursive: true, force: true });
		mkdirSync(into);
		for (const name of readdirSync(from).filter((each) => each !== 'n8n-workflow' && !each.startsWith('.'))) {
			symlinkSync(join(from, name), join(into, name), 'junction');
		}
		symlinkSync(join(workflowFrom, 'n8n-workflow'), join(into, 'n8n-workflow'), 'junction');
	}

	/** Ends what still works in it, too. */
	remove(): void {
		this.removed.abort();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
