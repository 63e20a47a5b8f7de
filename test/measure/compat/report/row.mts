import type { Kills, Seen } from '../smoke/checks.mts';

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
	seconds: number;
}

export interface Report {
	at: string;
	node: string;
	n8n: string[];
	cpus: number;
	load: number[];
	seconds: number;
	/** Names the content of the packed packages. */
	packed: string;
	/** n8n-workflow of the first release of the oldest line, apart from any n8n. */
	oldestTypings?: Outcome & { n8n: string; workflowLibrary: string };
	rows: Row[];
}

export const CHECKS = ['loads', 'trigger', 'webSocket', 'action', 'webhook', 'eryxon', 'capabilities', 'kills', 'typings'] as const;

/** Whether all that a running n8n was asked for was so; what the compiler says does not change from run to run. */
export const ranWell = (row: Row): boolean => CHECKS.every((name) => name === 'typings' || row[name]?.ok === true);

/** Every check that was not passed, in words. */
export function failures({ rows, oldestTypings }: Report): string[] {
	const found = rows
		.filter(({ refused }) => refused === undefined)
		.flatMap((row) => CHECKS.filter((name) => row[name]?.ok !== true).map((name) => `n8n ${row.n8n}, ${name}: ${row[name]?.detail ?? 'not reached'}`));
	if (oldestTypings && !oldestTypings.ok) found.push(`n8n-workflow ${oldestTypings.workflowLibrary}, typings: ${oldestTypings.detail}`);
	if (rows.every(({ refused }) => refused !== undefined)) found.push('no n8n could be installed');
	return found;
}
