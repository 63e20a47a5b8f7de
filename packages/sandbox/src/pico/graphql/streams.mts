import { GraphQLError } from 'graphql';
import type { Kind, Rows } from '../plant/types.mts';
import type { Sandbox } from '../sandbox.mts';
import { parseTime } from '../time.mts';
import { Feed, type Start } from './feed.mts';
import { asSource } from './oddRows.mts';
import type { CallContext } from './resolvers.mts';
import { compileWhere } from './where.mts';

/** What every subscription field takes. A single cursor object has already become a list of one. */
export interface StreamArgs {
	cursor?: Array<{ initialValue: { at?: string; updatedAt?: string; seq?: number }; ordering?: string } | null> | null;
	batchSize?: number | null;
	where?: unknown;
}

export const DEFAULT_BATCH_SIZE = 10;
/** What a server sends at once that keeps to no size. */
const OWN_BATCH_SIZE = 100;

function startOf(args: StreamArgs, replayAll: boolean): Start {
	const cursor = args.cursor?.[0];
	if (!cursor) return { kind: replayAll ? 'everything' : 'now' };
	const descending = cursor.ordering === 'DESC';
	const { at, updatedAt, seq } = cursor.initialValue;
	if (typeof seq === 'number') return { kind: 'seq', seq, descending };
	const time = at ?? updatedAt;
	if (time === undefined || time === null) return { kind: 'everything' };
	return { kind: 'time', ns: parseTime(time), descending };
}

/** Opens one stream for a connection: the rows of one log, in events shaped by the switch `streamShape`. */
export function openStream<K extends Kind>(
	sandbox: Sandbox,
	kind: K,
	field: string,
	args: StreamArgs,
	{ connection, sent }: CallContext,
) {
	const { switches } = sandbox;
	const batchSize = args.batchSize ?? DEFAULT_BATCH_SIZE;
	if (batchSize < 1) throw new GraphQLError(`batchSize must be at least 1, not ${batchSize}`);
	const entry = sandbox.streams.add({
		field,
		transport: connection.transport,
		path: connection.path,
		cursor: args.cursor?.[0]?.initialValue,
		batchSize,
		where: args.where,
		close: () => connection.close(),
		complete: () => feed.close(),
	});
	const feed: Feed<Rows[K]> = new Feed<Rows[K]>({
		log: sandbox.plant.logs[kind],
		start: startOf(args, switches.replayOnPlainSubscribe),
		batchSize: switches.streamShape === 'object' ? 1 : switches.batchSize === 'ignored' ? OWN_BATCH_SIZE : batchSize,
		matches: compileWhere(args.where, switches.timePrecision),
		switches: () => sandbox.switches,
		random: sandbox.deliveryRandom,
		onDelivered: (rows) => sandbox.streams.delivered(entry, rows),
		onClose: () => sandbox.streams.remove(entry),
	});
	const asList = switches.streamShape === 'list';
	return {
		[Symbol.asyncIterator]() {
			return this;
		},
		async next(): Promise<IteratorResult<object>> {
			const { done, value } = await feed.next();
			if (done) return { done, value };
			sent.push(value);
			const sources = value.map(asSource);
			return { done: false, value: { [field]: asList ? sources : sources[0] } };
		},
		return: (): Promise<IteratorResult<object>> => feed.return(),
		throw: (): Promise<IteratorResult<object>> => feed.return(),
	};
}

/** The socket or response that a stream is sent on. */
export interface Connection {
	transport: 'sse' | 'websocket';
	path: string;
	close(): void;
}
