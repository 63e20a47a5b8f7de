import { asFailure, endsEverything } from '../../shared/api/failure';
import { readSynced, type Synced } from '../../shared/core/answers';
import type { Entity } from '../../shared/core/entities';
import type { Outcome, Run } from '../helpers/run';
import { resultOf } from './outcome';
import { prepare, tellAbout, withKey, type Ready } from './prepare';
import { hashField, unchanged } from './skip';

/** Stores one record: creates it, or updates the one with its external key. A repeat makes no second one. */
export async function syncOne(run: Run, entity: Entity, { record, payload }: Ready): Promise<Synced> {
	try {
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

/**
 * Syncs the record of every item, one after the other: Eryxon looks a record up before it writes, so that two calls at
 * once could both create it.
 */
export async function syncAll(run: Run, entity: Entity): Promise<Outcome[]> {
	const goOn = run.context.continueOnFail();
	const prepared = await prepare(run, entity);
	const outcomes: Outcome[] = [];
	let ended: unknown;
	for (const round of prepared.rounds) {
		const records = round.flatMap((entry) => prepared.ready(entry) ?? []);
		if (!goOn && prepared.problems.size > 0) break;
		const skipped = await unchanged(run, entity, records);
		for (const each of records) {
			const { item, record, hash } = each;
			const same = skipped.get(item);
			if (ended !== undefined || run.signal?.aborted) {
				outcomes[item] = { thrown: ended ?? asFailure(new Error('The execution was canceled')) };
			} else if (same) {
				outcomes[item] = { json: resultOf(record, { action: 'skipped', id: same.id, hash, confirmedBy: null }) };
				if (same.id) prepared.resolver.add(record, same.id);
			} else {
				try {
					const { id, action, row } = await syncOne(run, entity, each);
					if (id) prepared.resolver.add(record, id);
					outcomes[item] = { json: resultOf(record, { action, id, hash, confirmedBy: 'answer', row }) };
				} catch (error) {
					outcomes[item] = { thrown: error };
					if (!goOn || endsEverything(asFailure(error))) ended = error;
				}
			}
		}
		if (ended !== undefined && !goOn) break;
	}
	for (const [item, problem] of prepared.problems) outcomes[item] = { thrown: problem };
	tellAbout(run, entity, prepared, [hashField(run)]);
	return outcomes;
}
