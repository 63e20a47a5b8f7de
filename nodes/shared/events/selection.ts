/**
 * What to ask Pico for, independent of the age of the server.
 *
 * A field is written under its current name. Where older servers call it otherwise, `legacy` names that; the document
 * then asks for the old name under the new one as alias, so that answers always carry the current names.
 */
export interface SelectedField {
	/** Current name; also the name in the answer. */
	name: string;
	/** Name on older servers. */
	legacy?: string;
	/** Type of the object the field holds, with the fields to ask of it. */
	type?: string;
	fields?: SelectedField[];
	/** Ask for this field only where another one, written `Type.field`, is missing. */
	insteadOf?: string;
}

/** Tells whether a server has a field: `true`, `false`, or `undefined` while nobody knows. */
export type HasField = (typeName: string, fieldName: string) => boolean | undefined;

/**
 * The selection set, braces included, with only what the server has. Where nothing is known the current names are used.
 *
 * @param keep restricts the first level to these current names (all when absent)
 */
export function printSelection(
	typeName: string,
	fields: readonly SelectedField[],
	has: HasField,
	keep?: ReadonlySet<string>,
): string {
	const parts: string[] = [];
	for (const field of fields) {
		if (keep && !keep.has(field.name)) continue;
		if (field.insteadOf) {
			const [owner, name] = field.insteadOf.split('.');
			if (has(owner, name) !== false || has(typeName, field.name) === false) continue;
		}
		const spelled = spell(typeName, field, has);
		if (!spelled) continue;
		if (!field.fields) {
			parts.push(spelled);
			continue;
		}
		const inner = printSelection(field.type ?? field.name, field.fields, has);
		if (inner !== '{ __typename }') parts.push(`${spelled} ${inner}`);
	}
	return `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`;
}

function spell(typeName: string, field: SelectedField, has: HasField): string | undefined {
	if (has(typeName, field.name) !== false) return field.name;
	if (field.legacy && has(typeName, field.legacy) !== false) return `${field.name}: ${field.legacy}`;
	return undefined;
}
