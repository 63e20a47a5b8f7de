// `npm run test:faults`: the fault matrix at full size, streams first, then a real n8n, on its own and in queue mode.
//   --short        the sizes of `npm test` and `npm run test:n8n`
//   --seed N       another sequence of random faults
//   --only R2,R5   some rows
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commandLine } from './lib/command-line.mjs';
import { faultTable } from './lib/fault-table.mjs';
import { runJest, RESULTS_FOLDER } from './lib/jest.mjs';
import { writeMarked } from './lib/marked-table.mjs';
import { prepare } from './lib/prepare.mjs';
import { seconds, StepError } from './lib/steps.mjs';
import { prepareQueue } from './lib/queue-servers.mjs';

const DEFAULT_SEED = 20260105;
/** Run one after the other; within each, two files at a time. */
const PARTS = [
	{ name: 'stream', folders: ['test/measure/faults/stream'] },
	{ name: 'n8n', folders: ['test/measure/faults/n8n', 'test/measure/faults/queue'] },
];
/** Rows only, also those inside a `describe`; the other tests of these files run with `npm test` and `npm run test:n8n`. */
const ANY_ROW = '\\bR\\d+ ';

function readArguments(args) {
	const { values } = parseArgs({
		args,
		options: { short: { type: 'boolean', default: false }, seed: { type: 'string' }, only: { type: 'string' } },
	});
	const seed = Number(values.seed ?? DEFAULT_SEED);
	if (!Number.isInteger(seed) || seed < 0) throw new StepError(`--seed takes a whole number, not '${values.seed}'`);
	const only = values.only?.split(',').map((id) => id.trim().toUpperCase());
	if (only?.some((id) => !/^R\d+$/.test(id))) throw new StepError(`--only takes rows such as R2,R5, not '${values.only}'`);
	return { full: !values.short, seed, only };
}

/** Shows each row as soon as it is there. @returns what to call at the end; resolves all rows */
function watchRows(file, show) {
	const rows = [];
	const read = () => {
		const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
		for (const line of lines.slice(rows.length)) {
			const row = JSON.parse(line);
			rows.push(row);
			show(row);
		}
	};
	const timer = setInterval(read, 1_000);
	return () => {
		clearInterval(timer);
		read();
		return rows;
	};
}

/** Titles of the rows that failed, from jest's own report. */
function failedTests(root, name) {
	const report = JSON.parse(readFileSync(join(root, RESULTS_FOLDER, `${name}.json`), 'utf8'));
	const suites = report.testResults;
	const broken = suites.filter(({ message, assertionResults }) => message && assertionResults.length === 0).map(({ name }) => name);
	const failed = suites.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'failed');
	return [...broken, ...failed.map(({ title }) => title)];
}

await commandLine(async ({ steps, root, args }) => {
	const { full, seed, only } = readArguments(args);
	const began = Date.now();
	await prepare(steps, { root, build: true, host: true });
	const queue = full && (!only || only.includes('R1')) ? await prepareQueue(steps) : { skipped: full ? undefined : 'full form only' };

	// Only a whole run at full size is kept.
	const kept = full && !only ? join('docs', 'results') : RESULTS_FOLDER;
	const lines = join(root, RESULTS_FOLDER, 'faults.jsonl');
	for (const each of [kept, RESULTS_FOLDER]) mkdirSync(join(root, each), { recursive: true });
	rmSync(lines, { force: true });
	Object.assign(process.env, { PICO_FAULTS: full ? 'full' : 'short', PICO_FAULTS_SEED: String(seed), PICO_FAULTS_RESULTS: lines });

	const finish = watchRows(lines, (row) => {
		steps.say(`  ${row.id}: ${row.fault}: ${row.events} events, ${row.injected} faults, ${row.lost} lost, ${row.duplicated} twice, ${row.seconds} s`);
	});
	const failed = [];
	const pattern = only ? `\\b(${only.join('|')}) ` : ANY_ROW;
	for (const part of PARTS) {
		const name = `faults-${part.name}`;
		const folders = part.folders.filter((each) => !each.endsWith('queue') || queue.ready);
		const passed = await runJest(root, { name, config: 'test/measure/faults/jest.config.mjs', args: ['--maxWorkers=2', '-t', pattern, ...folders] });
		if (!passed) failed.push(...failedTests(root, name));
	}
	const rows = finish();

	steps.say('');
	steps.say(faultTable(rows));
	if (queue.skipped) steps.say(`Skipped: R1 in queue mode (${queue.skipped})`);
	for (const title of failed) steps.say(`FAILED  ${title}`);
	const wallSeconds = Math.round((Date.now() - began) / 1000);
	const summary = { at: new Date(began).toISOString(), form: full ? 'full' : 'short', seed, wallSeconds, failed, rows };
	if (kept !== RESULTS_FOLDER && failed.length === 0) {
		const ran = `Seed ${seed}, ${summary.at.slice(0, 10)}, ${cpus().length} processors, ${seconds(wallSeconds * 1000)} in all.`;
		writeMarked(join(root, 'docs', 'fault-matrix.md'), 'faults:table', `${faultTable(rows)}\n\n${ran}${queue.skipped ? ` Without R1 in queue mode: ${queue.skipped}.` : ''}`);
	}
	const file = join(kept, 'faults.json');
	writeFileSync(join(root, file), `${JSON.stringify(summary, null, 2)}\n`);
	steps.say(`${rows.length} rows, ${failed.length} failed, seed ${seed}, ${seconds(Date.now() - began)}; ${file}`);
	return failed.length > 0 || rows.length === 0 ? 1 : 0;
});
