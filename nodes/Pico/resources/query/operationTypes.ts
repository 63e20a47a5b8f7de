export type OperationType = 'mutation' | 'subscription';

/**
 * Whether a document holds a mutation or a subscription. Only a hint, since Pico checks the document itself; where it
 * is in doubt it says mutation, because then nothing is repeated.
 */
export function operationTypes(document: string): Set<OperationType> {
	const types = new Set<OperationType>();
	let depth = 0;
	let definitionStarts = true;
	for (const [token] of document.matchAll(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[{}]|[$@]?\b\w+\b/g)) {
		if (token === '{') depth++;
		if (token === '}') depth--;
		if (token === 'mutation' && depth <= 0) types.add(token);
		if (token === 'subscription' && depth <= 0 && definitionStarts) types.add(token);
		if (!token.startsWith('#')) definitionStarts = token === '}' && depth <= 0;
	}
	return types;
}
