import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TakeLock } from './context.mts';

/** One running demo has a folder of its own: n8n's user folder, logs and what was imported. */
export interface Instance {
	number: number;
	folder: string;
	release(): void;
}

const MOST_INSTANCES = 20;

/**
 * The first instance folder that no running demo holds. A second demo beside the first gets the second folder.
 *
 * @param parent `.demo` of the repository
 */
export function takeInstance(parent: string, takeLock: TakeLock): Instance {
	for (let number = 1; number <= MOST_INSTANCES; number++) {
		const folder = join(parent, String(number));
		const taken = takeLock(join(folder, 'running.json'));
		if ('release' in taken) return { number, folder, release: taken.release };
	}
	throw new Error(`${MOST_INSTANCES} demos are running already`);
}

/** A folder that is thrown away at the end; those that killed runs left behind are cleared first. */
export function takeScratch(parent: string, takeLock: TakeLock): Instance {
	mkdirSync(parent, { recursive: true });
	for (const name of readdirSync(parent).filter((each) => each.startsWith('once-'))) {
		const taken = takeLock(join(parent, name, 'running.json'));
		if ('release' in taken) rmSync(join(parent, name), { recursive: true, force: true });
	}
	const folder = join(parent, `once-${process.pid}`);
	takeLock(join(folder, 'running.json'));
	return { number: 0, folder, release: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What was imported into the n8n of this folder, so that a next start imports only what changed. */
export function readImported(folder: string): string {
	const file = join(folder, 'imported.txt');
	return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

export function writeImported(folder: string, fingerprint: string): void {
	writeFileSync(join(folder, 'imported.txt'), fingerprint);
}
