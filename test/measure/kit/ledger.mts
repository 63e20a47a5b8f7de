import type { Row } from '../../../demo/lib/database.mts';
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
