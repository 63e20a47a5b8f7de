/**
 * `npm run bench [-- --only list,replay]`: the package beside its peers, each pair in one run on one machine. Prints a
 * table and writes bench-results/bench.json. Exits 1 when a measurement failed, not when a target is missed: times on a
 * busy machine are for people to judge.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { preparePlaces, type Places } from './lib/places.mts';
import { endAll } from './lib/processes.mts';
import { machine, printTable, type Report } from './lib/report.mts';
import type { Measure } from './rows/context.mts';
import { backlog, idle, state } from './rows/cost.mts';
import { list } from './rows/list.mts';
import { weight } from './rows/package.mts';
import { path } from './rows/path.mts';
import { replay } from './rows/replay.mts';
import { save } from './rows/save.mts';
import { startOfRun } from './rows/start.mts';

const MEASURES: Record<string, Measure> = { list, save, replay, path, idle, state, backlog, package: weight, start: startOfRun };

const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1];
const chosen = process.argv.includes('--only') ? argument('--only').split(',') : Object.keys(MEASURES);
const unknown = chosen.filter((name) => !(name in MEASURES));
if (unknown.length > 0) {
	console.error(`There is no measurement ${unknown.join(', ')}. Choose from ${Object.keys(MEASURES).join(', ')}.`);
	process.exit(1);
}

const root = process.cwd();
const started = Date.now();
const say = (text: string) => console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
let places: Places | undefined;
const clear = () => {
	endAll();
	if (places) rmSync(places.scratch, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => {
		clear();
		process.exit(130);
	});
}

const report: Report = { when: new Date().toISOString(), machine: machine(), rows: [], failures: [], seconds: 0 };
try {
	say('building the package in a scratch folder');
	places = await preparePlaces(root);
	for (const name of chosen) {
		say(name);
		try {
			report.rows.push(...(await MEASURES[name]({ places, say: (text) => say(`  ${text}`) })));
		} catch (error) {
			report.failures.push({ name, reason: error instanceof Error ? error.message : String(error) });
		}
	}
} finally {
	clear();
}
report.seconds = (Date.now() - started) / 1000;
mkdirSync(join(root, 'bench-results'), { recursive: true });
const file = join(root, 'bench-results', 'bench.json');
writeFileSync(file, `${JSON.stringify(report, null, '\t')}\n`);
console.log(`\n${printTable(report)}\n`);
const load = report.machine.load[0].toFixed(1);
console.log(
	`${report.machine.cpus} processors, load at the start ${load}, ${report.seconds.toFixed(0)} s. As JSON: ${file}`,
);
process.exit(report.failures.length > 0 ? 1 : 0);
