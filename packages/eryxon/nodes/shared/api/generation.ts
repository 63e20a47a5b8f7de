import { generationOf } from '../core/dialect';
import type { EntityName, Generation } from '../core/entities';
import type { EryxonClient } from './client';
import { asFailure, endsEverything } from './failure';

const KNOWN_FOR_MS = 60 * 60_000;
const MOST_KNOWN = 50;
const known = new Map<string, { generation: Generation; until: number }>();

/** Which generation answers: what was chosen, else what was found within the last hour, else two small questions. */
export async function findGeneration(client: EryxonClient, chosen: Generation | 'auto', signal?: AbortSignal): Promise<Generation> {
	if (chosen !== 'auto') return chosen;
	const found = known.get(client.identity);
	if (found && found.until > Date.now()) return found.generation;
	const { data } = await client.get('api-jobs', { limit: 1 }, signal);
	const generation = await generationOf(data, async () => {
		try {
			await client.get('api-webhook-deliveries', { limit: 1 }, signal);
			return true;
		} catch (error) {
			const failure = asFailure(error);
			// A server that does not answer right now says nothing about its version.
			if (failure.kind === 'foreign') return false;
			if (endsEverything(failure) || failure.kind === 'server' || failure.kind === 'timeout') throw failure;
			return false;
		}
	});
	if (known.size >= MOST_KNOWN) known.clear();
	known.set(client.identity, { generation, until: Date.now() + KNOWN_FOR_MS });
	return generation;
}

/** After an answer that does not fit; also for tests. */
export function forgetGenerations(): void {
	known.clear();
	lacking.clear();
}

const lacking = new Map<string, { lacks: boolean; until: number }>();

/**
 * Whether tables of a server lack the column that a sync writes: up to 0.9 only jobs and parts have it.
 *
 * @returns undefined while nothing is known
 */
export function lacksSync(client: EryxonClient, name: EntityName): boolean | undefined {
	const found = lacking.get(`${client.identity} ${name}`);
	return found && found.until > Date.now() ? found.lacks : undefined;
}

export function noteLacksSync(client: EryxonClient, name: EntityName, lacks: boolean): void {
	if (lacking.size >= MOST_KNOWN) lacking.clear();
	lacking.set(`${client.identity} ${name}`, { lacks, until: Date.now() + KNOWN_FOR_MS });
}

/** Whether a failure says that the column is not there. */
export function saysSyncIsLacking(message: string): boolean {
	return /could not find the 'sync_hash' column/i.test(message);
}
