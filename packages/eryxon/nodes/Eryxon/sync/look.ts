import type { IDataObject } from 'n8n-workflow';

import type { Row } from '../../shared/core/answers';
import type { Entity } from '../../shared/core/entities';
import type { Run } from '../helpers/run';
import type { Ready } from './prepare';

/** With fewer records than that, each is looked for by its number. */
const FEW = 5;
/** With more parents than that, the whole list is read. */
const FEW_PARENTS = 20;

/**
 * IDs of records as the list shows them, by item: by number, or (operations) by part, name and sequence. The list shows
 * no external keys, so this is only good where the server's own count says that the record is stored. What is not found
 * exactly once is left out.
 */
export async function lookInList(run: Run, entity: Entity, records: readonly Ready[]): Promise<Map<number, string>> {
	const found = new Map<number, string[]>();
	const wanted = new Map<string, number[]>();
	const identify = entity.name === 'operation' ? operationIdentity : numberIdentity(entity);
	for (const { item, payload } of records) {
		const identity = identify(payload);
		wanted.set(identity, [...(wanted.get(identity) ?? []), item]);
	}
	for (const query of queriesFor(entity, records)) {
		for (const row of await run.client.list(entity.path, query, entity.order, undefined, run.signal)) {
			for (const item of wanted.get(identify(row)) ?? []) found.set(item, [...(found.get(item) ?? []), String(row.id)]);
		}
	}
	const single = [...found].filter(([, ids]) => new Set(ids).size === 1);
	const used = new Map<string, number>();
	for (const [, [id]] of single) used.set(id, (used.get(id) ?? 0) + 1);
	return new Map(single.filter(([, [id]]) => used.get(id) === 1).map(([item, [id]]) => [item, id]));
}

function numberIdentity({ number }: Entity): (row: Row) => string {
	return (row) => String(row[number] ?? '').trim();
}

function operationIdentity(row: Row): string {
	const part = row.part_id ?? (row.part as Row | undefined)?.id;
	return JSON.stringify([part, row.operation_name, row.sequence]);
}

function queriesFor(entity: Entity, records: readonly Ready[]): IDataObject[] {
	if (entity.name === 'operation') {
		const parts = [...new Set(records.map(({ payload }) => payload.part_id))];
		if (parts.length <= FEW_PARENTS && parts.every((part) => typeof part === 'string')) return parts.map((part) => ({ part_id: part as string }));
	}
	if (entity.name === 'job' && records.length <= FEW) return records.map(({ payload }) => ({ job_number: String(payload.job_number) }));
	return [{}];
}
