import { writeMarked } from '../../../../scripts/lib/marked-table.mjs';
import type { Report } from './report.mts';
import { cellsOf } from './table.mts';

/** The report as a table for a page, with what it ran on and its notes. */
export function markdownTable(report: Report): string {
	const { lines, notes } = cellsOf(report.rows, report.quick);
	const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
	const body = lines.map(([p, what, ours, peer, name, result, target, verdict]) =>
		row([p, what.replaceAll('[', '\\['), ours, name ? `${peer}<br>${name}` : '', result, target, verdict === 'MISSED' ? '**missed**' : verdict]),
	);
	const { machine, load, node, n8n, at, seconds } = report;
	return [
		`Measured ${at.slice(0, 10)} on ${machine.cpus} processors (${machine.model}), load ${load[0].toFixed(1)} at the start, n8n ${n8n} on Node ${node}, ${Math.round(seconds / 60)} minutes. Median, and lowest to highest of the runs.`,
		...(report.later ?? []).map(({ name, at: when, load: [one] }) => `\nThe lines of \`${name}\` are from a later run, ${when.slice(0, 16).replace('T', ' ')} UTC, load ${one.toFixed(1)} at the start.`),
		'',
		'![Each result beside its target](results/bench.svg)',
		'',
		row(['', 'Measure', 'Ours', 'Peer', 'Result', 'Target', '']),
		row(Array.from({ length: 7 }, () => '---')),
		...body,
		...report.failures.map(({ name, reason }) => `\nFailed: ${name}: ${reason.split('\n')[0]}`),
		'',
		...notes.map((note, index) => `${index + 1}. ${note}`),
	].join('\n');
}

export function writeTable(file: string, report: Report): void {
	writeMarked(file, 'bench:table', markdownTable(report));
}
