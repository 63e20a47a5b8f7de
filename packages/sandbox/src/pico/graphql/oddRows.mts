import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { oddityOf, standIn } from '../plant/odd.mts';
import type { Sandbox } from '../sandbox.mts';
import type { CallContext } from './resolvers.mts';

/** In the words of gqlgen, a GraphQL server library for Go. */
const UNRESOLVED = 'the requested element is null which the schema does not allow';

export const unresolved = () => new GraphQLError(UNRESOLVED);

/** What a stream resolves in place of a row: an error for one that cannot be resolved as a whole. */
export function asSource(row: object): object {
	const odd = oddityOf(row);
	return odd?.kind === 'unresolved' && odd.field === undefined ? unresolved() : row;
}

/** Resolver of a field that cannot be loaded for some rows. */
export const loading = (field: string) => (row: object) => {
	const odd = oddityOf(row);
	if (odd?.kind === 'unresolved' && odd.field === field) throw unresolved();
	return Reflect.get(row, field) as unknown;
};

/** Leaves room for raw rows, and decides what becomes of a frame with a row that cannot be resolved. */
export function oddRows(sandbox: Sandbox): Plugin<CallContext> {
	return {
		onSubscribe: ({ args }) => ({
			onSubscribeResult: () => ({
				onNext({ result, setResult }) {
					const { sent } = args.contextValue as CallContext;
					const rows = sent.shift() ?? [];
					if ('errors' in result && result.errors?.some(({ path }) => path) && sandbox.switches.unresolvedRow === 'null-frame') {
						// Without the places in the document, which gqlgen does not tell.
						setResult({ data: null, errors: result.errors.map(({ message, path }) => new GraphQLError(message, { path })) });
						return;
					}
					const data = 'data' in result ? (result.data as Record<string, unknown> | null | undefined) : undefined;
					const [field] = Object.keys(data ?? {});
					if (!data || field === undefined) return;
					rows.forEach((row, index) => {
						const raw = standIn(row);
						if (raw === undefined) return;
						const list = data[field];
						if (Array.isArray(list)) list[index] = raw;
						else data[field] = raw;
					});
				},
			}),
		}),
	};
}
