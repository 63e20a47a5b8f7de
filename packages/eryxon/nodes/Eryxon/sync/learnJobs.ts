import { readRow, type Row } from '../../shared/core/answers';
import { PAGE } from '../../shared/api/list';
import type { Entity } from '../../shared/core/entities';
import { isStoredWhole, storedPart } from '../../shared/core/erpSync';
import { keyOf } from '../../shared/core/identity';
import { payloadOf, type SyncRecord } from '../../shared/core/record';
import type { Run } from '../helpers/run';
import { bySource, erpSync, lookUp } from './erpSync';
import type { ParentResolver } from './resolve';

const FIELD = 'job_external_id';
/** With more parts than that, the list tells their jobs in fewer calls. */
const ONE_BY_ONE = 5;
/** Calls to find the parts that cannot be stored among those that can. */
const TRIES = 12;

interface Carrier {
	key: string;
	record: SyncRecord;
	payload: Row;
}

/**
 * Finds the IDs of jobs that only the ERP sync of this server can find by external ID. Parts that it stores whole go
 * that way and need no ID. For the jobs of other parts, one part of each is stored that way as far as it goes, and the
 * stored part tells its job; then it is synced as usual.
 */
export async function learnJobs(run: Run, entity: Entity, resolver: ParentResolver, records: readonly SyncRecord[]): Promise<void> {
	const unknown = resolver.unknownJobs();
	if (unknown.length === 0) return;
	const generation = await run.generation();
	const carriers: Carrier[] = [];
	for (const key of unknown) {
		const parts = records.flatMap((record) => {
			const named = record.parents.find(({ field, value }) => field === FIELD && keyOf(record.externalSource, value) === key);
			return named ? [{ key, record, payload: payloadOf(entity, record, { [FIELD]: named.value }, generation).payload }] : [];
		});
		const whole = parts.find(({ payload }) => isStoredWhole('part', payload));
		if (parts.every(({ payload }) => isStoredWhole('part', payload))) continue;
		carriers.push(whole ?? parts.find(({ payload }) => payload.material !== undefined) ?? parts[0]);
	}
	if (carriers.length === 0) return;
	const ids = await store(run, entity, resolver, await filled(run, entity, carriers));
	const jobs = await jobsOf(run, entity, [...ids.values()]);
	for (const [key, id] of ids) {
		const job = jobs.get(id);
		if (job === undefined) resolver.notLearned(key, 'the stored part does not show it');
		else resolver.learned(key, job);
	}
}

/** The ERP sync puts "Unknown" and 1 in the place of what an existing part has and the input lacks. */
async function filled(run: Run, entity: Entity, carriers: readonly Carrier[]): Promise<Carrier[]> {
	const lacking = carriers.filter(({ payload }) => payload.material === undefined || payload.quantity === undefined);
	const ids = lacking.length > 0 ? await lookUp(run, 'part', lacking.map(({ record }) => record)) : new Map<string, string>();
	const complete: Carrier[] = [];
	for (const carrier of carriers) {
		const { externalSource, externalId } = carrier.record;
		const id = lacking.includes(carrier) ? ids.get(keyOf(externalSource, externalId)) : undefined;
		const row = id === undefined ? {} : (readRow((await run.client.get(entity.path, { id }, run.signal)).data) ?? {});
		const { material, quantity } = row;
		complete.push({ ...carrier, payload: storedPart('part', { material, quantity, ...carrier.payload }) });
	}
	return complete;
}

/** @returns key of a job → ID of a part that is stored below it */
async function store(run: Run, entity: Entity, resolver: ParentResolver, carriers: readonly Carrier[]): Promise<Map<string, string>> {
	const ids = new Map<string, string>();
	const usable = carriers.filter(({ key, payload }) => {
		if (payload.material !== undefined) return true;
		resolver.notLearned(key, "a new part needs 'material'");
		return false;
	});
	for (const group of bySource(usable)) {
		const results = await erpSync(run, entity, group.map(({ payload }) => payload), { skipUnchanged: true, recordHistory: false }, TRIES);
		for (const { key, record } of group) {
			const result = results.get(record.externalId);
			if (result && result.action !== 'error' && result.id) ids.set(key, result.id);
			else resolver.notLearned(key, result?.action === 'error' ? result.reason : 'Eryxon says nothing about its part');
		}
	}
	return ids;
}

async function jobsOf(run: Run, entity: Entity, ids: readonly string[]): Promise<Map<string, string>> {
	const jobs = new Map<string, string>();
	const note = (row: Row | undefined) => {
		const job = (row?.job as Row | null | undefined)?.id ?? row?.job_id;
		if (typeof job === 'string') jobs.set(String(row?.id), job);
	};
	if (ids.length > ONE_BY_ONE) {
		// Parts that were stored just now stand first.
		for (const row of await run.client.list(entity.path, { sort: 'created_at', order: 'desc' }, {}, PAGE, run.signal)) note(row);
	}
	const left = ids.filter((id) => !jobs.has(id));
	if (left.length > ONE_BY_ONE) for (const row of await run.client.list(entity.path, {}, entity.order, undefined, run.signal)) note(row);
	else for (const id of left) note(readRow((await run.client.get(entity.path, { id }, run.signal)).data));
	return jobs;
}
