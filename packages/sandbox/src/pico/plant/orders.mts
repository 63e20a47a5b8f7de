import { type Captured, completionOf, consumedSerials, producedSerial } from './capture.mts';
import { type ChildChoice, type Order, type Plan, descendantIds, isOpen, planFor, withDescendants } from './order.mts';
import { type Plant, PlantError } from './plant.mts';

export interface SaveRequest extends ChildChoice {
	operationId: string;
	externalOrderId?: string | null;
	orderIndex?: number | null;
	reservedSerialNumber?: string | null;
	secondaryExternalOrderId?: string | null;
}

export interface OrderAddress {
	externalOrderId: string;
	operationId?: string;
	partNumber?: string;
	orderIndex?: number;
}

/** Operation orders: saved, started, completed and cancelled, with the waterfall of child orders. */
export class Orders {
	readonly all: Order[] = [];
	private readonly byKey = new Map<string, Order>();
	private readonly byExternalId = new Map<string, Order[]>();
	/** The last generated serial's number. */
	serial = 1000;

	constructor(private readonly plant: Plant) {}

	save(request: SaveRequest): 'created' | 'updated' {
		const operation = this.plant.operation(request.operationId);
		if (!operation) throw new PlantError(`operation not found: ${request.operationId}`);
		if (operation.archivedAt) throw new PlantError(`operation is archived: ${operation.id}`);
		const externalOrderId = request.externalOrderId ?? '';
		const orderIndex = request.orderIndex ?? 0;
		if (orderIndex < 0) throw new PlantError(`orderIndex must not be negative: ${orderIndex}`);
		if (externalOrderId === '' && this.plant.childrenOf(operation.id).length > 0) {
			throw new PlantError('externalOrderId is required to order an operation that has more than one process');
		}
		this.checkChoice(operation.id, request);
		const known = externalOrderId === '' ? undefined : this.byKey.get(keyOf(operation.id, externalOrderId, orderIndex));
		if (known && known.state !== 'cancelled') {
			const mode = this.plant.settings.switches().saveExisting;
			if (mode === 'error') {
				throw new PlantError(
					`operation order already exists: operationId ${operation.id}, externalOrderId ${externalOrderId}, orderIndex ${orderIndex}`,
				);
			}
			return mode;
		}
		const order = this.add(planFor(this.plant, operation, request), { externalOrderId, orderIndex });
		order.reservedSerialNumber = request.reservedSerialNumber ?? null;
		order.secondaryExternalOrderId = request.secondaryExternalOrderId ?? null;
		this.flow(order);
		return 'created';
	}

	/** Cancels one index, or with `all` every index that is not started yet. */
	cancel(operationId: string, externalOrderId: string, orderIndex: number, all: boolean): void {
		const matching = (this.byExternalId.get(externalOrderId) ?? []).filter(
			(order) => !order.parent && order.plan.operation.id === operationId && (all || order.orderIndex === orderIndex),
		);
		const name = `operationId ${operationId}, externalOrderId ${externalOrderId}${all ? '' : `, orderIndex ${orderIndex}`}`;
		if (matching.length === 0) throw new PlantError(`operation order not found: ${name}`);
		const released = matching.filter((order) => order.state === 'released');
		if (released.length === 0) {
			const started = matching.some((order) => order.state !== 'cancelled');
			throw new PlantError(
				started
					? `operation order has already been started and can no longer be canceled: ${name}`
					: `operation order is already cancelled: ${name}`,
			);
		}
		for (const order of released) for (const each of withDescendants(order)) each.state = 'cancelled';
	}

	/** The order a shop-floor action means: the ordered one unless an operation is named, index 0 unless given. */
	find(address: OrderAddress): Order {
		const orderIndex = address.orderIndex ?? 0;
		const { operationId, partNumber } = address;
		const matching = (this.byExternalId.get(address.externalOrderId) ?? []).filter((order) => {
			const { operation } = order.plan;
			if (order.orderIndex !== orderIndex) return false;
			if (operationId === undefined && partNumber === undefined) return !order.parent;
			if (operationId !== undefined && operation.id !== operationId) return false;
			return partNumber === undefined || operation.externalId === partNumber;
		});
		const live = matching.filter((order) => order.state !== 'cancelled');
		const candidates = live.some(isOpen) ? live.filter(isOpen) : live;
		const name = `"${address.externalOrderId}" index ${orderIndex}`;
		if (candidates.length === 0) {
			throw new PlantError(matching.length > 0 ? `Order ${name} is cancelled` : `There is no such order ${name}`);
		}
		if (new Set(candidates.map((order) => order.plan.operation.id)).size > 1) {
			throw new PlantError(`Order ${name} holds several operations: name one by operationId or partNumber`);
		}
		return candidates[0];
	}

