import { asFailure } from '../../shared/api/failure';
import { isObject, readErpSync, type Listed, type RecordResult } from '../../shared/core/answers';
import { chunksByLength, chunksOf } from '../../shared/core/chunk';
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

/** What became of each record, by its external ID. */
export type ErpResults = Map<string, RecordResult>;

/**
 * Stores records of one source by the ERP sync, which skips what has not changed and answers for each one.
 *
 * New records go in by one statement there, so one bad record makes all of them fail with its reason.
 *
 * @param tries how many more calls may be made to find the bad ones, in halves; none when every record fails alike
 */
export async function erpSync(
	run: Run,
	entity: Entity,
	payloads: ReadonlyArray<Record<string, unknown>>,
	options: ErpSyncOptions,
	tries = 0,
): Promise<ErpResults> {
	const results: ErpResults = new Map();
	const budget = { left: tries };
	for (const chunk of chunksOf(payloads, PER_ERP_CALL)) await storeTogether(run, entity, chunk, options, budget, results);
	return results;
}

async function storeTogether(
	run: Run,
	entity: Entity,
	payloads: ReadonlyArray<Record<string, unknown>>,
	options: ErpSyncOptions,
	budget: { left: number },
	results: ErpResults,
): Promise<void> {
	for (const { externalId, result } of await sendTogether(run, entity, payloads, options)) results.set(externalId, result);
	const failed = payloads.filter((payload) => failedTogether(results.get(String(payload.external_id))));
	if (failed.length < 2 || budget.left < 2) return;
	budget.left -= 2;
	const middle = Math.ceil(failed.length / 2);
	for (const half of [failed.slice(0, middle), failed.slice(middle)]) await storeTogether(run, entity, half, options, budget, results);
}

async function sendTogether(
	run: Run,
	entity: Entity,
	payloads: ReadonlyArray<Record<string, unknown>>,
	options: ErpSyncOptions,
): Promise<Listed['results']> {
	try {
		const { data } = await run.client.send({
			method: 'POST',
			path: 'api-erp-sync/sync',
			body: {
				[entity.plural]: payloads,
				options: { skip_unchanged: options.skipUnchanged, record_history: options.recordHistory },
				...(options.source ? { source: options.source } : {}),
			},
			repeatable: true,
			repeatSlow: false,
			signal: run.signal,
		});
		return readErpSync(data, entity.plural).results;
	} catch (error) {
		const failure = asFailure(error);
		if (failure.kind !== 'timeout' || payloads.length < 2) throw failure;
		const middle = Math.ceil(payloads.length / 2);
		const halves = [payloads.slice(0, middle), payloads.slice(middle)];
		return [...(await sendTogether(run, entity, halves[0], options)), ...(await sendTogether(run, entity, halves[1], options))];
	}
}

/** Whether a record may have failed for the fault of another one: not when it is said what it lacks, or what the table lacks. */
function failedTogether(result: RecordResult | undefined): boolean {
	return result?.action === 'error' && !/required|schema cache/i.test(result.reason);
}

/** The results name no source, so a call holds records of one only. */
export function bySource<T extends { record: { externalSource: string } }>(records: readonly T[]): T[][] {
	const groups = new Map<string, T[]>();
	for (const each of records) groups.set(each.record.externalSource, [...(groups.get(each.record.externalSource) ?? []), each]);
	return [...groups.values()];
}
