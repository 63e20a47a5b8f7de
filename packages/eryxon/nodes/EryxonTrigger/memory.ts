import type { IHookFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

import { MOST_SEEN } from '../shared/core/webhook/seen';
import type { Registration } from './registration';

type Context = IHookFunctions | ITriggerFunctions | IWebhookFunctions;

/**
 * What this process knows of the events of each trigger. n8n gives every call its own copy of the static data, so calls
 * at the same time can only see each other here.
 */
interface Memory {
	/** Handed over. */
	seen: Set<string>;
	/** Being handed over right now; resolves to whether the run was started. */
	underWay: Map<string, Promise<boolean>>;
	/** What was registered in this process; the watch may have a copy of the static data from before. */
	registration?: Registration;
}

const memories = new Map<string, Memory>();

export function memoryOf(context: Context): Memory {
	const key = keyOf(context);
	const memory: Memory = memories.get(key) ?? { seen: new Set<string>(), underWay: new Map<string, Promise<boolean>>() };
	memories.set(key, memory);
	return memory;
}

export function remember({ seen }: Memory, id: string): void {
	seen.add(id);
	for (const oldest of seen) {
		if (seen.size <= MOST_SEEN) break;
		seen.delete(oldest);
	}
}

export function forgetMemory(context: Context): void {
	memories.delete(keyOf(context));
}

/** As after a restart of the process. */
export function forgetMemories(): void {
	memories.clear();
}

function keyOf(context: Context): string {
	return `${context.getWorkflow().id ?? ''}/${context.getNode().id}/${context.getMode() === 'manual' ? 'test' : 'production'}`;
}