	get(id: string): Order {
		const order = this.all.find((each) => each.id === id);
		if (!order) throw new PlantError(`There is no order with the id "${id}"`);
		return order;
	}

	start(order: Order, at = this.plant.now()): void {
		if (order.state === 'cancelled') throw new PlantError(`Order "${order.externalOrderId}" is cancelled`);
		for (let each: Order | undefined = order; each?.state === 'released'; each = each.parent) {
			each.state = 'inProgress';
			each.startedAt = at;
		}
	}

	/** Completes an order and whatever is still open below it; completing it again is a correction. */
	complete(order: Order, captured: Captured = {}): Order[] {
		if (order.state === 'cancelled') throw new PlantError(`Order "${order.externalOrderId}" is cancelled`);
		const done: Order[] = [];
		if (isOpen(order)) this.finishBelow(order, done);
		this.close(order, captured, done);
		return done;
	}

	/** Starts and completes everything that is open, children first, in order of creation. */
	runAll(externalOrderId?: string): Order[] {
		const done: Order[] = [];
		const roots = this.all.filter((order) => !order.parent && isOpen(order));
		for (const order of roots) {
			if (externalOrderId !== undefined && order.externalOrderId !== externalOrderId) continue;
			this.start(order);
			done.push(...this.complete(order));
		}
		return done;
	}

	nextSerial(prefix: string): string {
		return `${prefix}-${++this.serial}`;
	}

	private checkChoice(operationId: string, choice: ChildChoice): void {
		const chosen = [...(choice.optionalIds ?? []), ...(choice.groupIds ?? [])];
		if (chosen.length === 0) return;
		const known = descendantIds(this.plant, operationId);
		const stranger = chosen.find((id) => !known.has(id));
		if (stranger !== undefined) throw new PlantError(`not a child operation of ${operationId}: ${stranger}`);
	}

	private add(plan: Plan, key: { externalOrderId: string; orderIndex: number }, parent?: Order, step = 0): Order {
		const order: Order = {
			id: `order-${this.all.length + 1}`,
			externalOrderId: key.externalOrderId,
			orderIndex: key.orderIndex,
			plan,
			parent,
			step,
			children: [],
			state: 'released',
			createdAt: this.plant.now(),
			startedAt: undefined,
			completedAt: undefined,
			completions: 0,
			producedSerial: null,
			consumedSerials: [],
			reservedSerialNumber: null,
			secondaryExternalOrderId: null,
		};
		parent?.children.push(order);
		this.remember(order);
		return order;
	}

	/** Files an order under its keys; also how a data file puts its orders back. */
	remember(order: Order): void {
		this.all.push(order);
		const sameId = this.byExternalId.get(order.externalOrderId);
		if (sameId) sameId.push(order);
		else this.byExternalId.set(order.externalOrderId, [order]);
		if (!order.parent) this.byKey.set(keyOf(order.plan.operation.id, order.externalOrderId, order.orderIndex), order);
	}

	/** Makes the children of the first step whose earlier steps are all complete. */
	private flow(order: Order): void {
		for (const [index, plans] of order.plan.steps.entries()) {
			const present = order.children.filter((child) => child.step === index);
			if (present.length === 0) {
				for (const plan of plans) this.flow(this.add(plan, order, order, index));
				return;
			}
			if (present.some((child) => child.state !== 'completed')) return;
		}
	}

	private finishBelow(order: Order, done: Order[]): void {
		for (let open = order.children.find(isOpen); open; open = order.children.find(isOpen)) {
			this.finishBelow(open, done);
			this.close(open, {}, done, order);
		}
	}

	/** Closes one order, records its completion and lets the waterfall go on, up to but not including `stopAt`. */
	private close(order: Order, captured: Captured, done: Order[], stopAt?: Order): void {
		const at = captured.at ?? this.plant.now();
		const again = order.state === 'completed';
		this.start(order, at);
		order.state = 'completed';
		order.completedAt = at;
		order.completions++;
		const nextSerial = (prefix: string) => this.nextSerial(prefix);
		order.producedSerial = producedSerial(order, captured, again, nextSerial);
		order.consumedSerials = consumedSerials(order, captured, again, nextSerial);
		done.push(order);
		if (!order.parent || this.plant.settings.switches().emitChildCompletions) {
			this.plant.publish('completions', completionOf(this.plant, order, at), at);
		}
		const { parent } = order;
		if (again || !parent || parent.state === 'completed') return;
		this.flow(parent);
		if (parent !== stopAt && !parent.children.some(isOpen)) this.close(parent, { at }, done, stopAt);
	}
}

function keyOf(operationId: string, externalOrderId: string, orderIndex: number): string {
	return JSON.stringify([operationId, externalOrderId, orderIndex]);
}
