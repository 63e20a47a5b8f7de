/**
 * `npm run scale [-- --minutes 10 --rate 50 --workers 2 --only search,template,lean]`: n8n in queue mode carries
 * completions while one worker is killed each minute. Prints tables; the whole measurement is kept in docs/results and
 * in docs/running-at-scale.md, any other in test-results. Exits 1 when an event was lost, started twice or not posted.
 */
import { measuring } from '../kit/command.mts';
import { described, factsNow, keep } from '../kit/kept.mts';
import { number, readOptions, some } from '../kit/options.mts';
import { CONCURRENCY, openFarm, SETTINGS } from './farm.mts';
import { runLine } from './line.mts';
import { contentFor, longLine, PARTS, SEARCH, templateRate, type LineSpec } from './plan.mts';
import { failuresOf, picture, tablesOf, type Report } from './report.mts';

const REPORT_EVERY_MS = 10_000;

await measuring(async (run) => {
	const { say, steps } = run;
	const options = readOptions(run.args, {
		...{ minutes: number(10, 0.1), rate: number(50, 1), workers: number(2, 1, true), 'template-rate': number(undefined, 0.1), 'kill-every': number(60, 5) },
		only: some((word) => PARTS.find((part) => part === word), () => PARTS.join(', ')),
	});
	const { minutes, rate, workers, 'kill-every': killEvery, only: parts = [...PARTS] } = options;
	const isWhole = minutes >= 10 && rate >= 50 && workers === 2 && killEvery <= 60 && !options.only;
	const report: Report = { ...factsNow(run.root), workers, concurrency: CONCURRENCY, settings: SETTINGS, lines: [] };
	const farm = await openFarm(run, workers, (sandbox, collector) => contentFor(parts, sandbox, collector));
	const one = async (spec: LineSpec) => {
		say(spec.name);
		let last = 0;
		const result = await runLine(farm, spec, (text) => {
			if (Date.now() - last < REPORT_EVERY_MS) return;
			last = Date.now();
			say(`  ${text}`);
		});
		say(`  ${result.carried} events/s, longest lag ${result.longestLag} s${result.wrong.length > 0 ? `, WRONG: ${result.wrong.join('; ')}` : ''}`);
		report.lines.push(result);
	};
	const seconds = Math.round(minutes * 60);
	if (parts.includes('search')) for (const spec of SEARCH) await one(spec);
	const carried = report.lines.find(({ kind }) => kind === 'template')?.carried ?? 0;
	if (parts.includes('template')) await one(longLine('template', options['template-rate'] ?? templateRate(carried), seconds, killEvery));
	if (parts.includes('lean')) await one(longLine('lean', rate, seconds, killEvery));
	report.seconds = run.seconds();

	const tables = tablesOf(report);
	const failures = failuresOf(report);
	const text = [described(report), '![Lag over time, with the kills](results/scale.svg)', ...tables].join('\n\n');
	const page = failures.length === 0 ? { file: 'running-at-scale.md', places: { 'scale:table': text } } : undefined;
	const file = keep(run.root, isWhole, { name: 'scale', data: report, pictures: { scale: await picture(report) }, page });
	for (const each of tables) steps.say(`\n${each}`);
	for (const failure of failures) steps.say(`FAILED  ${failure}`);
	steps.say(`\n${described(report)} All values: ${file}`);
	return failures.length === 0;
});
