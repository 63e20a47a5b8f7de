import { hasRunEnded, type Execution, type N8nSession } from '../../../demo/lib/n8n-session.mts';
import { until } from '../../../demo/lib/poll.mts';

/** Executions of a workflow once there are at least `count` and none is under way. */
export async function settledRuns(session: N8nSession, workflowId: string, count: number): Promise<Execution[]> {
	return await until(
		`${count} executions of ${workflowId} to end`,
		async () => {
			const runs = await session.runs(workflowId);
			return runs.length >= count && runs.every(hasRunEnded) && (await session.executions(workflowId));
		},
		{ timeoutMs: 60_000, everyMs: 200 },
	);
}

/** The items that a node put out on its first output, over all its runs in an execution. */
export function itemsOf({ data }: Execution, node: string): Array<Record<string, unknown>> {
	const runs = data?.resultData.runData[node] ?? [];
	return runs.flatMap((run) => (run.data?.main?.[0] ?? []).map(({ json }) => json));
}

/** Which of these order ids an execution is about, also when it was cut off before a node's data was kept. */
export const ordersIn = (execution: Execution, orderIds: readonly string[]): string[] =>
	orderIds.filter((orderId) => JSON.stringify(execution.data ?? {}).includes(`"${orderId}"`));
