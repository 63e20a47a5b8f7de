import type { Row } from '../../../demo/lib/database.mts';
import { until } from '../../../demo/lib/poll.mts';
import type { Hit } from './collector.mts';

/** An execution as n8n's database holds it. */
export interface StoredRun {
	id: number;
	status: string;
	/** Whether the trigger started it with an event; a failed execution that it leaves by itself has no key. */
	hasKey: boolean;
	/** Orders that its data names; known only of runs that did not succeed. */
	orders: string[];
}

/** For SQLite and PostgreSQL; `?` is the id of the workflow. */
export const RUNS_OF = `
	SELECT e.id, e.status, e."deduplicationKey" AS key, CASE WHEN e.status = 'success' THEN '' ELSE d.data END AS data
	FROM execution_entity e LEFT JOIN execution_data d ON d."executionId" = e.id
	WHERE e."workflowId" = ? ORDER BY e.id`;

export function storedRuns(rows: readonly Row[]): StoredRun[] {
	return rows.map(({ id, status, key, data }) => {
		const orders = new Set(String(data ?? '').match(/(?<=")MO\d+-\d+(?=\\?")/g) ?? []);
		return { id: Number(id), status: String(status), hasKey: key !== null, orders: [...orders] };
	});
}

/** Orders that are known to have reached a run, or to be held by a failed execution of the trigger. */
export function knownOrders(runs: readonly StoredRun[], hits: readonly Hit[]): Set<string> {
	return new Set([...runs.flatMap(({ orders }) => orders), ...hits.map(({ orderId }) => orderId)]);
}

/**
 * Executions once all events are known to have reached a run and none is under way; what there is when nothing changes
 * any more.
 */
export async function settled(
	read: () => Promise<StoredRun[]>,
	hits: readonly Hit[],
	events: number,
	{ quietMs = 120_000, timeoutMs = 2_400_000, everyMs = 1_000, onLook = () => {} }: { quietMs?: number; timeoutMs?: number; everyMs?: number; onLook?: (known: number, busy: number) => void } = {},
): Promise<StoredRun[]> {
	let [seen, since] = ['', Date.now()];
	const look = async () => {
		const runs = await read();
		const known = knownOrders(runs, hits).size;
		const busy = runs.filter(({ status }) => ['new', 'running'].includes(status)).length;
		onLook(known, busy);
		const now = `${known} ${runs.length} ${busy}`;
		if (now !== seen) [seen, since] = [now, Date.now()];
		return (known >= events && busy === 0) || Date.now() - since > quietMs ? runs : undefined;
	};
	return await until('the runs to end', look, { timeoutMs, everyMs });
}

export interface Account {
	lost: number;
	duplicated: number;
	/** Runs that a kill cut off, as n8n lists them. */
	crashed: number;
	/** Those of them that had not told the collector yet. */
	crashedWithoutEffect: number;
	/** Anything that contradicts the rest: must be empty. */
	strange: string[];
}

/**
 * Compares what was completed with what n8n lists and what the other system saw. An event is lost when no execution is
 * about it; it came twice when two are, or when its effect happened twice.
 *
 * @param cutOff how n8n lists a run that a kill cut off
 * @param kept failed executions by the trigger that hold the event of a run whose data n8n threw away (queue mode)
 */
