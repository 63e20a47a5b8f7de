import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { within } from '../shared/api/pause';
import { SeenWindow } from '../shared/events/window';
import type { StoredProgress } from './progress';

/** What this process knows of one trigger, which is newer than what n8n read from the database for a call. */
export interface Memory {
	latest?: StoredProgress;
	/** Delivered events; more of them than what is stored has room for. */
	seen: SeenWindow;
	/** When the whole look-back window was last read again, milliseconds since 1970. */
	lookedBackAt: number;
	/** Fires when the trigger is no longer active. */
	closing: AbortController;
}

interface Turns {
	memory: Memory;
	last: Promise<unknown>;
}

/** An answer that n8n never finishes must not block the calls behind it. */
const LONGEST_TURN_MS = 10_000;
/** The window is bounded by its size as well. */
const REMEMBER_MS = 86_400_000;

const triggers = new Map<string, Turns>();

/** Names the trigger in this process. */
export function turnKey(context: IHookFunctions | IWebhookFunctions): string {
	return `${String(context.getWorkflow().id)}/${context.getNode().id}`;
}

/**
 * Lets the calls of one trigger in this process come one after the other, so that two of them do not read the same gap.
 * A turn lasts until `settled`: until n8n has started the run, saved the state and answered.
 */
export async function inTurn<T>(key: string, job: (memory: Memory) => Promise<{ result: T; settled: Promise<unknown> }>): Promise<T> {
	const turns = triggers.get(key) ?? { memory: { seen: new SeenWindow(REMEMBER_MS), lookedBackAt: 0, closing: new AbortController() }, last: Promise.resolve() };
	triggers.set(key, turns);
	const before = turns.last;
	let done = () => {};
	turns.last = new Promise<void>((resolve) => (done = resolve));
	await before;
	try {
		const { result, settled } = await job(turns.memory);
		void within(settled, LONGEST_TURN_MS, undefined).then(done, done);
		return result;
	} catch (error) {
		done();
		throw asError(error);
	}
}

/** Forgets a trigger that is no longer active. */
export function forgetTurns(key: string): void {
	triggers.get(key)?.memory.closing.abort();
	triggers.delete(key);
}

function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
