import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Row } from './row.mts';

/** Rows stay good for a day, for the very same packages: a run that was cut short goes on where it was. */
const KEPT_MS = 24 * 3600_000;

const fileOf = (root: string, packed: string, version: string) => join(root, '.cache', 'compat', 'rows', `${version}-${packed}.json`);

export function keptRow(root: string, packed: string, version: string): Row | undefined {
	const file = fileOf(root, packed, version);
	if (!existsSync(file)) return undefined;
	const row = JSON.parse(readFileSync(file, 'utf8')) as Row;
	return Date.now() - Date.parse(row.at) < KEPT_MS ? row : undefined;
}

export function keepRow(root: string, packed: string, row: Row): void {
	const file = fileOf(root, packed, row.n8n);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, JSON.stringify(row, null, '\t'));
}
