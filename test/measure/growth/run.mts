/**
 * `npm run growth [-- --quick] [-- --only events,depth]`: how cost grows with the number of events, operations, levels
 * of a structure and triggers, with the fitted exponents. A full run writes docs/results/growth.json, the charts beside
 * it and the tables of docs/growth.md; any other writes to test-results/. Exits 1 when a time grows faster than its size
 * to the power of 1.2, or when something could not be measured.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { stopAllChildren } from '../../../demo/lib/children.mts';
import { lineChart } from '../kit/chart/lineChart.mts';
import { preparePlaces, type Places } from '../bench/lib/places.mts';
import { endAll } from '../bench/lib/processes.mts';
import { judged, STEEPEST, type Judged } from './curves.mts';
import { depth } from './depth.mts';
import { events } from './events.mts';
import { operations } from './operations.mts';
import type { Part } from './part.mts';
import { withMarked } from '../../../scripts/lib/marked-table.mjs';
import { markdownTable, plainTable } from './table.mts';
import { triggers } from './triggers.mts';

const PARTS: Record<string, Part> = { events, operations, depth, triggers };
const ROUNDS = 3;

const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const chosen = only?.split(',') ?? Object.keys(PARTS);
const unknown = chosen.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
	console.error(`There is no part ${unknown.join(', ')}. Choose from ${Object.keys(PARTS).join(', ')}.`);
	process.exit(1);
}

const root = process.cwd();
const started = Date.now();
const secondsSo = () => (Date.now() - started) / 1000;
const say = (text: string) => console.log(`${secondsSo().toFixed(0).padStart(4)} s  ${text}`);
const full = !quick && only === undefined;
const folder = full ? join(root, 'docs', 'results') : join(root, 'test-results');

let places: Places | undefined;
const clear = async () => {
	endAll();
	await stopAllChildren(2_000);
	if (places) rmSync(places.scratch, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void clear().finally(() => process.exit(130)));
}

const at = new Date().toISOString();
const load = loadavg().map((value) => Number(value.toFixed(2)));
const results: Record<string, Judged[]> = {};
const failures: Record<string, string> = {};
let versions = { node: process.version, n8n: '' };
try {
	say('building the package in a scratch folder');
	places = await preparePlaces(root);
	const { version } = createRequire(join(places.host, 'package.json'))('n8n/package.json') as { version: string };
	versions = { node: execFileSync(places.node, ['--version']).toString().trim(), n8n: version };
	for (const name of chosen) {
		say(name);
		try {
			const growth = { places, quick, rounds: ROUNDS, say: (text: string) => say(`  ${text}`) };
			results[name] = (await PARTS[name].measure(growth)).map(judged);
		} catch (error) {
			failures[name] = error instanceof Error ? error.message : String(error);
		}
	}
} finally {
	await clear();
}

const where = `n8n ${versions.n8n}, Node ${versions.node}, ${cpus().length} processors, ${at.slice(0, 10)}`;
mkdirSync(folder, { recursive: true });
for (const [name, curves] of Object.entries(results)) {
	const { title, about, panels } = PARTS[name];
	const subtitle = `${about} Median of ${ROUNDS}, thin lines from the lowest to the highest, dotted: the fitted line. ${where}.`;
	writeFileSync(join(folder, `growth-${name}.svg`), lineChart({ title, subtitle, panels: panels(curves) }));
}
const report = { at, ...versions, cpus: cpus().length, load, seconds: Math.round(secondsSo()), quick, steepest: STEEPEST, curves: results, failures };
writeFileSync(join(folder, 'growth.json'), `${JSON.stringify(report, null, '\t')}\n`);
if (full && Object.keys(failures).length === 0) {
	const file = join(root, 'docs', 'growth.md');
	const machine = `n8n ${versions.n8n}, Node ${versions.node}, ${cpus().length} processors, load ${load[0]} at the start, ${report.seconds} s in all`;
	let page = withMarked(readFileSync(file, 'utf8'), 'growth:run', `Measured ${at.slice(0, 10)}: ${machine}.`);
	for (const [name, curves] of Object.entries(results)) {
		const picture = `![${PARTS[name].title}, measured](results/growth-${name}.svg)`;
		page = withMarked(page, `growth:${name}`, `${picture}\n\n${markdownTable(curves)}`);
	}
	writeFileSync(file, page);
}

for (const [name, curves] of Object.entries(results)) console.log(`\n${PARTS[name].title}\n${plainTable(curves)}`);
for (const [name, reason] of Object.entries(failures)) console.log(`\nFAILED ${name}: ${reason}`);
const steep = Object.values(results).flat().filter(({ tooSteep }) => tooSteep);
for (const { name, fit, end } of steep) {
	console.log(`\nTOO STEEP ${name}: exponent ${fit.exponent.toFixed(2)}, at the end ${end.exponent.toFixed(2)}; at most ${STEEPEST} is right.`);
}
console.log(`\n${where}, load at the start ${load[0]}, ${report.seconds} s. Charts and values: ${folder}`);
process.exit(steep.length + Object.keys(failures).length > 0 ? 1 : 0);
