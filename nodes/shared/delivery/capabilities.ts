import type { ITriggerFunctions } from 'n8n-workflow';

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
