import type { IHookFunctions, INode, ITriggerFunctions, IWebhookFunctions, Logger } from 'n8n-workflow';

import { PicoFailure } from '../api/failure';
import { errorSaying } from '../api/nodeError';
import { jsonText } from '../events/read';

/** What this n8n can do, found by looking, so that one package serves every n8n 2.x. */
export interface Capabilities {
	/** `emit` takes a key under which n8n starts at most one run (n8n 2.20 and newer). */
	deduplicationKey: boolean;
	/** A failed execution can be recorded while the trigger stays up (n8n 2.9 and newer). */
	saveFailedExecution: boolean;
}

export function capabilitiesOf(context: ITriggerFunctions): Capabilities {
	return {
		deduplicationKey: context.emit.length >= 4,
		saveFailedExecution: typeof context.saveFailedExecution === 'function',
	};
}

/** n8n keeps static data for shorter workflow ids only (`isWorkflowIdValid`, seen in 2.41.1). Its editor makes ids of 16. */
const LONGEST_WORKFLOW_ID = 21;

/**
 * Refuses a workflow whose position n8n would drop without a word, so that each restart would start from nothing. Such
 * ids come from imports by command line or API.
 *
 * @throws PicoFailure
 */
export function insistOnStoredPosition(context: IHookFunctions | ITriggerFunctions): void {
	const id = context.getWorkflow().id ?? '';
	if (id.length <= LONGEST_WORKFLOW_ID) return;
	throw new PicoFailure('input', `n8n stores no position for this workflow: its ID '${id}' is longer than ${LONGEST_WORKFLOW_ID} characters`, {
		hint: 'A restart would lose events. Duplicate the workflow in the editor and publish the copy: it gets a shorter ID.',
	});
}

/** Ids of all nodes of the workflow; `undefined` where this n8n does not show them (seen in 2.41.1, not in its types). */
export function nodeIdsOf(context: IHookFunctions | ITriggerFunctions | IWebhookFunctions): ReadonlySet<string> | undefined {
	const { workflow } = context as { workflow?: { nodes?: unknown } };
	if (typeof workflow?.nodes !== 'object' || workflow.nodes === null) return undefined;
	const ids = Object.values(workflow.nodes).map((node: Partial<INode> | null) => node?.id);
	return ids.every((id) => typeof id === 'string') ? new Set(ids) : undefined;
}

interface Loggable {
	logger: Pick<Logger, 'info' | 'warn'>;
	getNode(): INode;
	getWorkflow(): { id?: string };
}

/** Writes a line into the log of n8n that names node and workflow. */
export function log(context: Loggable, level: 'info' | 'warn', text: string): void {
	context.logger[level](`[Pico MES, node '${context.getNode().name}', workflow ${context.getWorkflow().id}] ${text}`);
}

/** Characters of a payload that a failed execution shows at most: n8n keeps its text in the database, and the editor shows it. */
const LONGEST_PAYLOAD = 200_000;

/** Tells people what a trigger does: log lines, and failed executions for what needs a person. */
export class Report {
	constructor(
		private readonly context: ITriggerFunctions,
		private readonly capabilities: Capabilities,
	) {}

	info(text: string): void {
		log(this.context, 'info', text);
	}

	warn(text: string): void {
		log(this.context, 'warn', text);
	}

	/**
	 * Leaves a failed execution that shows `payload`, and starts the error workflow; the trigger stays up. An older n8n can
	 * only log.
	 */
	failedExecution(message: string, description: string, payload?: unknown): void {
		this.warn(`${message}. ${description}`);
		if (!this.capabilities.saveFailedExecution) return;
		const shown = payload === undefined ? '' : `\n\n${payloadText(payload)}`;
		this.context.saveFailedExecution(errorSaying(this.context.getNode(), message, `${description}${shown}`));
	}
}

/** A payload as a person reads it, cut where it is too long for a database. */
function payloadText(payload: unknown): string {
	const text = typeof payload === 'string' ? payload : jsonText(payload, 2);
	if (text.length <= LONGEST_PAYLOAD) return text;
	return `${text.slice(0, LONGEST_PAYLOAD)}\n… (${text.length - LONGEST_PAYLOAD} more characters)`;
}
