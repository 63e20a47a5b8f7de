import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { PicoFailure } from './failure';

/** Words for people: what happened, for which item, and how to get unstuck. */
export interface Explained {
	message: string;
	description?: string;
}

/**
 * The error that n8n shows. What the node did not expect (an expression that cannot be read, for example) is handed
 * back as it is, since n8n knows how to show its own errors.
 */
export function toNodeError(node: INode, thrown: unknown, itemIndex?: number): Error {
	if (!(thrown instanceof PicoFailure)) return thrown instanceof Error ? thrown : new NodeOperationError(node, String(thrown));
	const { message, description } = explain(thrown, itemIndex);
	const { kind, details } = thrown;
	if (kind === 'input') return errorSaying(node, message, description, itemIndex);
	const error = new NodeApiError(node, {}, { message, description, itemIndex, httpCode: details.status?.toString() });
	error.message = message;
	return error;
}

/** An error in just these words: n8n puts general ones in the place of a message that names a network code. */
export function errorSaying(node: INode, message: string, description?: string, itemIndex?: number): NodeOperationError {
	const error = new NodeOperationError(node, message, { description, itemIndex });
	error.message = message;
	return error;
}

export function explain({ message, details }: PicoFailure, itemIndex?: number): Explained {
	return {
		message: itemIndex === undefined ? message : `${message} [Item ${itemIndex}]`,
		...(details.hint ? { description: details.hint } : {}),
	};
}
