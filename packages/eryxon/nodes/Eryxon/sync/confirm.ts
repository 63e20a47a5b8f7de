import { asFailure, endsEverything } from '../../shared/api/failure';
import type { Entity } from '../../shared/core/entities';
import { isStoredWhole, storedPart } from '../../shared/core/erpSync';
import type { Run } from '../helpers/run';
import { bySource, erpSync } from './erpSync';
import type { Ready } from './prepare';
import type { Settled } from './settle';

/**
 * Asks the ERP sync for the same records: it skips each one whose stored hash is that of what was sent, which a bulk
 * writes together with the record, and names its ID. One call for 100 records.
 *
 * @returns by item; what is not proven is left out or `unchecked`
 */
export async function confirmByErpSync(run: Run, entity: Entity, records: readonly Ready[]): Promise<Map<number, Settled>> {
	const known = new Map<number, Settled>();
	for (const group of bySource(records)) {
		try {
			const results = await erpSync(run, entity, group.map(({ payload }) => payload), { skipUnchanged: true, recordHistory: false });
			for (const { item, record, payload } of group) {
				const result = results.get(record.externalId);
				if (result?.action === 'skipped') known.set(item, { kind: 'stored', action: 'stored', id: result.id, confirmedBy: 'erp_sync' });
				else if (result && result.action !== 'error' && isStoredWhole(entity.name, payload)) known.set(item, { kind: 'stored', action: result.action, id: result.id, confirmedBy: 'answer' });
				else if (result && result.action !== 'error') run.doubtful.add(item);
			}
		} catch (error) {
			const failure = asFailure(error);
			for (const { item } of group) known.set(item, { kind: 'unchecked', failure });
		}
	}
	return known;
}

/**
 * The ERP sync stored part of a record that Eryxon had refused, under the hash of the whole: the next sync would skip it.
 * Storing that part under its own hash lets the next one see the difference.
 */
export async function forgetHash(run: Run, entity: Entity, { item, payload }: Ready): Promise<void> {
	if (!run.doubtful.delete(item)) return;
	try {
		await erpSync(run, entity, [storedPart(entity.name, payload)], { skipUnchanged: false, recordHistory: false });
	} catch (error) {
		// The record is reported as failed in any case.
		if (!endsEverything(asFailure(error))) run.warn(`The failed record with the external ID '${String(payload.external_id)}' may be skipped by the next ERP sync although it is stored in part.`);
	}
}
