import { adviceFor } from '../../shared/api/classify';
import { asFailure, EryxonFailure } from '../../shared/api/failure';
import type { Counted, Listed, RecordResult } from '../../shared/core/answers';
import type { Entity, Generation } from '../../shared/core/entities';
import { keyOf } from '../../shared/core/identity';
import type { Run } from '../helpers/run';
import { preview, type Previewed } from './erpSync';
import type { Action, ConfirmedBy } from './outcome';
import type { Ready } from './prepare';

/** What is known of a record after its bulk call. */
export type Settled =
	| { kind: 'stored'; action: Action; id?: string; confirmedBy: ConfirmedBy | null }
	| { kind: 'failed'; failure: EryxonFailure }
	/** Counted as stored by numbers that add up; a look at the list has to show it. */
	| { kind: 'look'; action: Action }
	/** Nothing is known: only a sync of its own tells. */
	| { kind: 'ask' }
	/** Sent, but reading back failed. */
	| { kind: 'unchecked'; failure: EryxonFailure };

export function refusal(reason: string): EryxonFailure {
	const taken = /duplicate key|unique constraint|already exists/i.test(reason);
	return new EryxonFailure('refused', `Eryxon answered: ${reason}`, {
		...(taken
			? { hint: 'Another record has this key, number or name. Often it is a deleted record: Eryxon keeps its key, and the API cannot restore it.' }
			: adviceFor(reason)),
	});
}

/** An answer with one result for each record. What it does not mention has to be asked for. */
export function settleListed(records: readonly Ready[], { results }: Listed): Settled[] {
	const inOrder = results.length === records.length && results.every(({ externalId }, index) => externalId === records[index].record.externalId);
	const byId = new Map<string, RecordResult[]>();
	for (const { externalId, result } of results) byId.set(externalId, [...(byId.get(externalId) ?? []), result]);
	return records.map(({ record }, index): Settled => {
		const all = byId.get(record.externalId) ?? [];
		// Two sources may use one key; then only the order tells which result is whose.
		const result = inOrder ? results[index].result : all.length === 1 ? all[0] : undefined;
		return result ? settledBy(result, 'answer') : { kind: 'ask' };
	});
}

export function settledBy(result: RecordResult, confirmedBy: ConfirmedBy): Settled {
	if (result.action === 'error') return { kind: 'failed', failure: refusal(result.reason) };
	return { kind: 'stored', action: result.action, id: result.id, confirmedBy };
}

/** What an answer tells that only counts. */
export interface Counting {
	/** Index of a record → why it failed. */
	failures: Map<number, EryxonFailure>;
	/** The numbers add up, and this generation counts right: before 0.10 what the database refused counts as stored. */
	trusted: boolean;
	/** What happened to those that did not fail. */
	action: Action;
}

export function countingOf(generation: Generation, records: readonly Ready[], counted: Counted): Counting {
	const { failures, unnamed } = failuresOf(records, counted);
	const rest = records.length - failures.size;
	const addsUp = unnamed === 0 && counted.failed === failures.size && counted.created + counted.updated === rest;
	const action: Action = addsUp && counted.updated === 0 ? 'created' : addsUp && counted.created === 0 ? 'updated' : 'stored';
	return { failures, trusted: addsUp && generation === 'strict', action };
}

/** What Eryxon shows of records by their external keys. */
export type Shown = { found: Map<string, Previewed> } | { failure: EryxonFailure };

/** Who failed is named in the answer; all others are what was read back, which is nothing when it is not wanted. */
export function settleCounted(records: readonly Ready[], { failures, trusted, action }: Counting, shown: Shown | undefined): Settled[] {
	return records.map((each, index): Settled => {
		const failure = failures.get(index);
		if (failure) return { kind: 'failed', failure };
		if (shown === undefined) return { kind: 'stored', action: 'accepted', confirmedBy: null };
		if ('failure' in shown) return { kind: 'unchecked', failure: shown.failure };
		const found = shown.found.get(keyOf(each.record.externalSource, each.record.externalId));
		if (found?.id !== undefined && (trusted || sameContent(found))) {
			return { kind: 'stored', action, id: found.id, confirmedBy: 'external_key' };
		}
		return trusted ? { kind: 'look', action } : { kind: 'ask' };
	});
}

function failuresOf(records: readonly Ready[], { errors }: Counted): { failures: Map<number, EryxonFailure>; unnamed: number } {
	const failures = new Map<number, EryxonFailure>();
	const byId = new Map<string, number[]>();
	records.forEach(({ record }, index) => byId.set(record.externalId, [...(byId.get(record.externalId) ?? []), index]));
	let unnamed = 0;
	for (const { externalId, externalSource, index, reason } of errors) {
		const candidates = index !== undefined && index in records ? [index] : (byId.get(externalId ?? '') ?? []);
		const fitting = candidates.filter((each) => externalSource === undefined || records[each].record.externalSource === externalSource);
		if (fitting.length === 1) failures.set(fitting[0], refusal(reason));
		else unnamed++;
	}
	return { failures, unnamed };
}

/** Reads records back by external key; jobs are confirmed by the ERP sync, as most previews do not find them. */
export async function readBack(run: Run, entity: Entity, records: readonly Ready[]): Promise<Shown> {
	if (!entity.erpSync || records.length === 0) return { found: new Map() };
	try {
		return { found: await preview(run, entity, records.map(({ payload }) => payload)) };
	} catch (error) {
		return { failure: asFailure(error) };
	}
}

/** The stored content is what was sent: the hashes agree, or no field that the preview compares differs. */
function sameContent({ status, changes }: Previewed): boolean {
	return status === 'unchanged' || (status === 'update' && changes.every((change) => /hash mismatch/i.test(change)));
}
