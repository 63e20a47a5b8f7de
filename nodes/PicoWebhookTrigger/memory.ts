import type { PicoClient } from '../shared/api/client';
import { within } from '../shared/api/pause';
import type { TriggerContext } from '../shared/delivery/choice';
import { PlantClock } from '../shared/delivery/place/clock';
import { Place, type PlaceOptions } from '../shared/delivery/place/place';
import { sourceOf } from '../shared/delivery/place/rules';
import { loadState, type LoadedState, type StoredState } from '../shared/delivery/place/state';
import type { EventChoice } from '../shared/delivery/settings';
import { SeenWindow } from '../shared/events/window';
import { triggerKey } from './registration';

/** Before the id of the node: renaming the node does not lose its place. */
export const KEY_PREFIX = 'picoWebhookTrigger:';
/** An answer that n8n never finishes must not block the calls behind it. */
const LONGEST_TURN_MS = 10_000;
/** The window is bounded by its size as well. */
const REMEMBER_MS = 86_400_000;
const NEVER = new AbortController().signal;

/**
 * What this process knows of one trigger. It is newer than what n8n reads from the database for a call, and outlives
 * that the workflow is unpublished: the end of a run that was under way puts an older copy back into the database.
 */
export interface Memory {
	latest?: StoredState;
	/** Delivered events; more of them than what is stored has room for. */
	seen: SeenWindow;
	/** Pico's clock. */
	clock: PlantClock;
	/** When the whole look-back window was last read again, by monotonic time. */
	lookedBackAt: number;
	/** Fires when the trigger is no longer active. */
	closing: AbortSignal;
	/** Settles when the calls before are done. */
	last: Promise<unknown>;
}

const memories = new Map<string, Memory>();

export function memoryOf(context: TriggerContext): Memory {
	const key = triggerKey(context);
	const memory = memories.get(key) ?? {
		seen: new SeenWindow(REMEMBER_MS),
		clock: new PlantClock(),
		lookedBackAt: Number.NEGATIVE_INFINITY,
		closing: NEVER,
		last: Promise.resolve(),
	};
	memories.set(key, memory);
	return memory;
}

/** As after a restart of the process. */
export function forgetMemories(): void {
	memories.clear();
}

/**
 * Lets the calls of one trigger in this process come one after the other, so that two of them do not read the same gap.
 * A turn lasts until `settled`: until n8n has started the run, saved the state and answered.
 */
export async function inTurn<T>(
	context: TriggerContext,
	job: (memory: Memory) => Promise<{ result: T; settled: Promise<unknown> }>,
): Promise<T> {
	const memory = memoryOf(context);
	const before = memory.last;
	let done = () => {};
	memory.last = new Promise<void>((resolve) => (done = resolve));
	await before;
	try {
		const { result, settled } = await job(memory);
		void within(settled, LONGEST_TURN_MS, undefined).then(done, done);
		return result;
	} catch (error) {
		done();
		throw asError(error);
	}
}

export function placeOptions(client: PicoClient, { kind, resetKey, lookbackMs }: EventChoice): PlaceOptions {
	return { source: sourceOf(client.endpoint, kind), resetKey, lookbackMs };
}

export function loadPlace(raw: unknown, options: PlaceOptions): { place: Place } | Exclude<LoadedState, { kind: 'state' }> {
	const loaded = loadState(raw, options.source, options.resetKey);
	return loaded.kind === 'state' ? { place: Place.restored(loaded.state, options) } : loaded;
}

export function readStored(context: TriggerContext): unknown {
	return context.getWorkflowStaticData('global')[keyOf(context)];
}

/** n8n saves it after an activation, with each `emit`, and after it started the run of a webhook call. */
export function store(context: TriggerContext, stored: unknown): void {
	context.getWorkflowStaticData('global')[keyOf(context)] = stored as StoredState;
}

function keyOf(context: TriggerContext): string {
	return `${KEY_PREFIX}${context.getNode().id}`;
}

function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
