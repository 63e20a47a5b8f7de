import type { SandboxProcess } from '../../kit/sandbox.mts';

interface StoredOrder {
	externalOrderId: string;
	orderIndex: number;
	partNumber: string | null;
	parentOrderId: string | null;
	state: string;
}

/** Puts one-unit orders into Pico directly, without any of our nodes. */
export async function saveOrders(sandbox: SandboxProcess, orderIds: readonly string[], partNumber: string): Promise<void> {
	const { operations } = await sandbox.control<{
		operations: Array<{ id: string; externalId: string | null; archivedAt: string | null }>;
	}>('GET', 'state');
	const operation = operations.find(({ externalId, archivedAt }) => externalId === partNumber && !archivedAt);
	for (const externalOrderId of orderIds) {
		const response = await fetch(sandbox.endpoint, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-pico-api-org': sandbox.token },
			body: JSON.stringify({
				query: 'mutation ($input: OperationOrderSaveInput!) { operationOrderSave(input: $input) { message } }',
				variables: { input: { operationId: operation?.id, externalOrderId, orderIndex: 0 } },
			}),
		});
		const answer = (await response.json()) as { errors?: Array<{ message: string }> };
		if (answer.errors) throw new Error(answer.errors[0].message);
	}
}

/** The shop floor finishes the first unit of an order. */
export async function complete(sandbox: SandboxProcess, externalOrderId: string, producedSerial: string): Promise<void> {
	await sandbox.control('POST', 'orders/complete', { externalOrderId, orderIndex: 0, producedSerial });
}

/** Orders as they were placed, without the child orders that Pico makes of them. */
export async function placedOrders(sandbox: SandboxProcess, externalOrderId: string): Promise<StoredOrder[]> {
	const { orders } = await sandbox.control<{ orders: StoredOrder[] }>('GET', 'state');
	return orders.filter((order) => order.externalOrderId === externalOrderId && order.parentOrderId === null);
}

/** Resolves how many event streams Pico has open now. */
export async function openStreams(sandbox: SandboxProcess): Promise<number> {
	const { streams } = await sandbox.control<{ streams: unknown[] }>('GET', 'state');
	return streams.length;
}
