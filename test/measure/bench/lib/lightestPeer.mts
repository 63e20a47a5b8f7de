import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The lightest of the verified community packages that were looked at; it has no dependencies either. */
export const LIGHTEST = '@mendable/n8n-nodes-firecrawl';

/**
 * Unpacks the published package with npm.
 *
 * @returns its folder, tarball size and unpacked size in bytes; `undefined` where npm cannot get it
 */
export async function fetchLightest(scratch: string): Promise<{ folder: string; size: number; unpackedSize: number } | undefined> {
	const into = join(scratch, 'lightest');
	mkdirSync(into, { recursive: true });
	try {
		const options = { cwd: into, shell: process.platform === 'win32', timeout: 60_000 };
		const { stdout } = await run('npm', ['pack', LIGHTEST, '--json', '--ignore-scripts'], options);
		const [{ filename, size, unpackedSize }] = JSON.parse(stdout) as Array<{ filename: string; size: number; unpackedSize: number }>;
		await run('tar', ['-xzf', filename.replace('@', '').replace('/', '-')], options);
		return { folder: join(into, 'package'), size, unpackedSize };
	} catch {
		return undefined;
	}
}
