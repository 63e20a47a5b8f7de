import { Stamp } from '../time.mts';
import { type Order, withDescendants } from './order.mts';
import type { Plant } from './plant.mts';
import type { Completion, ConsumedSerial } from './types.mts';

const NS_PER_DAY = 86_400_000_000_000;
const OPERATORS = ['Robin Alvarez', 'Sam Okafor', 'Kim Larsen'];

/** What was entered when an order was completed. */
export interface Captured {
	/** Left out: generated. Null or empty: none was captured. */
	producedSerial?: string | null;
	/** Left out: generated. */
	consumedSerials?: Array<{ id?: string; externalId?: string | null; value: string }>;
	at?: Stamp;
}

type NextSerial = (prefix: string) => string;

/** The unit's own serial: as captured, else reserved, else generated; a mere step of a product, and what is built without serials, has none. */
export function producedSerial(
	order: Order,
	captured: Captured,
	again: boolean,
	nextSerial: NextSerial,
): string | null {
	if (captured.producedSerial !== undefined) return captured.producedSerial || null;
	if (again) return order.producedSerial;
	const { externalId, kind, withoutSerial } = order.plan.operation;
	if (withoutSerial || (kind === 'process' && order.parent)) return null;
	return order.reservedSerialNumber ?? nextSerial(`SN-${externalId ?? 'UNIT'}`);
}

/** The serials built in: as captured, else those of the completion before, else generated. */
export function consumedSerials(
	order: Order,
	captured: Captured,
	again: boolean,
	nextSerial: NextSerial,
): ConsumedSerial[] {
	if (captured.consumedSerials) return captured.consumedSerials.map((serial, index) => named(order, serial, index));
	return again ? order.consumedSerials : generated(order, nextSerial);
}

/** Serials for everything the operation expects; a subassembly's own serial where one was built for it. */
function generated(order: Order, nextSerial: NextSerial): ConsumedSerial[] {
	return order.plan.operation.consumedSerials.map(({ id, externalId }) => {
		const built = [...withDescendants(order)].find(
			(each) => each !== order && each.producedSerial && each.plan.operation.externalId === externalId,
		);
		return { id, externalId, value: built?.producedSerial ?? nextSerial(externalId ?? 'LOT') };
	});
}

function named(order: Order, serial: NonNullable<Captured['consumedSerials']>[number], index: number): ConsumedSerial {
	const attribute = order.plan.operation.consumedSerials.find((each) =>
		serial.id === undefined ? each.externalId === serial.externalId : each.id === serial.id,
	);
	return {
		id: serial.id ?? attribute?.id ?? `attr-${index + 1}`,
		externalId: serial.externalId ?? attribute?.externalId ?? null,
		value: serial.value,
	};
}

/** The event that a completed order sends. */
export function completionOf(plant: Plant, order: Order, at: Stamp): Completion {
	const { random } = plant.settings;
	const started = order.startedAt ?? at;
	const quick = at.ns - started.ns < 1_000_000_000n;
	const startedAt = quick ? new Stamp(at.ns - BigInt(random.between(480, 2400)) * 1_000_000_000n) : started;
	const busy = [...withDescendants(order)].filter((each) => each.plan.steps.length === 0);
	const active = quick
		? at.ns - startedAt.ns
		: busy.reduce((sum, each) => sum + ((each.completedAt ?? at).ns - (each.startedAt ?? at).ns), 0n);
	const endState = {
		producedSerial: order.producedSerial,
		at,
		station: { name: 'Assembly 1' },
		operator: { name: OPERATORS[random.between(0, OPERATORS.length - 1)] },
	};
	return {
		externalOrderId: order.externalOrderId,
		operation: plant.operation(order.plan.operation.id) ?? order.plan.operation,
		orderIndex: order.orderIndex,
		at,
		wip: order.parent !== undefined,
		operationSummary: {
			startedAt,
			cycleTime: Number(active) / NS_PER_DAY,
			consumedSerials: order.consumedSerials,
			endState,
		},
		endState,
		reservedSerialNumber: order.reservedSerialNumber,
		secondaryExternalOrderId: order.secondaryExternalOrderId,
	};
}
