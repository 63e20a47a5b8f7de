import { NodeApiError, NodeOperationError, type INode, type ITriggerFunctions, type JsonObject } from 'n8n-workflow';

import { PicoFailure } from '../api/failure';
import type { Capabilities } from './capabilities';

/** Tells people what a trigger does: log lines, and failed executions for what needs a person. */
export class Report {
	constructor(
		private readonly context: ITriggerFunctions,
		private readonly capabilities: Capabilities,
	) {}

	info(text: string): void {
		this.context.logger.info(this.line(text));
	}

	warn(text: string): void {
		this.context.logger.warn(this.line(text));
	}

	/**
	 * Leaves a failed execution that holds `payload`, and starts the error workflow; the trigger stays up. An older n8n
	 * can only log.
	 */
	failedExecution(message: string, description: string, payload?: unknown): void {
		this.warn(`${message}. ${description}`);
		if (!this.capabilities.saveFailedExecution) return;
		const held = payload === undefined ? '' : `\n\n${JSON.stringify(payload, null, 2)}`;
		this.context.saveFailedExecution(
			new NodeOperationError(this.context.getNode(), message, { description: `${description}${held}` }),
		);
	}

	private line(text: string): string {
		return `[Pico MES Trigger '${this.context.getNode().name}', workflow ${this.context.getWorkflow().id}] ${text}`;
	}
}

/** The error that a person sees when an activation or a test run does not work. */
export function activationError(context: { getNode(): INode }, failure: PicoFailure): NodeApiError {
	const { hint, status } = failure.details;
	return new NodeApiError(context.getNode(), { message: failure.message } as JsonObject, {
		message: failure.message,
		description: hint,
		httpCode: status ? String(status) : undefined,
	});
}
