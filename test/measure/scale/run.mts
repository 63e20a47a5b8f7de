/**
 * `npm run scale [-- --minutes 10 --rate 50 --workers 2 --only search,template,lean]`: n8n in queue mode carries
 * completions while one worker is killed each minute. Prints tables; the whole measurement is kept in docs/results and
 * in docs/running-at-scale.md, any other in test-results. Exits 1 when an event was lost, started twice or not posted.
 */
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { stopAllChildren } from '../../../demo/lib/children.mts';
import { table } from '../../../demo/lib/table.mts';
import { Farm } from './lib/farm.mts';
import { credentialsFor, workflowsFor } from './lib/flows.mts';
import { runLine, type LineResult, type LineSpec } from './lib/line.mts';
import { readOptions, type Options } from './lib/options.mts';
import { flowsOf, leanLine, SEARCH, templateLine, templateRate } from './lib/plan.mts';
import { failuresOf, keep, lineRows, searchRows, writePage, type Report } from './lib/report.mts';

const CONCURRENCY = 10;
/** Of n8n: docs/running-at-scale.md says what each is for. */
const SETTINGS = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '3000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
	N8N_EXECUTIONS_QUEUE_KEEP_LAST_COMPLETED: '1000',
	N8N_EXECUTIONS_QUEUE_KEEP_LAST_FAILED: '1000',
};
const REPORT_EVERY_MS = 10_000;

const began = Date.now();
const root = process.cwd();
const say = (text: string) => console.log(`${((Date.now() - began) / 1000).toFixed(0).padStart(5)} s  ${text}`);
const farm = new Farm();
let closing: Promise<void> | undefined;
/** Stops everything that was started, once, in order; what an interrupt caught while starting too. */
const close = async () => {
	closing ??= farm
		.close()
		.catch(() => undefined)
		.then(async () => void (await stopAllChildren()));
	await closing;
};
for (const [signal, code] of [
	['SIGINT', 130],
	['SIGTERM', 143],
] as const) {
	process.once(signal, () => {
		say('stopping');
		void close().then(() => process.exit(code));
	});
}

async function queueServers(): Promise<void> {
	const file = pathToFileURL(join(root, 'scripts', 'lib', 'queue-servers.mjs')).href;
	type Work = (report: () => void) => Promise<string>;
	type Prepare = (steps: { run(name: string, work: Work): Promise<string> }) => Promise<{ skipped?: string }>;
	const { prepareQueue } = (await import(file)) as { prepareQueue: Prepare };
	const { skipped } = await prepareQueue({
		run: async (name, work) => {
			say(name);
			return await work(() => undefined);
		},
	});
	if (skipped) throw new Error(`n8n's queue mode needs Redis and PostgreSQL: ${skipped}`);
}

async function one(spec: LineSpec): Promise<LineResult> {
	say(spec.name);
	let last = 0;
	const result = await runLine(farm, spec, (text) => {
		if (Date.now() - last < REPORT_EVERY_MS) return;
		last = Date.now();
		say(`  ${text}`);
	});
	say(
		`  ${result.carried} events/s, longest lag ${result.longestLag} s${result.wrong.length > 0 ? `, WRONG: ${result.wrong.join('; ')}` : ''}`,
	);
	return result;
}

async function measure(
	{ parts, minutes, rate, killEvery, templateRate: given }: Options,
	lines: LineResult[],
): Promise<void> {
	const seconds = Math.round(minutes * 60);
	if (parts.includes('search')) for (const spec of SEARCH) lines.push(await one(spec));
	if (parts.includes('template')) {
		const alone = lines.find(({ kind }) => kind === 'template')?.carried ?? 0;
		lines.push(await one(templateLine(given ?? templateRate(alone), seconds, killEvery)));
	}
	if (parts.includes('lean')) lines.push(await one(leanLine(rate, seconds, killEvery)));
}

async function main(): Promise<number> {
	const options = readOptions(process.argv.slice(2));
	const n8n = JSON.parse(
		readFileSync(join(root, 'demo', 'n8n-host', 'node_modules', 'n8n', 'package.json'), 'utf8'),
	) as { version: string };
	const report: Report = {
		at: new Date(began).toISOString(),
		machine: { cpus: cpus().length, load: loadavg(), node: process.version, n8n: n8n.version },
		workers: options.workers,
		concurrency: CONCURRENCY,
		settings: SETTINGS,
		seconds: 0,
		lines: [],
	};
	await queueServers();
	const specs = flowsOf(options.parts);
	await farm.open(
		{
			workers: options.workers,
			concurrency: CONCURRENCY,
			settings: SETTINGS,
			flows: (sandbox, { url }) => ({
				credentials: credentialsFor(sandbox),
				workflows: workflowsFor(specs, sandbox, url),
			}),
		},
		say,
	);
	await measure(options, report.lines);
	report.seconds = (Date.now() - began) / 1000;
	const file = keep(root, report, options.full);
	for (const rows of [searchRows(report), lineRows(report)]) if (rows.length > 0) console.log(`\n${table(rows)}`);
	const failures = failuresOf(report);
	for (const text of failures) console.log(`FAILED  ${text}`);
	if (options.full && failures.length === 0) writePage(root, report);
	console.log(
		`\n${report.machine.cpus} processors, load at the start ${report.machine.load[0].toFixed(1)}, ${report.seconds.toFixed(0)} s. All values: ${file}`,
	);
	return failures.length > 0 ? 1 : 0;
}

const code = await main().catch((cause: unknown) => {
	if (!closing) console.error(cause instanceof Error ? cause.stack : cause);
	return 1;
});
if (!closing) {
	await close();
	process.exit(code);
}
