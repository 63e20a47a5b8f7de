import { pause } from '../../../../demo/lib/poll.mts';
import { account, knownOrders, type StoredRun } from '../../kit/ledger.mts';
import { distribution } from '../../bench/lib/stats.mts';
import type { Lags } from './lags.mts';
import type { Side } from './side.mts';

/** How n8n lists runs that a kill cut off, and runs whose call was refused. */
const NOT_DONE = ['crashed', 'error'];
/** A late event that no stream showed is found when the window is read again: within half of it, 150 s. */
const QUIET_MS = 240_000;
const LONGEST_MS = 1_800_000;

export interface Times {
	count: number;
	p50: number;
	p99: number;
	max: number;
}

export interface Ledger {
	made: number;
	/** Executions that n8n lists. */
	runs: number;
	/** Events with an execution, events without one, and starts beyond the first. */
	started: number;
	lost: number;
	twice: number;
	/** Runs that failed because their call was refused, and runs that a kill cut off. */
	failed: number;
	crashed: number;
	/** Anything that contradicts the rest; empty. */
	strange: string[];
	/** Milliseconds from the event to the call by its run. */
	lag: { up?: Times; away?: Times; hidden?: Times };
}

/**
 * Waits until every event has an execution and none is under way, or until nothing changes any more.
 *
 * @param quietMs without any change
 */
export async function settledRuns(side: Side, events: number, say: (text: string) => void, quietMs = QUIET_MS): Promise<StoredRun[]> {
	const began = Date.now();
	let told = began;
	let [seen, since] = ['', began];
	for (;;) {
		const runs = await side.runs();
		const known = knownOrders(runs, side.collector.hits).size;
		const busy = runs.filter(({ status }) => ['new', 'running'].includes(status)).length;
		const now = `${known} ${runs.length} ${busy}`;
		if (now !== seen) [seen, since] = [now, Date.now()];
		if (known >= events && busy === 0) return runs;
		if (Date.now() - since > quietMs || Date.now() - began > LONGEST_MS) return runs;
		if (Date.now() - told > 60_000) {
			told = Date.now();
			say(`${known} of ${events} events have a run, ${busy} under way`);
		}
		await pause(3_000);
	}
}

export function ledgerOf(side: Side, events: number, runs: StoredRun[], lags: Lags): Ledger {
	const { hits, failed } = side.collector;
	const { lost, duplicated, strange } = account(events, runs, hits, NOT_DONE);
	const listed = (status: string) => runs.filter((run) => run.status === status).length;
	const { up, away, hidden } = lags.sorted();
	// A refused call whose run was killed before it could fail is listed as crashed.
	if (listed('error') > failed || listed('error') + listed('crashed') < failed) strange.push(`${failed} calls were refused and ${listed('error')} runs failed`);
	return {
		made: events,
		runs: runs.length,
		started: events - lost,
		lost,
		twice: duplicated,
		failed: listed('error'),
		crashed: listed('crashed'),
		strange,
		lag: { up: times(up), away: times(away), hidden: times(hidden) },
	};
}

const times = (values: number[]): Times | undefined => (values.length > 0 ? distribution(values) : undefined);
