/**
 * `npm run bench [-- --quick] [-- --only P3,path [--keep]]`: the package beside its peers, each pair in one run on one
 * machine. Prints a table. A full run keeps its result in docs/results and in docs/benchmarks.md, a part with `--keep` in
 * place of its lines there; any other one leaves it in test-results. Exits 1 when a measurement failed, not when a target is missed: times on a busy machine are for people
 * to judge.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stopAllChildren } from '../../../demo/lib/children.mts';
import { readCommandLine } from './lib/commandLine.mts';
import { FlowsServer } from './lib/flowsServer.mts';
import { withLater } from './lib/keptReport.mts';
import { writeTable } from './lib/markdown.mts';
import { picture } from './lib/picture.mts';
import { preparePlaces, type Places } from './lib/places.mts';
import { endAll } from './lib/processes.mts';
import { newReport, printTable, versions, type Report } from './lib/report.mts';
import { MEASURES } from './rows/all.mts';
import type { Bench } from './rows/context.mts';

const root = process.cwd();
const { quick, chosen, full, keep } = (() => {
	try {
		return readCommandLine(process.argv.slice(2), MEASURES);
	} catch (error) {
		console.error((error as Error).message);
		process.exit(1);
	}
})();

const started = Date.now();
const say = (text: string) => console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
let places: Places | undefined;
let flows: Promise<FlowsServer> | undefined;
const clear = async () => {
	endAll();
	await stopAllChildren(0);
	if (places) rmSync(places.scratch, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void clear().finally(() => process.exit(130)));
}

const report = newReport(quick);
try {
	say('building the package in a scratch folder');
	const prepared = await preparePlaces(root);
	places = prepared;
	Object.assign(report, versions(prepared));
	const n8n = async () => {
		if (!flows) say('  starting a fresh n8n with the package in it');
		flows ??= FlowsServer.start(prepared, quick ? { rows: 5_000, pollSeconds: 10 } : { rows: 100_000, pollSeconds: 60 });
		return await flows;
	};
	const bench: Bench = { places: prepared, quick, n8n, say: (text) => say(`  ${text}`) };
	for (const { numbers, name, measure } of chosen) {
		say([...numbers, name].join(' '));
		try {
			report.rows.push(...(await measure(bench)).map((row) => ({ measurement: name, ...row })));
		} catch (error) {
			report.failures.push({ name, reason: error instanceof Error ? error.message : String(error) });
		}
	}
	await (await flows?.catch(() => undefined))?.close();
} finally {
	await clear();
}
report.seconds = (Date.now() - started) / 1000;

const isKept = full || keep;
const folder = join(root, ...(isKept ? ['docs', 'results'] : ['test-results']));
mkdirSync(folder, { recursive: true });
const file = join(folder, 'bench.json');
const names = MEASURES.map(({ name }) => name);
const written = keep && existsSync(file) ? withLater(JSON.parse(readFileSync(file, 'utf8')) as Report, report, names) : report;
writeFileSync(file, `${JSON.stringify(written, null, '\t')}\n`);
const chart = picture(written);
if (chart) writeFileSync(join(folder, 'bench.svg'), chart);
if (isKept) writeTable(join(root, 'docs', 'benchmarks.md'), written);
console.log(`\n${printTable(report)}\n`);
console.log(
	`${report.machine.cpus} processors, load at the start ${report.load[0].toFixed(1)}, n8n ${report.n8n} on Node ${report.node}, ` +
		`${report.seconds.toFixed(0)} s. Written: bench.json and bench.svg in ${isKept ? 'docs/results, and docs/benchmarks.md' : 'test-results'}.`,
);
if (quick) console.log('Quick: small sizes and few runs. It shows that all works; only a full run tells whether a target is met.');
process.exit(report.failures.length > 0 ? 1 : 0);
