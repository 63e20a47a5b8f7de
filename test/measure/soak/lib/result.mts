import type { Ledger } from './account.mts';
import type { EventCounts } from './events.mts';
import type { Life } from './lives.mts';
import type { Sample } from './sample.mts';

export interface StopResult {
	what: string;
	/** Seconds since the events began. */
	at: number;
	/** Until n8n was up again, and until it was up to date. */
	upAfter?: number;
	caughtUpAfter?: number;
}

export interface SoakResult {
	at: string;
	node: string;
	n8n: string;
	cpus: number;
	loadAtStart: number;
	/** Of everything, the preparation included. */
	seconds: number;
	/** Of events. */
	minutes: number;
	rate: number;
	seed: number;
	endedEarly: boolean;
	events: EventCounts;
	/** Connections cut at once, cut after some bytes, and streams that were opened in all. */
	cuts: number;
	byteCuts: number;
	streams: number;
	/** Rows that the Pico double sent, at least; repeats among them. */
	rowsSent: number;
	stops: StopResult[];
	ours: { ledger: Ledger; lives: Life[] };
	peer: { ledger: Ledger; lives: Life[]; connectionsLost: number };
	staticBytes: { first?: number; last?: number; most?: number };
	sandbox: { first?: number; last?: number };
	failures: string[];
	samples: Sample[];
}

/** Growth of open files or sockets, over the longest life, that is still flat. */
const FLAT = 5;

/** What makes the run a failed one. */
export function failuresOf({ ours }: Pick<SoakResult, 'ours'>): string[] {
	const { lost, twice, strange } = ours.ledger;
	const failures = [...strange];
	if (lost !== 0) failures.push(`${lost} events lost`);
	if (twice !== 0) failures.push(`${twice} events started twice`);
	const life = longest(ours.lives);
	for (const what of ['files', 'sockets'] as const) {
		const { first = 0, last = 0 } = life?.[what] ?? {};
		if (last - first > FLAT) failures.push(`open ${what} grew from ${first} to ${last}`);
	}
	return failures;
}

export function longest(lives: readonly Life[]): Life | undefined {
	return [...lives].sort((a, b) => b.fittedSeconds - a.fittedSeconds)[0];
}
