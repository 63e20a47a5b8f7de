import type { IDataObject } from 'n8n-workflow';

import type { SyncRecord } from '../../shared/core/record';
import type { Outcome } from '../helpers/run';

/** How it is known that a record is stored. */
export type ConfirmedBy =
	/** The answer has a result for this record. */
	| 'answer'
	/** Read back by its external key, with the content that was sent. */
	| 'external_key'
	/** The call's numbers add up, and the list shows the record. */
	| 'list'
	/** Sent once more alone. */
	| 'sync'
	/** The ERP sync skips it, since what is stored has the hash of what was sent. */
	| 'erp_sync'
	/** The stored row, field by field, as a create or change of it answered. */
	| 'row';

export type Action = 'created' | 'updated' | 'stored' | 'skipped' | 'accepted';

/** One result, in the names of the API so that the next node can take it. */
export function resultOf(
	record: SyncRecord,
	result: { action: Action; id?: string; hash: string; confirmedBy: ConfirmedBy | null; row?: Record<string, unknown> },
): IDataObject {
	return {
		action: result.action,
		id: result.id ?? null,
		external_id: record.externalId,
		external_source: record.externalSource,
		sync_hash: result.hash,
		confirmed_by: result.confirmedBy,
		...(result.row ? { record: result.row as IDataObject } : {}),
	};
}

/** Earlier records with the key of a later one: what became of the later one became of them. */
export function settleMerged(outcomes: Outcome[], merged: ReadonlyMap<number, number>): void {
	for (const [earlier, later] of merged) {
		const outcome = outcomes[later];
		if (!outcome) continue;
		outcomes[earlier] = 'json' in outcome && 'action' in outcome.json ? { json: { ...outcome.json, action: 'merged' } } : outcome;
	}
}
