import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';

import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

import { writeMarked } from '../../../scripts/lib/marked-table.mjs';

/** Mutants that are known to survive, and why: each belongs to the first entry whose `file` its path ends with and whose `code` stands on its line. */
const KNOWN_SURVIVORS = JSON.parse(readFileSync(new URL('survivors.json', import.meta.url), 'utf8'));
const PAGE = 'docs/mutation-testing.md';
const isPart = process.argv.some((argument) => /^(--mutate|-m)(=|$)/.test(argument));

/** Stryker's statuses that count, by the name under which they are kept. */
const COUNTED = { Killed: 'killed', Timeout: 'timedOut', Survived: 'survived', NoCoverage: 'notCovered' };

/**
 * Keeps the score of each file and every surviving mutant, with its reason where one is known. A run over everything
 * goes to `docs/results` and to the page; a run with `--mutate` only to `test-results`.
 */
class Summary {
	started = Date.now();
	load = loadavg()[0];

	onMutationTestReportReady({ files }) {
		const scores = [];
		const survivors = [];
		for (const [file, { source, mutants }] of Object.entries(files)) {
			const counts = { killed: 0, timedOut: 0, survived: 0, notCovered: 0 };
			const lines = source.split('\n');
			for (const { status, mutatorName, replacement, location } of mutants) {
				if (!(status in COUNTED)) continue;
				counts[COUNTED[status]]++;
				if (status === 'Killed' || status === 'Timeout') continue;
				const { line, column } = location.start;
				const code = lines[line - 1].trim();
				const known = KNOWN_SURVIVORS.find((one) => file.endsWith(`/${one.file}`) && code.includes(one.code));
				survivors.push({
					...{ file, line, column, mutator: mutatorName, original: textAt(lines, location), replacement: short(replacement ?? '') },
					...(status === 'NoCoverage' ? { notCovered: true } : {}),
					...(known ? { class: known.name } : {}),
				});
			}
			if (total(counts) > 0) scores.push({ file, ...counts, score: score(counts) });
		}
		const sum = (key) => scores.reduce((all, one) => all + one[key], 0);
		const all = Object.fromEntries(Object.values(COUNTED).map((key) => [key, sum(key)]));
		const result = {
			at: new Date(this.started).toISOString(),
			node: process.version,
			n8nWorkflow: versionOf('n8n-workflow'),
			stryker: versionOf('@stryker-mutator/core'),
			cpus: cpus().length,
			loadAtStart: Number(this.load.toFixed(2)),
			seconds: Math.round((Date.now() - this.started) / 1000),
			mutants: total(all),
			...all,
			score: score(all),
			files: scores,
			survivors,
		};
		const kept = isPart ? 'test-results/mutation.json' : 'docs/results/mutation.json';
		mkdirSync(dirname(kept), { recursive: true });
		writeFileSync(kept, `${JSON.stringify(result, null, '\t')}\n`);
		const table = scoreTable(result);
		console.log(`\n${table}\n\n${survivors.filter((one) => !one.class).length} of ${survivors.length} survivors have no reason yet; see ${kept}`);
		if (isPart) return;
		writeMarked(PAGE, 'score:table', table);
		writeMarked(PAGE, 'survivors:table', survivorTable(survivors));
	}
}

const total = ({ killed, timedOut, survived, notCovered }) => killed + timedOut + survived + notCovered;
const score = (counts) => Number(((100 * (counts.killed + counts.timedOut)) / total(counts)).toFixed(2));

/** The code that was changed, as far as it stands on one line. */
function textAt(lines, { start, end }) {
	const line = lines[start.line - 1];
	return short(start.line === end.line ? line.slice(start.column - 1, end.column - 1) : line.slice(start.column - 1));
}

function short(text) {
	const flat = text.replace(/\s+/g, ' ').trim();
	return flat.length > 100 ? `${flat.slice(0, 99)}…` : flat;
}

function versionOf(name) {
	return JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
}

/** Score by file as a Markdown table, the total last. */
function scoreTable(result) {
	const row = (name, { score, killed, timedOut, survived, notCovered }) => [name, `${score.toFixed(1)} %`, killed, timedOut, survived, notCovered];
	return markdown([
		['File', 'Score', 'Killed', 'Timed out', 'Survived', 'Not covered'],
		...result.files.map((one) => row(one.file.replace('nodes/shared/', ''), one)),
		row('**All**', result),
	]);
}

/** The surviving mutants, a row for each class with its reason, then those that nobody looked at yet. */
function survivorTable(survivors) {
	const rows = KNOWN_SURVIVORS.map(({ name, why }) => [survivors.filter((one) => one.class === name), why]);
	rows.push([survivors.filter((one) => !one.class), 'Not looked at yet']);
	return markdown([
		['Mutants', 'Where', 'Why they survive'],
		...rows.filter(([some]) => some.length > 0).map(([some, why]) => [some.length, places(some), why]),
	]);
}

/** `file:line, line; file:line` */
function places(mutants) {
	const lines = new Map();
	for (const { file, line } of mutants) {
		const name = file.replace('nodes/shared/', '');
		lines.set(name, (lines.get(name) ?? new Set()).add(line));
	}
	return [...lines].map(([file, numbers]) => `${file}:${[...numbers].join(', ')}`).join('; ');
}

function markdown(rows) {
	const cells = rows.map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')));
	const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
	const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
	lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
	return lines.join('\n');
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'kept-summary', Summary)];
