import { asFailure } from '../../shared/api/failure';
import { lacksSync, noteLacksSync, saysSyncIsLacking } from '../../shared/api/generation';
import { chunksOf } from '../../shared/core/chunk';
import type { Entity } from '../../shared/core/entities';
import { isStoredWhole } from '../../shared/core/erpSync';
import { keyOf } from '../../shared/core/identity';
import { asText } from '../../shared/core/values';
import type { Outcome, Run } from '../helpers/run';
import { Bulk } from './bulk';
import { bySource, erpSync, PER_ERP_CALL, preview, type ErpSyncOptions } from './erpSync';
import { prepare, type Ready } from './prepare';
import { refusal } from './settle';

/** What a sync of each item's record would do. Writes nothing. */
export async function previewAll(run: Run, entity: Entity): Promise<Outcome[]> {
	const prepared = await prepare(run, entity);
	const bulk = await Bulk.of(run, entity, prepared);
	for (const round of prepared.rounds) {
		const records = round.flatMap((entry) => prepared.ready(entry) ?? []);
		for (const group of bySource(records)) await previewGroup(run, entity, group, bulk);
	}
	const outcomes = bulk.finish([]);
	const all = outcomes.flatMap((outcome) => ('json' in outcome ? [outcome.json.status] : []));
	if (entity.name === 'job' && all.length > 0 && all.every((status) => status === 'create') && (await run.generation()) !== 'documented') {
		run.warn("From 0.2 on the preview of Eryxon usually finds no job, so 'create' may stand for jobs that it has. A sync updates those.");
	}
	return outcomes;
}

async function previewGroup(run: Run, entity: Entity, group: readonly Ready[], bulk: Bulk): Promise<void> {
	try {
		const found = await preview(run, entity, group.map(({ payload }) => payload));
		for (const ready of group) {
			const { record, hash, item } = ready;
			const answer = found.get(keyOf(record.externalSource, record.externalId));
			if (!answer || answer.status === 'error') bulk.failed(ready, refusal(answer?.error ?? 'nothing about this record'));
			else {
				const { status, id = null, changes } = answer;
				const { externalId: external_id, externalSource: external_source } = record;
				bulk.outcomes[item] = { json: { status, id, external_id, external_source, sync_hash: hash, changes } };
			}
		}
	} catch (error) {
		for (const ready of group) bulk.failed(ready, asFailure(error));
	}
}

/**
 * Stores each item's record by Eryxon's ERP sync, which skips what has not changed. A record of which it would drop or
 * overwrite something goes by Bulk Sync instead, and so do those that it refuses: new jobs from 0.2 on, and all new
 * records of a call in which one is bad.
 */
export async function erpSyncAll(run: Run, entity: Entity): Promise<Outcome[]> {
	const options: ErpSyncOptions = {
		skipUnchanged: run.option('skip') !== false,
		recordHistory: run.option('recordHistory') !== false,
		source: asText(run.option('label')) || undefined,
	};
	const prepared = await prepare(run, entity);
	const bulk = await Bulk.of(run, entity, prepared);
	for (const round of prepared.rounds) {
		const records = round.flatMap((entry) => prepared.ready(entry) ?? []);
		const whole = lacksSync(run.client, entity.name) ? [] : records.filter(({ payload }) => isStoredWhole(entity.name, payload));
		const partly = records.filter((each) => !whole.includes(each));
		const refused: Ready[] = [];
		for (const group of bySource(whole)) {
			for (const chunk of chunksOf(group, PER_ERP_CALL)) refused.push(...(await storeChunk(run, entity, chunk, options, bulk)));
		}
		// What the ERP sync refused need not be compared once more.
		await bulk.store(refused, 'off');
		await bulk.store(partly, options.skipUnchanged ? 'preview' : 'off');
	}
	return bulk.finish([]);
}

/** @returns the records that the ERP sync did not take */
async function storeChunk(run: Run, entity: Entity, chunk: readonly Ready[], options: ErpSyncOptions, bulk: Bulk): Promise<Ready[]> {
	try {
		if (bulk.stopped) throw bulk.stopped;
		const results = await erpSync(run, entity, chunk.map(({ payload }) => payload), options);
		return chunk.filter((ready) => {
			const result = results.get(ready.record.externalId);
			if (result?.action === 'error' && saysSyncIsLacking(result.reason)) noteLacksSync(run.client, entity.name, true);
			if (result && result.action !== 'error') bulk.stored(ready, { kind: 'stored', action: result.action, id: result.id, confirmedBy: 'answer' });
			return !result || result.action === 'error';
		});
	} catch (error) {
		for (const ready of chunk) bulk.failed(ready, asFailure(error));
		return [];
	}
}
