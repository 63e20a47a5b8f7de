import type { Entity } from '../../shared/core/entities';
import { keyOf } from '../../shared/core/identity';
import { asText } from '../../shared/core/values';
import { refuse } from '../helpers/parameters';
import type { Run } from '../helpers/run';
import type { Ready } from './prepare';
import { preview } from './erpSync';

export type SkipMode = 'off' | 'hash' | 'preview';

/** As 'Skip Unchanged' is set. */
export function skipMode(run: Run): SkipMode {
	const chosen = run.option('skipUnchanged');
	return chosen === 'hash' || chosen === 'preview' ? chosen : 'off';
}

/** Records that need not be sent, by item; the ID where Eryxon told it. */
export async function unchanged(run: Run, entity: Entity, records: readonly Ready[], how: SkipMode): Promise<Map<number, { id?: string }>> {
	const skipped = new Map<number, { id?: string }>();
	if (how === 'hash') {
		for (const { item, hash } of records) {
			if (asText(run.context.getInputData()[item].json[hashField(run, item)]) === hash) skipped.set(item, {});
		}
	} else if (how === 'preview') {
		if (!entity.erpSync) {
			throw refuse('Skip Unchanged', `is 'Ask Eryxon', which does not work for ${entity.plural}`, "Choose 'Compare With a Hash in the Input', or leave it off.");
		}
		const found = await preview(run, entity, records.map(({ payload }) => payload));
		for (const { item, record } of records) {
			const answer = found.get(keyOf(record.externalSource, record.externalId));
			if (answer?.status === 'unchanged') skipped.set(item, { id: answer.id });
		}
	}
	return skipped;
}

export const HASH_FIELD = 'sync_hash';

/** Input field that holds the hash of the last sync. */
export function hashField(run: Run, item = 0): string {
	return asText(run.option('hashField', item)) || HASH_FIELD;
}
