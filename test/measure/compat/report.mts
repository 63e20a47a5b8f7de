import { markdownTable, type Facts } from '../kit/kept.mts';
import type { Kills, Queued, Seen } from './checks.mts';

/** What came of one check: what it saw, or why it failed. */
export interface Outcome {
	ok: boolean;
	detail: string;
}

/** One release of n8n in the table. */
export interface Row {
	line: string;
	n8n: string;
	/** When the checks began. */
	at: string;
	/** Load of the machine then, over one, five and fifteen minutes. */
	load: number[];
	/** Why it does not install here; then there is nothing else. */
	refused?: string;
	/** Releases of the line that were tried before, with the reason why each does not install here. */
	triedBefore: Array<{ n8n: string; refused: string }>;
	node?: string;
	workflowLibrary?: string;
	/** The command that published the workflow. */
	published?: string;
	loads?: Outcome;
	trigger?: Outcome;
	/** The trigger with its option Connection: WebSocket. */
	webSocket?: Outcome;
	action?: Outcome;
	webhook?: Outcome;
	eryxon?: Outcome;
	typings?: Outcome;
	capabilities?: Outcome & Partial<Seen>;
	kills?: Outcome & Partial<Kills>;
	/** Runs that a limit of n8n's own had queued, through a kill. What n8n loses of them is told, and fails nothing. */
	queued?: Outcome & Partial<Queued>;
	seconds: number;
}

export interface Report extends Omit<Facts, 'n8n' | 'node'> {
	/** Releases that were installed. */
	n8n: string[];
	/** Names the content of the packed packages. */
	packed: string;
	/** n8n-workflow of the first release of the oldest line, apart from any n8n. */
	oldestTypings?: Outcome & { n8n: string; workflowLibrary: string };
	rows: Row[];
}

export const CHECKS = ['loads', 'trigger', 'webSocket', 'action', 'webhook', 'eryxon', 'capabilities', 'kills', 'queued', 'typings'] as const;

/** Whether all that a running n8n was asked for was so; what the compiler says does not change from run to run. */
export const ranWell = (row: Row): boolean => CHECKS.every((name) => name === 'typings' || row[name]?.ok === true);

/** Every check that was not passed, in words. */
export function failures({ rows, oldestTypings }: Pick<Report, 'rows' | 'oldestTypings'>): string[] {
	const found = rows
		.filter(({ refused }) => refused === undefined)
		.flatMap((row) => CHECKS.filter((name) => row[name]?.ok !== true).map((name) => `n8n ${row.n8n}, ${name}: ${row[name]?.detail ?? 'not reached'}`));
	if (oldestTypings && !oldestTypings.ok) found.push(`n8n-workflow ${oldestTypings.workflowLibrary}, typings: ${oldestTypings.detail}`);
	if (rows.every(({ refused }) => refused !== undefined)) found.push('no n8n could be installed');
	return found;
}

const HEAD = ['n8n', 'Node', 'loads', 'trigger', 'action', 'webhook', 'kill + restart: lost / twice', 'queued runs survive a kill', 'typings'];
const shown = (outcome: Outcome | undefined) => (outcome === undefined ? 'not reached' : outcome.ok ? 'yes' : 'NO');
const refusedCells = (n8n: string, refused: string) => [n8n, `does not install here: ${refused}`, ...HEAD.slice(2).map(() => '')];

/** Releases that do not install here have their rows too. */
export const tableOf = ({ rows }: Pick<Report, 'rows'>): string =>
	markdownTable([
		HEAD,
		...rows.flatMap((row) => {
			const older = row.triedBefore.length > 0 ? `; nor do ${row.triedBefore.length} older ones` : '';
			if (row.refused !== undefined) return [refusedCells(row.n8n, row.refused + older)];
			return [installedCells(row), ...row.triedBefore.map(({ n8n, refused }) => refusedCells(n8n, refused))];
		}),
	]);

function installedCells(row: Row): string[] {
	const { kills, queued, typings } = row;
	const counted = kills?.events === undefined ? shown(kills) : `${kills.lost} / ${kills.duplicated} of ${kills.events}`;
	const compiled = typings?.ok ? `n8n-workflow ${row.workflowLibrary}` : `NO (n8n-workflow ${row.workflowLibrary})`;
	const survived = queued?.survive === false ? `no: ${(queued.lost ?? 0) + (queued.stuck ?? 0)} of ${queued.queued} not run` : shown(queued);
	const both = row.eryxon?.ok === false ? { ok: false, detail: '' } : row.action;
	const triggered = row.webSocket?.ok === false ? `${shown(row.trigger)}, over WebSocket NO` : shown(row.trigger);
	return [row.n8n, row.node ?? '', shown(row.loads), triggered, shown(both), shown(row.webhook), counted, survived, compiled];
}
