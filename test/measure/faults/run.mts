/**
 * `npm run test:faults [-- --short] [-- --seed N] [-- --only R2,R5]`: the fault matrix at full size, streams first, then a
 * real n8n, on its own and in queue mode. `--short`: the sizes of `npm test` and `npm run test:n8n`; `--seed`: another
 * sequence of random faults. A whole run at full size is kept in docs/results and in docs/fault-matrix.md. Exits 1 when a
 * row failed.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { RESULTS_FOLDER, runJest } from '../../../scripts/lib/jest.mjs';
import { prepareQueue } from '../../../scripts/lib/queue-servers.mjs';
import { measuring } from '../kit/command.mts';
import { described, factsNow, keep, markdownTable } from '../kit/kept.mts';
import { flag, number, readOptions, some } from '../kit/options.mts';
import type { Row } from '../kit/scenario.mts';

type Seen = Row & { seconds: number };

/** Run one after the other; within each, two files at a time. */
const PARTS = { stream: ['stream'], n8n: ['n8n', 'queue'] };
/** Rows only, also those inside a `describe`; the other tests of these files run with `npm test` and `npm run test:n8n`. */
const ANY_ROW = '\\bR\\d+ ';
const whole = (value: number) => value.toLocaleString('en-US');

const COLUMNS: Array<[string, (row: Seen) => string]> = [
	['Row', ({ id }) => id],
	['Fault', ({ fault }) => fault],
	['Events', ({ events }) => whole(events)],
	['Injected', ({ injected }) => whole(injected)],
	['Lost', ({ lost }) => whole(lost)],
	['Twice', ({ duplicated }) => whole(duplicated)],
	['Told', ({ told }) => (told === undefined ? '' : whole(told))],
	['Recovered in', ({ recoveredInMs }) => (recoveredInMs === undefined ? '' : `${(recoveredInMs / 1000).toFixed(1)} s`)],
	['Seconds', ({ seconds }) => String(seconds)],
	['Note', ({ note }) => note ?? ''],
];

/** Shows each row as soon as it is there. @returns what to call at the end; resolves all rows */
function watchRows(file: string, show: (row: Seen) => void): () => Seen[] {
	const rows: Seen[] = [];
	const read = () => {
		const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
		for (const line of lines.slice(rows.length)) {
			rows.push(JSON.parse(line) as Seen);
			show(rows[rows.length - 1]);
		}
	};
	const timer = setInterval(read, 1_000);
	return () => {
		clearInterval(timer);
		read();
		return rows;
	};
}

interface JestReport {
	testResults: Array<{ name: string; message: string; assertionResults: Array<{ title: string; status: string }> }>;
}

/** Titles of the rows that failed, from jest's own report; `undefined` when it was stopped before it wrote one. */
function failedTests(root: string, name: string): string[] | undefined {
	const report = join(root, RESULTS_FOLDER, `${name}.json`);
	if (!existsSync(report)) return undefined;
	const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
	const broken = testResults.filter(({ message, assertionResults }) => message && assertionResults.length === 0).map((suite) => suite.name);
	const failed = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'failed');
	return [...broken, ...failed.map(({ title }) => title)];
}

await measuring(async (run) => {
	const { root, steps } = run;
	const { short, seed, only } = readOptions(run.args, { short: flag, seed: number(20260105, 0, true), only: some((id) => (/^R\d+$/i.test(id) ? id.toUpperCase() : undefined), () => 'rows such as R2,R5') });
	const facts = factsNow(root);
	const queue: { ready?: boolean; skipped?: string } = !short && (!only || only.includes('R1')) ? await prepareQueue(steps) : { skipped: short ? 'full form only' : undefined };
	const lines = join(root, RESULTS_FOLDER, 'faults.jsonl');
	mkdirSync(join(root, RESULTS_FOLDER), { recursive: true });
	rmSync(lines, { force: true });
	Object.assign(process.env, { PICO_FAULTS: short ? 'short' : 'full', PICO_FAULTS_SEED: String(seed), PICO_FAULTS_RESULTS: lines });

	const finish = watchRows(lines, (row) => steps.say(`  ${row.id}: ${row.fault}: ${row.events} events, ${row.injected} faults, ${row.lost} lost, ${row.duplicated} twice, ${row.seconds} s`));
	const failed: string[] = [];
	let isStopped = false;
	for (const [part, folders] of Object.entries(PARTS)) {
		const name = `faults-${part}`;
		const paths = folders.filter((folder) => folder !== 'queue' || queue.ready).map((folder) => `test/measure/faults/${folder}`);
		const args = ['--maxWorkers=2', '-t', only ? `\\b(${only.join('|')}) ` : ANY_ROW, ...paths];
		if (await runJest(root, { name, config: 'test/measure/faults/jest.config.mjs', args })) continue;
		const titles = failedTests(root, name);
		failed.push(...(titles ?? [`part '${part}' was stopped`]));
		isStopped = titles === undefined;
		if (isStopped) break;
	}
	const rows = finish();
	facts.seconds = run.seconds();

	const table = markdownTable([COLUMNS.map(([head]) => head), ...rows.map((row) => COLUMNS.map(([, of]) => of(row)))]);
	const text = `${table}\n\nSeed ${seed}. ${described(facts)}${queue.skipped ? ` Without R1 in queue mode: ${queue.skipped}.` : ''}`;
	const page = failed.length === 0 ? { file: 'fault-matrix.md', places: { 'faults:table': text } } : undefined;
	const file = keep(root, !short && !only && !isStopped, { name: 'faults', data: { ...facts, form: short ? 'short' : 'full', seed, failed, rows }, page });
	steps.say(`\n${text}`);
	for (const title of failed) steps.say(`FAILED  ${title}`);
	steps.say(`${rows.length} rows, ${failed.length} failed; ${file}`);
	return failed.length === 0 && rows.length > 0;
});