export function account(
	events: number,
	runs: readonly StoredRun[],
	hits: readonly Hit[],
	cutOff: readonly string[] = ['crashed'],
	kept: readonly StoredRun[] = [],
): Account {
	const started = new Map<string, Set<number>>();
	const note = (order: string, run: number) => started.set(order, (started.get(order) ?? new Set()).add(run));
	for (const { orderId, run } of hits) note(orderId, run);
	for (const { id, orders, hasKey } of runs) if (hasKey) for (const order of orders) note(order, id);

	for (const { id, orders } of kept) for (const order of orders) if (!started.has(order)) note(order, id);

	const told = new Set(hits.map(({ run }) => run));
	const listed = new Set(runs.map(({ id }) => id));
	const strange: string[] = [];
	let withoutData = 0;
	for (const { id, status, hasKey, orders } of runs) {
		if (!hasKey) strange.push(`execution ${id} has no key`);
		else if (status === 'success' && !told.has(id)) strange.push(`execution ${id} succeeded without its effect`);
		else if (status !== 'success' && !cutOff.includes(status)) strange.push(`execution ${id} is ${status}`);
		else if (status !== 'success' && orders.length === 0 && ++withoutData > kept.length) strange.push(`execution ${id} (${status}) does not tell its event`);
	}
	for (const run of told) if (!listed.has(run)) strange.push(`execution ${run} had an effect and is not listed`);

	const cut = runs.filter(({ status, hasKey }) => hasKey && cutOff.includes(status));
	const startedAgain = [...started.values()].reduce((sum, { size }) => sum + size - 1, 0);
	const toldAgain = hits.length - new Set(hits.map(({ run, orderId }) => `${run} ${orderId}`)).size;
	return {
		lost: events - started.size,
		duplicated: startedAgain + toldAgain,
		crashed: cut.length,
		crashedWithoutEffect: cut.filter(({ id }) => !told.has(id)).length,
		strange: strange.slice(0, 10),
	};
}

/** An execution with the events that its data names, whatever came of it. */
export interface AttemptRun {
	id: number;
	status: string;
	/** null: not started by an event, such as a failed execution that the trigger leaves itself. */
	key: string | null;
	events: string[];
}

export interface AttemptsAccount {
	/** Runs that the trigger started, and those of them that did not succeed. */
	runs: number;
	failed: number;
	/** Executions without a key: of the workflow's own error trigger, and failed ones that the trigger left. */
	others: number;
	/** All executions, by status. */
	byStatus: Record<string, number>;
	/** Runs that the trigger started again since the one before failed, or was cut off by a kill. */
	furtherAttempts: number;
	/** Events that no execution is about. */
	lost: number;
	/** Events that two executions have under the same attempt, or again after a run that succeeded. */
	startedTwice: number;
	/** Keys that more than one execution has. */
	sameKey: number;
	/** Events of which no run succeeded. */
	withoutSuccess: number;
}

/** Where a failed run is tried again: every event in a run that succeeded, and in one run for each attempt. @param made ids of the events */
export function attemptsAccount(made: ReadonlySet<string>, runs: readonly AttemptRun[]): AttemptsAccount {
	const byStatus: Record<string, number> = {};
	for (const { status } of runs) byStatus[status] = (byStatus[status] ?? 0) + 1;
	const started = runs.filter(({ key }) => key !== null);
	const runsOf = new Map<string, AttemptRun[]>([...made].map((id) => [id, []]));
	for (const run of started) for (const id of run.events) runsOf.get(id)?.push(run);
	const all = [...runsOf.values()];
	const keys = started.map(({ key }) => key);
	return {
		runs: started.length,
		failed: started.filter(({ status }) => status !== 'success').length,
		others: runs.length - started.length,
		byStatus,
		furtherAttempts: started.filter((run) => Number(attemptOf(run).split(':')[0]) > 1).length,
		lost: all.filter((each) => each.length === 0).length,
		startedTwice: all.filter((each) => new Set(each.map(attemptOf)).size < each.length || each.slice(0, -1).some(({ status }) => status === 'success')).length,
		sameKey: keys.length - new Set(keys).size,
		withoutSuccess: all.filter((each) => !each.some(({ status }) => status === 'success')).length,
	};
}

/** `pico:<workflow>:<node>:<event or hash>:<attempt>`; the run through the Failed output ends with `:failed`. */
const attemptOf = ({ key }: AttemptRun): string => (key ?? '').split(':').slice(4).join(':') || '1';
