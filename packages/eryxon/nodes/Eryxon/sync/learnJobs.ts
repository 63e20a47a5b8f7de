import { asFailure, endsEverything } from '../../shared/api/failure';
import { readRow, type Row } from '../../shared/core/answers';
import type { Entity } from '../../shared/core/entities';
import { keyOf } from '../../shared/core/identity';
import { payloadOf, type SyncRecord } from '../../shared/core/record';
import type { Run } from '../helpers/run';
import { erpSync, lookUp } from './erpSync';
import type { ParentResolver } from './resolve';

/** Parts that are tried for a job before it is given up. */
const TRIES = 3;

/**
 * Finds the IDs of jobs that only the ERP sync of this server can find by external ID: one part of each job is stored
 * that way, and the stored part tells its job. All parts, this one included, are synced as usual afterwards.
 */
export async function learnJobs(run: Run, entity: Entity, resolver: ParentResolver, records: readonly SyncRecord[]): Promise<void> {
	for (const key of resolver.unknownJobs()) {
		const parts = records.filter((record) => record.parents.some(({ field, value }) => field === FIELD && keyOf(record.externalSource, value) === key));
		for (const part of parts.slice(0, TRIES)) {
			const jobId = await jobOf(run, entity, part);
			if (jobId === undefined) continue;
			resolver.learned(key, jobId);
			break;
		}
	}
}

const FIELD = 'job_external_id';

async function jobOf(run: Run, entity: Entity, record: SyncRecord): Promise<string | undefined> {
	const value = record.parents.find(({ field }) => field === FIELD)?.value ?? '';
	const { payload } = payloadOf(entity, record, { [FIELD]: value }, await run.generation());
	try {
		const kept = await keptValues(run, entity, record, payload);
		if (kept === undefined) return undefined;
		const results = await erpSync(run, entity, [{ ...payload, ...kept }], { skipUnchanged: false, recordHistory: false });
		const result = results.get(record.externalId);
		if (!result || result.action === 'error' || !result.id) return undefined;
		const row = readRow((await run.client.get(entity.path, { id: result.id }, run.signal)).data);
		const jobId = (row?.job as Row | undefined)?.id ?? row?.job_id;
		return typeof jobId === 'string' ? jobId : undefined;
	} catch (error) {
		const failure = asFailure(error);
		if (endsEverything(failure)) throw failure;
		return undefined;
	}
}

/**
 * The ERP sync puts defaults in the place of what an existing part has and the input lacks.
 *
 * @returns undefined for a new part without material, which would be stored with an invented one
 */
async function keptValues(run: Run, entity: Entity, { externalId, externalSource }: SyncRecord, payload: Row): Promise<Row | undefined> {
	if (payload.material !== undefined && payload.quantity !== undefined) return {};
	const id = (await lookUp(run, entity.name, [{ externalId, externalSource }])).get(keyOf(externalSource, externalId));
	if (id === undefined) return payload.material === undefined ? undefined : {};
	const row = readRow((await run.client.get(entity.path, { id }, run.signal)).data) ?? {};
	return Object.fromEntries(['material', 'quantity'].filter((name) => payload[name] === undefined && row[name] != null).map((name) => [name, row[name]]));
}
