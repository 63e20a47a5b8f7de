import { asFailure } from '../../shared/api/failure';
import { readSynced, type Synced } from '../../shared/core/answers';
import type { Entity } from '../../shared/core/entities';
import type { Run } from '../helpers/run';
import { erpSync } from './erpSync';
import { withKey, type Ready } from './prepare';
import { refusal } from './settle';

/** Stores one record: creates it, or updates the one with its external key. A repeat makes no second one. */
export async function storeOne(run: Run, entity: Entity, { record, payload }: Ready): Promise<Synced> {
	try {
		if (payload.job_external_id !== undefined && (await run.generation()) !== 'documented') {
			const result = (await erpSync(run, entity, [payload], { skipUnchanged: false, recordHistory: false })).get(record.externalId);
			if (!result || result.action === 'error') throw refusal(result?.reason ?? 'nothing about this record');
			return { id: result.id, action: result.action === 'created' ? 'created' : 'updated' };
		}
		const { data, status } = await run.client.send({
			method: 'PUT',
			path: `${entity.path}/sync`,
			body: payload,
			repeatable: true,
			signal: run.signal,
		});
		return readSynced(data, status);
	} catch (error) {
		throw withKey(asFailure(error), record, entity, payload);
	}
}
