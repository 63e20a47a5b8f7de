import type { N8nSession } from '../../../demo/lib/n8n-session.mts';

/** Names of the tables that the templates share. */
export const FAILED_EVENTS = 'Pico failed events';
export const WORKFLOW_ERRORS = 'Pico workflow errors';

export interface FailedEvent {
	id: number;
	eventId: string;
	orderId: string | null;
	partNumber: string | null;
	status: string;
	reason: string | null;
	failedAt: string;
	workflowId: string;
	workflowName: string;
	payload: string;
}

export interface WorkflowError {
	id: number;
	workflow: string;
	node: string;
	message: string;
	details: string;
	link: string;
	lastSeen: string;
}

interface Found {
	id: string;
	projectId: string;
}

async function findTable(session: N8nSession, name: string): Promise<Found | undefined> {
	const query = new URLSearchParams({ filter: JSON.stringify({ name }) });
	const { data } = await session.rest<{ data: Array<Found & { name: string }> }>('GET', `/data-tables-global?${query}`);
	return data.find((table) => table.name === name);
}

const pathOf = ({ projectId, id }: Found) => `/projects/${projectId}/data-tables/${id}`;

/** All rows of a Data Table, oldest first, as the Data tables tab shows them; none while the table does not exist. */
export async function tableRows<T = FailedEvent>(session: N8nSession, name: string): Promise<T[]> {
	const table = await findTable(session, name);
	if (!table) return [];
	const rows: T[] = [];
	for (;;) {
		const query = new URLSearchParams({ take: '100', skip: String(rows.length), sortBy: 'id:asc' });
		const page = await session.rest<{ data: T[]; count: number }>('GET', `${pathOf(table)}/rows?${query}`);
		rows.push(...page.data);
		if (page.data.length === 0 || rows.length >= page.count) return rows;
	}
}

/** Writes into the rows whose `column` is `value`, as a person does in the Data tables tab. */
export async function updateRows(
	session: N8nSession,
	name: string,
	[column, value]: readonly [string, string],
	data: Record<string, string | number | null>,
): Promise<void> {
	const table = await findTable(session, name);
	if (!table) throw new Error(`There is no data table named ${name}`);
	const filter = { type: 'and', filters: [{ columnName: column, condition: 'eq', value }] };
	await session.rest('PATCH', `${pathOf(table)}/rows`, { filter, data });
}

/** What a person does to have parked events posted again: sets their status to `retry`. */
export async function markForRetry(session: N8nSession, eventIds: readonly string[]): Promise<void> {
	for (const eventId of eventIds) await updateRows(session, FAILED_EVENTS, ['eventId', eventId], { status: 'retry' });
}
