import type { QueueServers } from '../../kit/queueServers.mts';

/** An execution as n8n's database has it, with the events that its data names. */
export interface StoredRun {
	id: number;
	status: string;
	/** null: not started by an event, such as a failed execution that the trigger leaves itself. */
	key: string | null;
	events: string[];
	seconds: number | null;
}

export interface DatabaseAccount {
	/** Runs that the trigger started. */
	runs: number;
	/** Those of them that did not succeed. */
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

/** Executions that are read at once: their data can be large. */
const PAGE = 500;

/** Executions of a workflow, oldest first. Event ids are found in the stored data, as whole JSON texts. */
export async function storedRuns(servers: QueueServers, workflowId: string): Promise<StoredRun[]> {
	const runs: StoredRun[] = [];
	for (let last = 0; ; last = runs[runs.length - 1].id) {
		const page = await servers.query<StoredRun>(`
			SELECT e.id, e.status, e."deduplicationKey" AS key,
				extract(epoch FROM e."stoppedAt" - e."startedAt")::float AS seconds,
				(SELECT coalesce(json_agg(DISTINCT m[1]), '[]') FROM regexp_matches(d.data, '"([A-Za-z0-9_-]{24})"', 'g') m) AS events
			FROM execution_entity e LEFT JOIN execution_data d ON d."executionId" = e.id
			WHERE e."workflowId" = '${workflowId}' AND e.id > ${last} ORDER BY e.id LIMIT ${PAGE}`);
		if (page.length === 0) return runs;
		runs.push(...page);
	}
}

/** Whether every execution of a workflow has ended. */
export async function unendedRuns(servers: QueueServers, workflowId: string): Promise<number> {
	const [{ n }] = await servers.query<{ n: number }>(
		`SELECT count(*)::int AS n FROM execution_entity WHERE "workflowId" = '${workflowId}' AND status IN ('new', 'running', 'waiting')`,
	);
	return n;
}

/** @param made ids of the events, as Pico has them */
export function accountOf(made: ReadonlySet<string>, runs: readonly StoredRun[]): DatabaseAccount {
	const byStatus: Record<string, number> = {};
	for (const { status } of runs) byStatus[status] = (byStatus[status] ?? 0) + 1;
	const started = runs.filter(({ key }) => key !== null);
	const runsOf = new Map<string, StoredRun[]>([...made].map((id) => [id, []]));
	for (const run of started) for (const id of run.events) runsOf.get(id)?.push(run);

	const all = [...runsOf.values()];
	const keys = started.map(({ key }) => key);
	return {
		runs: started.length,
		failed: started.filter(({ status }) => status !== 'success').length,
		others: runs.length - started.length,
		byStatus,
		furtherAttempts: started.filter((run) => attemptOf(run) > 1).length,
		lost: all.filter((each) => each.length === 0).length,
		startedTwice: all.filter(isTwice).length,
		sameKey: keys.length - new Set(keys).size,
		withoutSuccess: all.filter((each) => !each.some(({ status }) => status === 'success')).length,
	};
}

/** `pico:<workflow>:<node>:<event or hash>:<attempt>`; the run through the Failed output ends with `:failed`. */
const attemptOf = ({ key }: StoredRun): number => Number((key ?? '').split(':')[4] ?? 1);

function isTwice(runs: readonly StoredRun[]): boolean {
	const attempts = runs.map(({ key }) => (key ?? '').split(':').slice(4).join(':'));
	if (new Set(attempts).size < attempts.length) return true;
	return runs.slice(0, -1).some(({ status }) => status === 'success');
}
