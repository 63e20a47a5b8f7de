/** All texts inside a value, with the path to each: [{ path, text }]. */
export function textsIn(value, path = '') {
	if (typeof value === 'string') return [{ path, text: value }];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, path ? `${path}.${key}` : key));
}

/** An expression begins with an equals sign. */
export const isExpression = (text) => text.startsWith('=');
