import { graphqlFailure } from '../classify';
import { hasData, readErrors } from '../client';
import type { StreamFrame } from './types';

/**
 * Reads the text of one frame: a GraphQL execution result.
 *
 * @throws PicoFailure for a result that holds errors and nothing else: the server refused the subscription
 */
export function readFrame(text: string, status?: number): StreamFrame {
	const parsed = parse(text);
	if ('reason' in parsed) return { kind: 'unreadable', text, reason: parsed.reason };
	return frameOf(parsed.value, text, status);
}

/** The same for a result that is already parsed. */
export function frameOf(value: unknown, text = '', status?: number): StreamFrame {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return { kind: 'unreadable', text, reason: 'not a GraphQL result' };
	}
	const { data, errors: rawErrors } = value as { data?: unknown; errors?: unknown };
	const errors = readErrors(rawErrors);
	if (hasData(data)) return { kind: 'result', data: data as Record<string, unknown>, errors };
	if (errors.length > 0) throw graphqlFailure(errors, status);
	return { kind: 'result', data: {}, errors };
}

function parse(text: string): { value: unknown } | { reason: string } {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		return { reason: (error as Error).message };
	}
}
