import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeMarked } from '../../../../scripts/lib/marked-table.mjs';
import { thin } from './fit.mts';
import { FULL_MINUTES } from './options.mts';
import { MOST_POINTS, picture } from './picture.mts';
import type { SoakResult } from './result.mts';
import { markdown } from './table.mts';

const PICTURE = '![Memory and handles over the time of the run](results/soak.svg)';

/**
 * Writes JSON and picture; a full run also its table into the docs.
 *
 * @returns the folder, as seen from the repository's root
 */
export function keep(root: string, result: SoakResult): string {
	const full = result.minutes >= FULL_MINUTES;
	const folder = full ? join('docs', 'results') : 'test-results';
	mkdirSync(join(root, folder), { recursive: true });
	const samples = thin(result.samples, MOST_POINTS);
	const rounded = (_name: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value);
	// One line for each sample: a long list that is read by programs.
	const { samples: _all, ...rest } = result;
	const head = JSON.stringify(rest, rounded, '\t').replace(/\n\}$/, '');
	const rows = samples.map((sample) => `\t\t${JSON.stringify(sample, rounded)}`).join(',\n');
	writeFileSync(join(root, folder, 'soak.json'), `${head},\n\t"samples": [\n${rows}\n\t]\n}\n`);
	writeFileSync(join(root, folder, 'soak.svg'), picture(result));
	if (full) {
		writeMarked(join(root, 'docs', 'soak.md'), 'soak:table', `${markdown(result)}\n\n${PICTURE}`);
	}
	return folder;
}
