/**
 * `npm run compat [-- --only 2.20,newest] [--again]`: the packed packages in several releases of n8n, each installed with its own
 * Node into `.cache/compat`. Prints a table; a full run writes docs/results/compatibility.json and the table in
 * docs/compatibility.md, one with --only writes test-results/compatibility.json. A release that passed within a day with the very same packages is not run again, so that
 * a run that was cut short goes on; --again runs all. Exits 1 when a check failed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

import { stopAllChildren } from '../../../demo/lib/children.mts';
import { table } from '../../../demo/lib/table.mts';
import { installLibrary } from './host/install.mts';
import { LINES, OLDEST, releasesOf, type Line } from './host/lines.mts';
import { npm } from './host/npm.mts';
import { Tree } from './package/tree.mts';
import { failures, type Report } from './report/row.mts';
import { cells, writeTable } from './report/table.mts';
import { runLine, typings, type Bench } from './runLine.mts';

const root = process.cwd();
const started = Date.now();
const say = (text: string) => console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
const stops = new Set<() => unknown>();

async function stopEverything(): Promise<void> {
	for (const stop of [...stops].reverse()) await Promise.resolve(stop()).catch(() => undefined);
	await stopAllChildren(5000);
}

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
	process.once(signal, () => {
		console.log('Stopping ...');
		void stopEverything().finally(() => process.exit(code));
	});
}

function chosenLines(): Line[] {
	const at = process.argv.indexOf('--only');
	if (at < 0) return [...LINES];
	return (process.argv[at + 1] ?? '').split(',').map((name) => {
		const known = LINES.find((line) => line.name === name);
		if (!known && !/^\d+\.\d+$/.test(name)) throw new Error(`--only takes versions such as 2.20, or newest; not "${name}"`);
		return known ?? { ...LINES[LINES.length - 1], name };
	});
}

/** Resolves every release of n8n that the registry has. */
async function published(): Promise<string[]> {
	const output = await npm(join(root, '.cache', 'compat'), 'view', 'n8n', 'versions', '--json');
	return JSON.parse(output.slice(output.indexOf('['), output.lastIndexOf(']') + 1)) as string[];
}

/** The oldest n8n-workflow that has to do: the one that the first release of the oldest line depends on. */
async function oldestTypings(bench: Bench, versions: readonly string[]): Promise<Report['oldestTypings']> {
	const n8n = releasesOf(OLDEST, versions).at(-1) ?? '';
	const output = await npm(join(root, '.cache', 'compat'), 'view', `n8n@${n8n}`, 'dependencies.n8n-workflow', '--json');
	const workflowLibrary = /"(\d+\.\d+\.\d+)"/.exec(output)?.[1] ?? '';
	say(`n8n-workflow ${workflowLibrary}, of n8n ${n8n}: typings`);
	const folder = await installLibrary(root, 'n8n-workflow', workflowLibrary);
	const outcome = await typings(bench, join(folder, 'node_modules'), process.execPath).then(
		(detail) => ({ ok: true, detail }),
		(cause: unknown) => ({ ok: false, detail: String(cause) }),
	);
	return { n8n, workflowLibrary, ...outcome };
}

async function main(): Promise<number> {
	const lines = chosenLines();
	const full = !process.argv.includes('--only');
	const report: Report = { at: new Date().toISOString(), node: process.versions.node, n8n: [], cpus: cpus().length, load: loadavg(), seconds: 0, packed: '', rows: [] };
	const tree = Tree.create(root);
	stops.add(() => tree.remove());
	say('build and pack');
	const tarballs = await tree.pack();
	report.packed = tree.fingerprint();
	const bench: Bench = {
		root,
		tree,
		tarballs,
		packed: report.packed,
		resume: !process.argv.includes('--again'),
		say,
		onStop: (close) => {
			stops.add(close);
			return () => stops.delete(close);
		},
	};
	const versions = await published();
	if (full) report.oldestTypings = await oldestTypings(bench, versions);
	for (const line of lines) {
		const row = await runLine(bench, line, versions);
		report.rows.push(row);
		if (row.refused !== undefined && line.instead) report.rows.push(await runLine(bench, { ...line, name: line.instead }, versions));
	}
	report.n8n = report.rows.filter(({ refused }) => refused === undefined).map(({ n8n }) => n8n);
	report.seconds = Math.round((Date.now() - started) / 1000);

	const folder = join(root, ...(full ? ['docs', 'results'] : ['test-results']));
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'compatibility.json'), `${JSON.stringify(report, null, '\t')}\n`);
	if (full) writeTable(join(root, 'docs', 'compatibility.md'), report);
	console.log(`\n${table(cells(report))}\n`);
	const failed = failures(report);
	for (const each of failed) console.log(`FAILED ${each}`);
	return failed.length === 0 ? 0 : 1;
}

let code = 1;
try {
	code = await main();
} catch (cause) {
	console.error(cause instanceof Error ? cause.message : cause);
}
await stopEverything();
process.exit(code);
