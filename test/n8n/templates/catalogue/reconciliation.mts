import type { Execution } from '../../../../demo/lib/n8n-session.mts';
import { table } from '../../../../demo/lib/table.mts';
import type { SandboxProcess } from '../../../kit/sandbox.mts';
import { itemsOf } from '../../kit/runs.mts';

export const RECONCILIATION = 'Pico reconciliation';

/** A row of the table that the reconciliation leaves. */
export interface Difference {
	eventId: string;
	orderId: string;
	orderIndex: number;
	partNumber: string;
	serial: string;
	serialInErp: string;
	finding: string;
}

export interface Unit {
	orderId: string;
	partNumber: string;
	orderIndex: number;
	serial: string;
}

/** Two units for each order, with serial numbers of their own. */
export const unitsOf = (orders: readonly string[], partNumber: string): Unit[] =>
	orders.flatMap((orderId) => [0, 1].map((orderIndex) => ({ orderId, partNumber, orderIndex, serial: `${orderId}-SN${orderIndex}` })));

/** Orders the units in Pico, without any of our nodes. */
export async function order(pico: SandboxProcess, units: readonly Unit[]): Promise<void> {
	for (const { orderId, partNumber, orderIndex } of units) {
		await pico.control('POST', 'orders/save', { externalOrderId: orderId, partNumber, orderIndex });
	}
}

/** The shop floor completes units; the same unit once more is a correction. */
export async function complete(pico: SandboxProcess, units: readonly Unit[], serial?: string, parts: readonly string[] = []): Promise<void> {
	for (const { orderId, partNumber, orderIndex, serial: own } of units) {
		const producedSerial = serial ?? own;
		await pico.control('POST', 'orders/complete', { externalOrderId: orderId, partNumber, orderIndex, producedSerial, consumedSerials: parts.map((externalId) => ({ externalId, value: `${externalId} of ${own}` })) });
	}
}

/** The last item of a run: what it says in one line. */
export const summaryOf = (run: Execution): string => String(itemsOf(run, 'Summary').at(-1)?.summary ?? run.data?.resultData.error?.message);

/** Differences by finding, without the reason of those that are still missing. */
export function countOf(rows: readonly Difference[]): Record<string, number> {
	const count: Record<string, number> = {};
	for (const { finding } of rows) count[finding.split(':')[0]] = (count[finding.split(':')[0]] ?? 0) + 1;
	return count;
}

export const differencesTable = (rows: readonly Difference[]): string =>
	table([
		['order', 'unit', 'serial in Pico', 'in the ERP', 'finding'],
		...rows.map((row) => [row.orderId, String(row.orderIndex), row.serial, row.serialInErp, row.finding]),
	]);
