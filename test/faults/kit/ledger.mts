import type { Row } from '../../../demo/lib/database.mts';
import type { Hit } from './collector.mts';

/** An execution as n8n's database holds it. */
export interface StoredRun {
	id: number;
	status: string;
	/** Id of the event, from the key under which n8n started the run; undefined for a run without a key. */
	eventId: string | undefined;
	attempt: number;
}

export const RUNS_OF = 'SELECT id, status, "deduplicationKey" AS key FROM execution_entity WHERE "workflowId" = ? ORDER BY id';

/** The trigger's key is `pico:<workflow>:<node>:<event>:<attempt>`. */
export function storedRuns(rows: readonly Row[]): StoredRun[] {
	return rows.map(({ id, status, key }) => {
		const [, , , eventId, attempt] = String(key ?? '').split(':');
		return { id: Number(id), status: String(status), eventId, attempt: Number(attempt) };
	});
}

export interface Account {
	lost: number;
	duplicated: number;
	/** Runs that a kill cut off, as n8n lists them. */
	crashed: number;
	/** Crashed runs whose effect had not happened yet. */
	crashedWithoutEffect: number;
	/** Anything that contradicts the rest: must be empty. */
	strange: string[];
}

/**
 * Compares what was completed with what n8n lists and what the other system saw, for runs of one event each. An event
 * is lost when no execution is about it; it came twice when two are, or when its effect happened twice.
 *
 * @param cutOff how n8n lists a run that a kill cut off
 */
export function account(events: number, runs: readonly StoredRun[], hits: readonly Hit[], cutOff: readonly string[] = ['crashed']): Account {
	const started = new Set(runs.map(({ eventId }) => eventId));
	const effects = new Map<string, number>();
	for (const { eventId } of hits) effects.set(eventId, (effects.get(eventId) ?? 0) + 1);
	const crashed = runs.filter(({ status }) => cutOff.includes(status));
	const strange: string[] = [];
	for (const { id, eventId, status } of runs) {
		if (eventId === undefined) strange.push(`execution ${id} has no key`);
		else if (status === 'success' && !effects.has(eventId)) strange.push(`execution ${id} succeeded without its effect`);
		else if (status !== 'success' && !cutOff.includes(status)) strange.push(`execution ${id} is ${status}`);
	}
	for (const eventId of effects.keys()) if (!started.has(eventId)) strange.push(`event ${eventId} had an effect without an execution`);
	const twice = [...effects.values()].reduce((sum, count) => sum + count - 1, 0);
	return {
		lost: events - started.size,
		duplicated: Math.max(runs.length - started.size, twice),
		crashed: crashed.length,
		crashedWithoutEffect: crashed.filter(({ eventId }) => eventId !== undefined && !effects.has(eventId)).length,
		strange: strange.slice(0, 10),
	};
}
