import type { Stamp } from '../time.mts';
import type { Plant } from './plant.mts';
import type { ConsumedSerial, Operation } from './types.mts';

export type OrderState = 'released' | 'inProgress' | 'completed' | 'cancelled';

/** What was deployed when the order was made: later changes of the structure do not touch it. */
export interface Plan {
	operation: Operation;
	/** Children by rising childIndex; those of one step may run in parallel. */
	steps: Plan[][];
}

/** One unit of one operation. Children appear as the waterfall reaches them. */
export interface Order {
	id: string;
	externalOrderId: string;
	orderIndex: number;
	plan: Plan;
	parent: Order | undefined;
	step: number;
	children: Order[];
	state: OrderState;
	createdAt: Stamp;
	startedAt: Stamp | undefined;
	completedAt: Stamp | undefined;
	completions: number;
	producedSerial: string | null;
	consumedSerials: ConsumedSerial[];
	reservedSerialNumber: string | null;
	secondaryExternalOrderId: string | null;
}

/** How an order picks among children: names of the current and of the legacy input. */
export interface ChildChoice {
	/** Optional children to include. */
	optionalIds?: readonly string[];
	/** Members of parallel groups to keep; the rest of a group that has one becomes optional. */
	groupIds?: readonly string[];
}

/** Resolves the deployed structure below an operation. Unknown children and cycles are left out. */
export function planFor(plant: Plant, operation: Operation, choice: ChildChoice, path: string[] = []): Plan {
	const here = [...path, operation.id];
	const steps = new Map<number, Plan[]>();
	const links = plant.childrenOf(operation.id);
	for (const link of links) {
		const child = plant.operation(link.childId);
		if (!child || here.includes(child.id)) continue;
		if (link.optional && !choice.optionalIds?.includes(child.id)) continue;
		const group = links.filter((other) => other.childIndex === link.childIndex);
		const groupIsChosen = group.some((other) => choice.groupIds?.includes(other.childId));
		if (groupIsChosen && !choice.groupIds?.includes(child.id)) continue;
		const step = steps.get(link.childIndex) ?? [];
		step.push(planFor(plant, child, choice, here));
		steps.set(link.childIndex, step);
	}
	return { operation, steps: [...steps.keys()].sort((a, b) => a - b).map((index) => steps.get(index) ?? []) };
}

/** Every operation id below an operation, itself excluded. */
export function descendantIds(plant: Plant, operationId: string, seen = new Set<string>()): Set<string> {
	for (const link of plant.childrenOf(operationId)) {
		if (seen.has(link.childId)) continue;
		seen.add(link.childId);
		descendantIds(plant, link.childId, seen);
	}
	return seen;
}

export const isOpen = (order: Order) => order.state === 'released' || order.state === 'inProgress';

/** The order and everything below it, parents first. */
export function* withDescendants(order: Order): Generator<Order> {
	yield order;
	for (const child of order.children) yield* withDescendants(child);
}
