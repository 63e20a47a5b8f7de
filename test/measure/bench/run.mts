/**
 * `npm run bench [-- --quick] [-- --only P3,path [--keep]]`: the package beside its peers, each pair in one run on one
 * machine. Prints a table. A full run keeps its result in docs/results and in docs/benchmarks.md, a part with `--keep` in
 * place of its lines there; any other one leaves it in test-results. Exits 1 when a measurement failed, not when a target
 * is missed: times on a busy machine are for people to judge.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { StepError } from '../../../scripts/lib/steps.mjs';
import { measuring, messageOf } from '../kit/command.mts';
import { factsNow, keep } from '../kit/kept.mts';
import { flag, readOptions, some } from '../kit/options.mts';
import { preparePlaces } from '../kit/places.mts';
import { endAll } from '../kit/processes.mts';
import type { Bench, Question } from './context.mts';
import { events } from './events.mts';
import { FlowsServer } from './flows.mts';
import { idle } from './idle.mts';
import { memory } from './memory.mts';
import { list, save } from './operations.mts';
import { outage } from './outage.mts';
import { parser } from './parser.mts';
import { path } from './path.mts';
import { ready } from './ready.mts';
import { replay } from './replay.mts';
import { picture, tableOf, withLater, type Report } from './report.mts';
import { backlog, executions } from './runs.mts';
import { start } from './start.mts';
import { state } from './state.mts';
import { netsuiteTemplate, odooTemplate } from './templates.mts';
import { weight } from './weight.mts';

/** All questions, in the order in which they are asked and shown. */
const QUESTIONS: ReadonlyArray<{ numbers: readonly string[]; name: string; ask: Question }> = [
	{ numbers: ['P1'], name: 'events', ask: events },
	{ numbers: ['P2'], name: 'parser', ask: parser },
	{ numbers: ['P3'], name: 'replay', ask: replay },
	{ numbers: ['P4'], name: 'path', ask: path },
	{ numbers: ['P5'], name: 'start', ask: start },
	{ numbers: ['P6'], name: 'executions', ask: executions },
	{ numbers: ['P7'], name: 'finish', ask: backlog },
	{ numbers: ['P8'], name: 'memory', ask: memory },
	{ numbers: ['P9'], name: 'idle', ask: idle },
	{ numbers: ['P10', 'P11'], name: 'state', ask: state },
	{ numbers: ['P12'], name: 'weight', ask: weight },
	{ numbers: ['P13'], name: 'list', ask: list },
	{ numbers: ['P14'], name: 'odoo', ask: odooTemplate },
	{ numbers: ['P14'], name: 'netsuite', ask: netsuiteTemplate },
	{ numbers: ['P15'], name: 'ready', ask: ready },
	{ numbers: ['P16'], name: 'outage', ask: outage },
	{ numbers: [], name: 'save', ask: save },
];

await measuring(async (run) => {
	const { root, say } = run;
	const called = (word: string) => {
		const found = QUESTIONS.filter(({ name, numbers }) => name === word || numbers.includes(word.toUpperCase()));
		return found.length > 0 ? found : undefined;
	};
	const all = () => QUESTIONS.map(({ name, numbers }) => [...numbers, name].join(' ')).join(', ');
	const { quick, only, keep: keepsPart } = readOptions(run.args, { quick: flag, only: some(called, all), keep: flag });
	if (keepsPart && (quick || !only)) throw new StepError('--keep goes with --only, and not with --quick.');

	run.onEnd(endAll);
	const report: Report = { ...factsNow(root), quick, rows: [], failures: [] };
	const places = await preparePlaces(run);
	let flows: Promise<FlowsServer> | undefined;
	run.onEnd(async () => await (await flows?.catch(() => undefined))?.close());
	const n8n = async () => {
		if (!flows) say('  starting a fresh n8n with the package in it');
		flows ??= FlowsServer.start(places, quick ? { rows: 5_000, pollSeconds: 10 } : { rows: 100_000, pollSeconds: 60 });
		return await flows;
	};
	const bench: Bench = { places, quick, n8n, onEnd: run.onEnd, say: (text) => say(`  ${text}`) };
	for (const question of QUESTIONS.filter((one) => !only || only.flat().includes(one))) {
		const { numbers, name, ask } = question;
		say([...numbers, name].join(' '));
		try {
			report.rows.push(...(await ask(bench)).map((row) => ({ measurement: name, ...row })));
		} catch (error) {
			report.failures.push({ name, reason: messageOf(error) });
		}
	}
	report.seconds = run.seconds();

	const isKept = (!quick && !only) || keepsPart;
	const kept = join(root, 'docs', 'results', 'bench.json');
	const names = QUESTIONS.map(({ name }) => name);
	const written = keepsPart && existsSync(kept) ? withLater(JSON.parse(readFileSync(kept, 'utf8')) as Report, report, names) : report;
	const shown = '![Each result beside its target](results/bench.svg)';
	const file = keep(root, isKept, { name: 'bench', data: written, pictures: { bench: await picture(written) }, page: { file: 'benchmarks.md', places: { 'bench:table': `${shown}\n\n${tableOf(written)}` } } });
	run.steps.say(`\n${tableOf(report)}\n\nWritten: ${file}.`);
	for (const { name, reason } of report.failures) run.steps.say(`FAILED ${name}: ${reason}`);
	if (quick) run.steps.say('Quick: small sizes and few runs. It shows that all works; only a full run tells whether a target is met.');
	return report.failures.length === 0;
});
