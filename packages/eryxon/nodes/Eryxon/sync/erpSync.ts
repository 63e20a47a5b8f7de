import { isObject, readErpSync, type Listed } from '../../shared/core/answers';
import { chunksByLength } from '../../shared/core/chunk';
import { ENTITIES, type Entity } from '../../shared/core/entities';
import { keyOf } from '../../shared/core/identity';
import type { Run } from '../helpers/run';

/** The server puts the keys of a call into addresses of its own, so calls stay small: 100 long keys, or more short ones. */
export const PER_ERP_CALL = 100;
const MOST_PREVIEWED = 500;
const LETTERS_PREVIEWED = 4_000;

export interface Previewed {
	status: 'create' | 'update' | 'unchanged' | 'error';
	id?: string;
	changes: string[];
	error?: string;
}

/** What a sync would do, without doing it; also the only look-up by external key. */
export async function preview(run: Run, entity: Entity, payloads: ReadonlyArray<Record<string, unknown>>): Promise<Map<string, Previewed>> {
	const found = new Map<string, Previewed>();
	for (const chunk of chunksByLength(payloads, ({ external_id: id }) => String(id), MOST_PREVIEWED, LETTERS_PREVIEWED)) {
		const { data } = await run.client.send({
			method: 'POST',
			path: 'api-erp-sync/diff',
			body: { [entity.plural]: chunk },
			repeatable: true,
			signal: run.signal,
		});
		for (const record of readErpSync(data, entity.plural).records) {
			const { status, existing_id: id, error } = record;
			found.set(keyOf(String(record.external_source ?? ''), String(record.external_id ?? '')), {
				status: status === 'create' || status === 'update' || status === 'unchanged' ? status : 'error',
				...(typeof id === 'string' ? { id } : {}),
				changes: Array.isArray(record.changes) ? record.changes.map(changeText) : [],
				...(typeof error === 'string' ? { error } : {}),
			});
		}
	}
	return found;
}

function changeText(change: unknown): string {
	if (!isObject(change)) return String(change);
	return `${String(change.field)}: ${JSON.stringify(change.old_value ?? null)} -> ${JSON.stringify(change.new_value ?? null)}`;
}

const NO_ID = '00000000-0000-4000-8000-000000000000';

/** What the preview insists on for a record that is only looked up; nothing of it is stored. */
const STAND_IN: Partial<Record<Entity['name'], Record<string, unknown>>> = {
	job: { job_number: '-' },
	part: { part_number: '-', job_id: NO_ID },
	resource: { name: '-', type: '-' },
};

/** IDs by external key, for the keys that Eryxon knows. Only for jobs, parts and resources. */
export async function lookUp(
	run: Run,
	name: Entity['name'],
	keys: ReadonlyArray<{ externalId: string; externalSource: string }>,
): Promise<Map<string, string>> {
	const payloads = keys.map(({ externalId, externalSource }) => ({
		...STAND_IN[name],
		external_id: externalId,
		external_source: externalSource,
	}));
	const ids = new Map<string, string>();
	for (const [key, { id }] of await preview(run, ENTITIES[name], payloads)) if (id !== undefined) ids.set(key, id);
	return ids;
}

export interface ErpSyncOptions {
	skipUnchanged: boolean;
	recordHistory: boolean;
	/** Label of the import in Eryxon's history and events. */
	source?: string;
}

/**
 * Stores records by the ERP sync, at most 100, all of one source.
 *
 * New records go in by one statement there, so one bad record makes all of them fail with its reason; such a group is
 * sent again in halves until the bad one is alone.
 *
 * @returns by external ID
 */
export async function erpSync(
	run: Run,
	entity: Entity,
	payloads: ReadonlyArray<Record<string, unknown>>,
	options: ErpSyncOptions,
): Promise<Map<string, Listed['results'][number]['result']>> {
	const { data } = await run.client.send({
		method: 'POST',
		path: 'api-erp-sync/sync',
		body: {
			[entity.plural]: payloads,
			options: { skip_unchanged: options.skipUnchanged, record_history: options.recordHistory },
			...(options.source ? { source: options.source } : {}),
		},
		repeatable: true,
		signal: run.signal,
	});
	const results = new Map(readErpSync(data, entity.plural).results.map(({ externalId, result }) => [externalId, result]));
	const together = payloads.filter((payload) => failedTogether(results.get(String(payload.external_id))));
	const reasons = new Set(together.map((payload) => reasonFor(results.get(String(payload.external_id)))));
	if (together.length < 2 || reasons.size !== 1) return results;
	const middle = Math.ceil(together.length / 2);
	for (const half of [together.slice(0, middle), together.slice(middle)]) {
		for (const [externalId, result] of await erpSync(run, entity, half, options)) results.set(externalId, result);
	}
	return results;
}

/** Whether a record may have failed for the fault of another one; what it lacks itself is said in these words. */
function failedTogether(result: Listed['results'][number]['result'] | undefined): boolean {
	return result?.action === 'error' && !/required/i.test(result.reason);
}

function reasonFor(result: Listed['results'][number]['result'] | undefined): string {
	return result?.action === 'error' ? result.reason : '';
}
