import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a registry lacks it may have tomorrow. */
const REMEMBERED_MS = 24 * 3600_000;

type Known = Record<string, { reason: string; at: string }>;

const fileIn = (root: string) => join(root, '.cache', 'compat', 'refused.json');

function read(root: string): Known {
	const file = fileIn(root);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Known) : {};
}

/** Why npm refused this release within the last day; undefined when it did not, or was not asked. */
export function refusalOf(root: string, version: string): string | undefined {
	const known = read(root)[version];
	return known && Date.now() - Date.parse(known.at) < REMEMBERED_MS ? known.reason : undefined;
}

export function rememberRefusal(root: string, version: string, reason: string): void {
	mkdirSync(dirname(fileIn(root)), { recursive: true });
	writeFileSync(fileIn(root), JSON.stringify({ ...read(root), [version]: { reason, at: new Date().toISOString() } }, null, 2));
}
