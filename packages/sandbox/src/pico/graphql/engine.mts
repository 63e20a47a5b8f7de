import { GraphQLError, NoSchemaIntrospectionCustomRule, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { type Plugin, type YogaServerInstance, createSchema, createYoga } from 'graphql-yoga';
import type { Sandbox } from '../sandbox.mts';
import { oddRows } from './oddRows.mts';
import { resolversFor, type CallContext } from './resolvers.mts';
import { sdlFor } from './sdl.mts';

/** Given to yoga with each HTTP call. A stream is handed back in `sse` instead of being written by yoga. */
export interface ServerContext extends CallContext {
	sse: { results?: AsyncIterable<ExecutionResult> };
}

export interface Engine {
	schema: GraphQLSchema;
	yoga: YogaServerInstance<ServerContext, object>;
}

const NEVER_NULL = new Set([
	'id',
	'name',
	'updatedAt',
	'externalOrderId',
	'at',
	'operationSummary',
	'seq',
	'eventType',
]);

const isAsyncIterable = (value: unknown): value is AsyncIterable<ExecutionResult> =>
	typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function* single(result: ExecutionResult): AsyncGenerator<ExecutionResult> {
	yield result;
}

/**
 * The server's own HTTP layer writes SSE frames, because faults and keepalives are switched there. This takes the result
 * of a request that accepts text/event-stream out of yoga and leaves an empty answer with the same status.
 */
const sseHandOver: Plugin<object, ServerContext> = {
	onResultProcess({ setResultProcessor, result, request, serverContext }) {
		const accepts = request.headers.get('accept') ?? '';
		const { sse } = serverContext;
		// An answer that is no stream (an error, a query) is framed only for callers that want frames before anything else.
		const framed = isAsyncIterable(result)
			? accepts.includes('text/event-stream')
			: accepts.startsWith('text/event-stream');
		if (!framed) return;
		setResultProcessor((_, fetchApi) => {
			sse.results = isAsyncIterable(result) ? result : single(result as ExecutionResult);
			return new fetchApi.Response(null, { headers: { 'content-type': 'text/event-stream' } });
		}, 'text/event-stream');
	},
};

function partialErrors(sandbox: Sandbox): Plugin {
	return {
		onExecute: () => ({
			onExecuteDone({ result, setResult }) {
				if (!sandbox.switches.partialErrors || isAsyncIterable(result)) return;
				const data = (result as ExecutionResult).data;
				const [root, rows] = Object.entries(data ?? {})[0] ?? [];
				const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
				if (!root || typeof first !== 'object' || first === null) return;
				const hole = Object.keys(first).find((key) => !NEVER_NULL.has(key));
				if (hole) Reflect.set(first, hole, null);
				const path = hole ? [root, 0, hole] : [root, 0];
				setResult({ data, errors: [new GraphQLError('could not load part of the data', { path })] });
			},
		}),
	};
}

/** Builds the schema of the switches in force and a yoga server for it. */
export function createEngine(sandbox: Sandbox): Engine {
	const typeDefs = sdlFor(sandbox.switches);
	const schema = createSchema<ServerContext>({
		typeDefs,
		resolvers: onlyKnown(resolversFor(sandbox), typeDefs),
		resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
	});
	const hideSchema: Plugin = {
		onValidate({ addValidationRule }) {
			if (sandbox.switches.introspection === 'off') addValidationRule(NoSchemaIntrospectionCustomRule);
		},
	};
	const yoga = createYoga<ServerContext>({
		schema,
		graphiql: false,
		landingPage: false,
		logging: false,
		maskedErrors: false,
		cors: false,
		multipart: false,
		parserAndValidationCache: false,
		plugins: [hideSchema, sseHandOver, partialErrors(sandbox), oddRows(sandbox)],
	});
	return { schema, yoga };
}

/** Leaves out resolvers of types that the schema lacks (custom scalars and unions may not dangle). */
function onlyKnown<T extends object>(resolvers: T, typeDefs: string): T {
	const known = Object.entries(resolvers).filter(([name]) => new RegExp(`\\b${name}\\b`).test(typeDefs));
	return Object.fromEntries(known) as T;
}
