import { writeMarked } from '../../../../scripts/lib/marked-table.mjs';
import type { Outcome, Report, Row } from './row.mts';

const HEAD = ['n8n', 'Node', 'loads', 'trigger', 'action', 'webhook', 'kill + restart: lost / twice', 'typings'];

const shown = (outcome: Outcome | undefined) => (outcome === undefined ? 'not reached' : outcome.ok ? 'yes' : 'NO');

/** The rows of the table, the head first. Releases that do not install here have theirs too. */
export function cells({ rows }: Report): string[][] {
	return [HEAD, ...rows.flatMap(rowCells)];
}

const refusedCells = (n8n: string, refused: string) => [n8n, `does not install here: ${refused}`, ...HEAD.slice(2).map(() => '')];

function rowCells(row: Row): string[][] {
	if (row.refused !== undefined) {
		const nor = row.triedBefore.length > 0 ? `; nor do ${row.triedBefore.length} older ones` : '';
		return [refusedCells(row.n8n, row.refused + nor)];
	}
	return [installedCells(row), ...row.triedBefore.map(({ n8n, refused }) => refusedCells(n8n, refused))];
}

function installedCells(row: Row): string[] {
	const { kills, typings } = row;
	const counted = kills?.events === undefined ? shown(kills) : `${kills.lost} / ${kills.duplicated} of ${kills.events}`;
	const compiled = typings?.ok ? `n8n-workflow ${row.workflowLibrary}` : `NO (n8n-workflow ${row.workflowLibrary})`;
	const both = row.eryxon?.ok === false ? { ok: false, detail: '' } : row.action;
	const triggered = row.webSocket?.ok === false ? `${shown(row.trigger)}, over WebSocket NO` : shown(row.trigger);
	return [row.n8n, row.node ?? '', shown(row.loads), triggered, shown(both), shown(row.webhook), counted, compiled];
}

export function markdown(report: Report): string {
	const [head, ...body] = cells(report);
	const line = (row: string[]) => `| ${row.join(' | ')} |`;
	return [line(head), `|${'---|'.repeat(head.length)}`, ...body.map(line)].join('\n');
}

/** Puts the table between its marks in a page. */
export function writeTable(file: string, report: Report): void {
	writeMarked(file, 'compat:table', markdown(report));
}
