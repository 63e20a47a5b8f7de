import { asFailure, endsEverything, EryxonFailure } from '../../shared/api/failure';
import { chunksOf } from '../../shared/core/chunk';
import type { Entity } from '../../shared/core/entities';
import { keyOf } from '../../shared/core/identity';
import { asText } from '../../shared/core/values';
import type { Outcome, Run } from '../helpers/run';
import { erpSync, PER_ERP_CALL, preview } from './erpSync';
import { resultOf } from './outcome';
import { prepare, tellAbout, withKey, type Prepared, type Ready } from './prepare';
import { refusal } from './settle';

/** What a sync of each item's record would do. Writes nothing. */
export async function previewAll(run: Run, entity: Entity): Promise<Outcome[]> {
	return await inCalls(run, entity, async (chunk) => {
		const found = await preview(run, entity, chunk.map(({ payload }) => payload));
		return chunk.map(({ record, hash }): Outcome => {
			const answer = found.get(keyOf(record.externalSource, record.externalId));
			if (!answer || answer.status === 'error') return { thrown: refusal(answer?.error ?? 'nothing about this record') };
			return {
				json: {
					status: answer.status,
					id: answer.id ?? null,
					external_id: record.externalId,
					external_source: record.externalSource,
					sync_hash: hash,
					changes: answer.changes,
				},
			};
		});
	});
}

/** Stores each item's record by Eryxon's ERP sync, which skips what has not changed. */
export async function erpSyncAll(run: Run, entity: Entity): Promise<Outcome[]> {
	const options = {
		skipUnchanged: run.option('skip') !== false,
		recordHistory: run.option('recordHistory') !== false,
		source: asText(run.option('label')) || undefined,
	};
	return await inCalls(run, entity, async (chunk) => {
		const results = await erpSync(run, entity, chunk.map(({ payload }) => payload), options);
		return chunk.map(({ record, hash }): Outcome => {
			const result = results.get(record.externalId);
			if (!result || result.action === 'error') return { thrown: refusal(result?.reason ?? 'nothing about this record') };
			return { json: resultOf(record, { ...result, hash, confirmedBy: 'answer' }) };
		});
	});
}

async function inCalls(run: Run, entity: Entity, call: (chunk: readonly Ready[]) => Promise<Outcome[]>): Promise<Outcome[]> {
	const prepared: Prepared = await prepare(run, entity, true);
	const outcomes: Outcome[] = [];
	let ended: EryxonFailure | undefined;
	for (const round of prepared.rounds) {
		for (const group of sourcesOf(round.flatMap((entry) => prepared.ready(entry) ?? []))) {
			for (const chunk of chunksOf(group, PER_ERP_CALL)) {
				try {
					if (ended) throw ended;
					const results = await call(chunk);
					chunk.forEach(({ item, record, payload }, index) => {
						const result = results[index];
						outcomes[item] = 'thrown' in result ? { thrown: withKey(result.thrown, record, entity, payload) } : result;
						if ('json' in result && typeof result.json.id === 'string') prepared.resolver.add(record, result.json.id);
					});
				} catch (error) {
					const failure = asFailure(error);
					if (endsEverything(failure)) ended ??= failure;
					for (const { item, record } of chunk) outcomes[item] = { thrown: withKey(failure, record) };
				}
			}
		}
	}
	for (const [item, problem] of prepared.problems) outcomes[item] = { thrown: problem };
	tellAbout(run, entity, prepared, []);
	return outcomes;
}

/** The results name no source, so a call holds one only. */
function sourcesOf(records: readonly Ready[]): Ready[][] {
	const groups = new Map<string, Ready[]>();
	for (const each of records) groups.set(each.record.externalSource, [...(groups.get(each.record.externalSource) ?? []), each]);
	return [...groups.values()];
}
