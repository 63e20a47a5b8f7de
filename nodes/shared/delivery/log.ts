import type { INode, Logger } from 'n8n-workflow';

interface Loggable {
	logger: Pick<Logger, 'info' | 'warn'>;
	getNode(): INode;
	getWorkflow(): { id?: string };
}

/** Writes a line into the log of n8n that names node and workflow. */
export function log(context: Loggable, level: 'info' | 'warn', text: string): void {
	context.logger[level](`[Pico MES, node '${context.getNode().name}', workflow ${context.getWorkflow().id}] ${text}`);
}
