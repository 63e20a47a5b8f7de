import { GraphQLError, GraphQLScalarType, Kind as Ast } from 'graphql';
import { PlantError } from '../plant/plant.mts';
import type { Kind } from '../plant/types.mts';
import type { Sandbox } from '../sandbox.mts';
import { Stamp, parseTime } from '../time.mts';
import { loading } from './oddRows.mts';
import { type Connection, type StreamArgs, openStream } from './streams.mts';
import { compileWhere } from './where.mts';

export interface CallContext {
	connection: Connection;
	/** Rows of the frames that a stream has made and that are not on their way yet. */
	sent: object[][];
}

interface SaveInput {
	operationId: string;
	externalOrderId?: string | null;
	orderIndex?: number | null;
	operationIndex?: number | null;
	selectOptionalOperationIds?: string[] | null;
	selectGroupOperations?: string[] | null;
	reservedSerialNumber?: string | null;
	secondaryExternalOrderId?: string | null;
}

interface CancelInput {
	operationId: string;
	externalOrderId?: string | null;
	orderIndex?: number | null;
	cancelAll?: boolean | null;
}

const KINDS: Array<[kind: Kind, query: string, stream: string]> = [
	['operations', 'operations', 'operationsStream'],
	['subOperations', 'subOperations', 'subOperationsStream'],
	['completions', 'operationOrderCompletes', 'operationOrderCompletesStream'],
	['notes', 'noteEvents', 'noteEventsStream'],
];

/** Runs an action of the plant; its refusals become GraphQL errors with their own words. */
function answering<T>(action: () => T): T {
	try {
		return action();
	} catch (error) {
		throw error instanceof PlantError ? new GraphQLError(error.message) : error;
	}
}

function timeScalar(name: string, sandbox: Sandbox): GraphQLScalarType {
	const read = (value: unknown) => {
		if (typeof value !== 'string') throw new GraphQLError(`${name} must be a string`);
		try {
			parseTime(value);
		} catch (error) {
			throw new GraphQLError(error instanceof Error ? error.message : String(error));
		}
		return value;
	};
	return new GraphQLScalarType({
		name,
		serialize: (value) => (value instanceof Stamp ? value.format(sandbox.switches.timePrecision) : String(value)),
		parseValue: read,
		parseLiteral: (node) => read(node.kind === Ast.STRING ? node.value : undefined),
	});
}

const urlScalar = new GraphQLScalarType({
	name: 'URL',
	parseValue: (value) => {
		const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
		if (!url || !/^https?:$/.test(url.protocol)) throw new GraphQLError('URL must be an absolute http(s) address');
		return value;
	},
});

/** Resolvers for every profile; what a profile's schema lacks is left out by `schemaFor`. */
export function resolversFor(sandbox: Sandbox) {
	const { profile } = sandbox.switches;
	const query = Object.fromEntries(
		KINDS.map(([kind, field]) => [
			field,
			(_: unknown, args: { where?: unknown }) => {
				const matches = compileWhere(args.where, sandbox.switches.timePrecision);
				const rows: object[] = [];
				for (const row of sandbox.plant.logs[kind].current()) if (matches(row)) rows.push(row);
				return rows;
			},
		]),
	);
	const subscription = Object.fromEntries(
		KINDS.map(([kind, , field]) => [
			field,
			{
				subscribe: (_: unknown, args: StreamArgs, context: CallContext) =>
					openStream(sandbox, kind, field, args, context),
			},
		]),
	);
	return {
		Time: timeScalar('Time', sandbox),
		DateTime: timeScalar('DateTime', sandbox),
		URL: urlScalar,
		Query: { ...query, webhookSubscriptions: () => sandbox.webhooks.handles() },
		Mutation: { ...orderMutations(sandbox), ...webhookMutations(sandbox), ...alphaMutations(sandbox) },
		Subscription: subscription,
		OperationOrderComplete: Object.fromEntries(['operation', 'operationSummary', 'endState'].map((field) => [field, loading(field)])),
		...(profile === 'legacy' && {
			webhookSubscribe_response: {
				__resolveType: (value: object) => ('subscriptionId' in value ? 'SubscriptionHandle' : 'SubscribeRefused'),
			},
		}),
	};
}

function orderMutations(sandbox: Sandbox) {
	return {
		operationOrderSave: (_: unknown, { input }: { input: SaveInput }) =>
			answering(() => {
				const message = sandbox.orders.save({
					operationId: input.operationId,
					externalOrderId: input.externalOrderId,
					orderIndex: input.orderIndex ?? input.operationIndex,
					optionalIds: input.selectOptionalOperationIds ?? undefined,
					groupIds: input.selectGroupOperations ?? undefined,
					reservedSerialNumber: input.reservedSerialNumber,
					secondaryExternalOrderId: input.secondaryExternalOrderId,
				});
				sandbox.changed();
				return { message };
			}),
		operationOrderCancel: (_: unknown, { input }: { input: CancelInput }) =>
			answering(() => {
				const all = input.cancelAll ?? false;
				sandbox.orders.cancel(input.operationId, input.externalOrderId ?? '', input.orderIndex ?? 0, all);
				sandbox.changed();
				return { message: 'canceled' };
			}),
	};
}

function webhookMutations(sandbox: Sandbox) {
	return {
		webhookSubscribe: (
			_: unknown,
			{
				input,
			}: { input?: { subscriptionID: string; responseFragment: string; webhookUrl: string; webhookHeaders?: unknown } },
		) =>
			answering(() => {
				if (!input) throw new PlantError('input is required');
				const { subscriptionID: subscriptionId, ...request } = input;
				return sandbox.webhooks.subscribe({ ...request, subscriptionId });
			}),
		webhookUnsubscribe: (_: unknown, { subscriptionId }: { subscriptionId: string }) => {
			const success = sandbox.webhooks.unsubscribe(subscriptionId);
			const message = success ? 'Subscription cancelled' : `Subscription not found: ${subscriptionId}`;
			return { success, subscriptionId, message };
		},
	};
}

/** The alpha work-instruction mutations: ids are checked, a process is deployed under its id, the rest is only accepted. */
function alphaMutations(sandbox: Sandbox) {
	const checkedId = (id: unknown) => {
		if (typeof id !== 'string' || !/^[a-z0-9_]{3,50}$/i.test(id)) {
			throw new GraphQLError('id must match ^[a-z0-9_]{3,50}$');
		}
		return id;
	};
	return {
		processCreate: (_: unknown, { input }: { input: { process: { id: string; name: string } } }) => {
			const id = checkedId(input.process.id);
			sandbox.plant.deploy({ id, kind: 'process', name: input.process.name });
			sandbox.changed();
			return id;
		},
		productCreate: (_: unknown, { input }: { input: { product?: { id?: unknown } } }) => checkedId(input.product?.id),
		stationCreate: (_: unknown, { input }: { input: { station?: { id?: unknown } } }) => checkedId(input.station?.id),
	};
}
