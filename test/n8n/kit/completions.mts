import { toEvent } from '../../../nodes/shared/events/event.ts';
import { orderCompleted } from '../../../nodes/shared/events/kinds/index.ts';
import type { Row } from '../../../nodes/shared/events/types.ts';
import type { SandboxProcess } from '../../kit/sandbox.mts';
import { unitKey, type Completion, type Components } from './books.mts';

/** A completion as Pico's own records have it, under the names that the nodes use. */
export interface PicoCompletion {
	eventId: string;
	orderId: string;
	orderIndex: number;
	partNumber: string | null;
	producedSerial: string | null;
	consumedSerials: Array<{ partNumber: string | null; serial: string | null }>;
	completedAt: string;
}

const QUERY = `{ operationOrderCompletes {
	externalOrderId orderIndex at
	operation { id externalId externalRevision name }
	operationSummary { startedAt cycleTime consumedSerials { id externalId value } }
	endState { producedSerial }
} }`;

/** Everything that Pico completed, corrections included, oldest first. Asks Pico directly, past all of our nodes. */
export async function completionsOf(sandbox: Pick<SandboxProcess, 'endpoint' | 'token'>): Promise<PicoCompletion[]> {
	const response = await fetch(sandbox.endpoint, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-pico-api-org': sandbox.token },
		body: JSON.stringify({ query: QUERY }),
	});
	const { data, errors } = (await response.json()) as { data?: { operationOrderCompletes: Row[] }; errors?: [{ message: string }] };
	if (!data) throw new Error(errors?.[0].message ?? `Pico answered ${response.status}`);
	return data.operationOrderCompletes
		.map((row) => {
			const event = toEvent(orderCompleted, row);
			return { eventId: event.id, ...orderCompleted.simplify(event.row) } as unknown as PicoCompletion;
		})
		.sort((a, b) => (a.completedAt < b.completedAt ? -1 : 1));
}

/**
 * Completions as one side of the books.
 *
 * @param key how the ERP names a unit; by order and index where nothing else is said
 */
export const asBooks = (
	completions: readonly PicoCompletion[],
	key: (completion: PicoCompletion) => string = ({ orderId, orderIndex }) => unitKey(orderId, orderIndex),
): Completion[] =>
	completions.map((completion) => ({
		key: key(completion),
		orderId: completion.orderId,
		serial: completion.producedSerial,
		components: componentsOf(completion),
	}));

/** Serials and lots of each part number. */
export function componentsOf({ consumedSerials }: Pick<PicoCompletion, 'consumedSerials'>): Components {
	const components: Components = {};
	for (const { partNumber, serial } of consumedSerials) {
		if (partNumber !== null && serial !== null) (components[partNumber] ??= []).push(serial);
	}
	return components;
}
