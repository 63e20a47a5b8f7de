/**
 * The names that a validation message says a server does not know, as `Type.field`, `Type.field(argument)`, `Type`, or
 * `*.name` where the message does not tell the type. The wording is that of the GraphQL reference implementation,
 * which the common servers (in Go as well) repeat.
 */
export function namesNotKnown(message: string): string[] {
	const names: string[] = [];
	for (const [, field, type] of message.matchAll(/Cannot query field ["'](\w+)["'] on type ["'](\w+)["']/g)) {
		names.push(`${type}.${field}`);
	}
	for (const [, argument, type, field] of message.matchAll(/Unknown argument ["'](\w+)["'] on field ["'](\w+)\.(\w+)["']/g)) {
		names.push(`${type}.${field}(${argument})`);
	}
	for (const [, argument, field, type] of message.matchAll(
		/Unknown argument ["'](\w+)["'] on field ["'](\w+)["'] of type ["'](\w+)["']/g,
	)) {
		names.push(`${type}.${field}(${argument})`);
	}
	for (const [, field, type] of message.matchAll(/Field ["'](\w+)["'] is not defined by type ["']?(\w+)["']?/g)) {
		names.push(`${type}.${field}`, `*.${field}`);
	}
	for (const [, type] of message.matchAll(/Unknown type ["'](\w+)["']/g)) names.push(type);
	return names;
}
