import type { Order } from '../plant/order.mts';
import type { Sandbox } from '../sandbox.mts';

const CALLS_SHOWN = 100;

/** Everything the page and the tests look at. `limit` keeps only the newest operations, links, orders and notes. */
export function describeState(sandbox: Sandbox, limit = Number.POSITIVE_INFINITY) {
	const { plant, orders, switches, clock } = sandbox;
	const newest = <T,>(rows: T[]): T[] => (rows.length > limit ? rows.slice(-limit) : rows);
	return {
		profile: switches.profile,
		seed: sandbox.seed,
		switches,
		now: clock.stamp(),
		frozen: clock.isFrozen,
		operations: newest(plant.operations),
		subOperations: newest(plant.links).map(({ subId: _i, subGroup: _g, ...link }) => link),
		orders: newest(orders.all).map(describeOrder),
		completions: plant.logs.completions.length,
		lastCompletions: plant.logs.completions.commits.slice(-20).map((entry) => entry.row),
		notes: newest(plant.notes),
		webhooks: sandbox.webhooks.list().map(({ stop: _s, webhookHeaders: _w, headers, ...webhook }) => ({
			...webhook,
			headerNames: Object.keys(headers),
			down: webhook.downUntil > Date.now(),
		})),
		deliveries: sandbox.webhooks.deliveries(),
		streams: sandbox.streams.list(),
		calls: sandbox.calls.since(Math.max(0, sandbox.calls.total - CALLS_SHOWN)),
		callCount: sandbox.calls.total,
	};
}

export function describeOrder(order: Order) {
	const { operation } = order.plan;
	return {
		id: order.id,
		externalOrderId: order.externalOrderId,
		operationId: operation.id,
		operationName: operation.name,
		partNumber: operation.externalId,
		revision: operation.externalRevision,
		kind: operation.kind,
		orderIndex: order.orderIndex,
		state: order.state,
		parentOrderId: order.parent?.id ?? null,
		step: order.step,
		openChildren: order.children.filter((child) => child.state === 'released' || child.state === 'inProgress').length,
		createdAt: order.createdAt,
		startedAt: order.startedAt ?? null,
		completedAt: order.completedAt ?? null,
		completions: order.completions,
		producedSerial: order.producedSerial,
		consumedSerials: order.consumedSerials,
		expectedSerials: operation.consumedSerials,
		withoutSerial: operation.withoutSerial === true,
	};
}
