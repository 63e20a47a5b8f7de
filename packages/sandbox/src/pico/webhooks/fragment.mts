import { type DocumentNode, type GraphQLSchema, Kind as Ast, execute, parse, validate } from 'graphql';
import { PlantError } from '../plant/plant.mts';
import type { Kind } from '../plant/types.mts';

const SOURCES: Record<string, { kind: Kind; field: string }> = {
	Operation: { kind: 'operations', field: 'operationsStream' },
	SubOperation: { kind: 'subOperations', field: 'subOperationsStream' },
	OperationOrderComplete: { kind: 'completions', field: 'operationOrderCompletesStream' },
	NoteEvent: { kind: 'notes', field: 'noteEventsStream' },
};

export interface Selection {
	kind: Kind;
	field: string;
	document: DocumentNode;
}

/** The rows that a fragment which was accepted before asks for, whatever schema is served now. */
export function kindOf(fragment: string): Kind {
	const type = /\bon\s+(\w+)/.exec(fragment)?.[1] ?? '';
	if (!Object.hasOwn(SOURCES, type))
		throw new PlantError(`responseFragment: ${type} is not a type that can be subscribed to`);
	return SOURCES[type].kind;
}

/** Reads a responseFragment: its type condition names the stream, its fields become the body. Throws for anything else. */
export function readFragment(schema: GraphQLSchema, fragment: string): Selection {
	let parsed: DocumentNode;
	try {
		parsed = parse(fragment);
	} catch (error) {
		throw new PlantError(`responseFragment: ${error instanceof Error ? error.message : String(error)}`);
	}
	const [first] = parsed.definitions;
	if (first?.kind !== Ast.FRAGMENT_DEFINITION || parsed.definitions.some((each) => each.kind !== first.kind)) {
		throw new PlantError('responseFragment must be a GraphQL fragment');
	}
	const type = first.typeCondition.name.value;
	const source = Object.hasOwn(SOURCES, type) && schema.getType(type) ? SOURCES[type] : undefined;
	if (!source) throw new PlantError(`responseFragment: ${type} is not a type that can be subscribed to`);
	const operation = parse(`subscription { ${source.field} { ...${first.name.value} } }`);
	const document = { ...operation, definitions: [...operation.definitions, ...parsed.definitions] };
	const [problem] = validate(schema, document);
	if (problem) throw new PlantError(`responseFragment: ${problem.message}`);
	return { ...source, document };
}

/** Exactly the fragment's fields of one row. */
export async function selectFields(
	schema: GraphQLSchema,
	{ field, document }: Selection,
	row: object,
): Promise<unknown> {
	const isList = schema.getSubscriptionType()?.getFields()[field].type.toString().startsWith('[');
	const result = await execute({ schema, document, rootValue: { [field]: isList ? [row] : row } });
	if (result.errors) throw new Error(result.errors[0].message);
	const value = result.data?.[field];
	return Array.isArray(value) ? value[0] : value;
}
