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
	const error =
		kind === 'input'
			? new NodeOperationError(node, message, { description, itemIndex })
			: new NodeApiError(node, {}, { message, description, itemIndex, httpCode: details.status?.toString() });
	// n8n puts general texts in the place of messages that name a network code.
	error.message = message;
	return error;
}

export function explain({ message, details }: PicoFailure, itemIndex?: number): Explained {
	return {
		message: itemIndex === undefined ? message : `${message} [Item ${itemIndex}]`,
		...(details.hint ? { description: details.hint } : {}),
	};
}
