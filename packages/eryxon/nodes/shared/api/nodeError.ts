import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { RecordProblem } from '../core/problem';
import { EryxonFailure } from './failure';

/** Words for people: what happened, for which item, and how to get unstuck. */
export interface Explained {
	message: string;
	description?: string;
}

/** What is wrong with a record is a failure of the input. */
export function toFailure(thrown: unknown): unknown {
	return thrown instanceof RecordProblem ? new EryxonFailure('input', thrown.message, { hint: thrown.hint, parameter: thrown.field }) : thrown;
}

/** The error that n8n shows; errors of n8n itself are handed back as they are. */
export function toNodeError(node: INode, thrown: unknown, itemIndex?: number): Error {
	const failure = toFailure(thrown);
	if (!(failure instanceof EryxonFailure)) return failure instanceof Error ? failure : new NodeOperationError(node, String(failure));
	const { message, description } = explain(failure, itemIndex);
	const error =
		failure.kind === 'input'
			? new NodeOperationError(node, message, { description, itemIndex })
			: new NodeApiError(node, {}, { message, description, itemIndex, httpCode: failure.details.status?.toString() });
	// n8n puts general texts in the place of messages that name a network code.
	error.message = message;
	return error;
}

export function explain({ message, details }: EryxonFailure, itemIndex?: number): Explained {
	const hint = [details.hint, details.requestId ? `Request ID ${details.requestId}.` : undefined].filter(Boolean).join(' ');
	return { message: itemIndex === undefined ? message : `${message} [Item ${itemIndex}]`, ...(hint ? { description: hint } : {}) };
}

/** The same as data, for an item that goes on. */
export function asJson(thrown: unknown, item: number): IDataObject {
	const failure = toFailure(thrown);
	if (!(failure instanceof EryxonFailure)) {
		const { message, description } = failure as Error & { description?: string };
		return { message: `${message} [Item ${item}]`, ...(description ? { description } : {}) };
	}
	const { kind, details } = failure;
	const { status, code, parameter, facts, requestId } = details;
	return {
		...explain(failure, item),
		kind,
		...(parameter === undefined ? {} : { parameter }),
		...(status === undefined ? {} : { httpStatus: status }),
		...(code === undefined ? {} : { code }),
		...(requestId === undefined ? {} : { requestId }),
		...(facts as IDataObject),
	};
}
