import { asFailure, endsEverything, EryxonFailure } from '../../shared/api/failure';
import type { Entity } from '../../shared/core/entities';
import type { Outcome, Run } from '../helpers/run';
import { resultOf, settleMerged } from './outcome';
import { prepare, tellAbout, withKey, type Ready } from './prepare';
import { lacksSyncOf, storeWithoutSync } from './roundabout';
import type { Settled } from './settle';
import { hashField, skipMode, unchanged } from './skip';
import { storeOne } from './storeOne';

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
		const skipped = await unchanged(run, entity, records, skipMode(run));
		for (const each of records) {
			const { item, record, hash } = each;
			const same = skipped.get(item);
			if (ended !== undefined || run.signal?.aborted) {
				outcomes[item] = { thrown: ended ?? new EryxonFailure('aborted', 'The execution was canceled') };
			} else if (same) {
				outcomes[item] = { json: resultOf(record, { action: 'skipped', id: same.id, hash, confirmedBy: null }) };
				if (same.id) prepared.resolver.add(record, same.id);
			} else {
				try {
					const { id, action, confirmedBy, row } = await storeAnyWay(run, entity, each);
					if (id) prepared.resolver.add(record, id);
					outcomes[item] = { json: resultOf(record, { action, id, hash, confirmedBy, row }) };
				} catch (error) {
					outcomes[item] = { thrown: withKey(error, record, entity, each.payload) };
					if (!goOn || endsEverything(asFailure(error))) ended = error;
				}
			}
		}
		if (ended !== undefined && !goOn) break;
	}
	for (const [item, problem] of prepared.problems) outcomes[item] = { thrown: problem };
	settleMerged(outcomes, prepared.merged);
	tellAbout(run, entity, prepared, [hashField(run)]);
	return outcomes;
}

type Stored = Settled & { kind: 'stored'; row?: Record<string, unknown> };

/** By the sync of its kind, or by the way round where the server has no sync for it. */
async function storeAnyWay(run: Run, entity: Entity, ready: Ready): Promise<Stored> {
	const { lacks, first } = await lacksSyncOf(run, entity, ready);
	if (first?.kind === 'failed') throw asFailure(first.failure);
	if (first?.kind === 'stored') return first;
	if (!lacks) return { kind: 'stored', confirmedBy: 'answer', ...(await storeOne(run, entity, ready)) };
	let outcome: Stored | undefined;
	let failure: EryxonFailure | undefined;
	await storeWithoutSync(run, entity, [ready], {
		stored: (_ready, stored) => (outcome = stored),
		failed: (_ready, why) => (failure = why),
	});
	if (outcome) return outcome;
	throw asFailure(failure);
}
