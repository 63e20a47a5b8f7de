/** A name that is printed bare, as GraphQL writes enum values. */
export class EnumValue {
	constructor(readonly name: string) {}
}

/**
 * A JavaScript value as GraphQL input literal. Literals need no type names, and those of Pico's inputs changed over
 * time (`SubscribeRequest_Input`, `SubscribeRequestInput`) or are published nowhere.
 */
export function literal(value: unknown): string {
	if (value instanceof EnumValue) return value.name;
	if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
	if (typeof value === 'object' && value !== null) {
		const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
		for (const [name] of fields) {
			if (!/^[_A-Za-z]\w*$/.test(name)) throw new RangeError(`'${name}' is not a GraphQL name`);
		}
		return `{ ${fields.map(([name, inner]) => `${name}: ${literal(inner)}`).join(', ')} }`;
	}
	// A JSON string is a valid GraphQL string; U+2028/9 need no escape in either.
	return JSON.stringify(value ?? null);
}
