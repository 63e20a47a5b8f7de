import { z } from '../../vendor/zod';

/** Field name -> its type and arguments, for each type name. Input fields are fields without arguments. */
export type Schema = Map<string, Map<string, { type: string; args: Map<string, string> }>>;

/** One small question for all names; list and non-null wrappers are at most three deep in Pico's schema. */
export const INTROSPECTION = `query PicoDialect {
  __schema { types { name
    fields { name type { ...T } args { name type { ...T } } }
    inputFields { name type { ...T } } } }
}
fragment T on __Type { name ofType { name ofType { name ofType { name } } } }`;

interface TypeRef {
	name?: string | null;
	ofType?: TypeRef | null;
}

const typeRef: z.ZodType<TypeRef> = z.lazy(() =>
	z.object({ name: z.string().nullish(), ofType: typeRef.nullish() }),
);

const argument = z.object({ name: z.string(), type: typeRef });

const introspection = z.object({
	__schema: z.object({
		types: z.array(
			z.object({
				name: z.string(),
				fields: z.array(argument.extend({ args: z.array(argument) })).nullish(),
				inputFields: z.array(argument).nullish(),
			}),
		),
	}),
});

/** `undefined` when the answer is not an introspection result. */
export function readSchema(data: unknown): Schema | undefined {
	const parsed = introspection.safeParse(data);
	if (!parsed.success) return undefined;
	const schema: Schema = new Map();
	for (const { name, fields, inputFields } of parsed.data.__schema.types) {
		const members = [...(fields ?? []), ...(inputFields ?? []).map((field) => ({ ...field, args: [] }))];
		schema.set(
			name,
			new Map(
				members.map((member) => [
					member.name,
					{ type: innermost(member.type), args: new Map(member.args.map((arg) => [arg.name, innermost(arg.type)])) },
				]),
			),
		);
	}
	return schema;
}

function innermost(type: TypeRef): string {
	return type.name ?? (type.ofType ? innermost(type.ofType) : '');
}
