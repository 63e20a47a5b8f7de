import type { Row } from './answers';
import type { EntityName } from './entities';
import { ORDER } from './entities';
import { keyOf } from './identity';
import { RecordProblem } from './problem';
import type { Named, SyncRecord } from './record';

/** Every parent that has to be looked up, each once. */
export interface ParentPlan {
	/** Kind → key → external key. */
	external: Map<EntityName, Map<string, { externalId: string; externalSource: string }>>;
	/** Kind → numbers or names. */
	numbers: Map<EntityName, Set<string>>;
}

/** What a look-up found: one ID, several records, or none. */
export type Found = { id: string } | { several: Row[] } | undefined;

export function planParents(records: readonly SyncRecord[]): ParentPlan {
	const plan: ParentPlan = { external: new Map(), numbers: new Map() };
	for (const { parents, externalSource } of records) {
		for (const { reference, by, value } of parents) {
			if (by === 'externalId') {
				const keys = plan.external.get(reference.to) ?? new Map();
				plan.external.set(reference.to, keys.set(keyOf(externalSource, value), { externalId: value, externalSource }));
			} else if (by === 'number') {
				plan.numbers.set(reference.to, (plan.numbers.get(reference.to) ?? new Set()).add(value));
			}
		}
	}
	return plan;
}

/** Records whose number or name is exactly this one: filters of the API find what contains it. */
export function exactly(rows: readonly Row[], field: string, value: string): Found {
	const same = rows.filter((row) => String(row[field] ?? '').trim() === value);
	if (same.length === 0) return undefined;
	return same.length === 1 ? { id: String(same[0].id) } : { several: same };
}

/** @throws RecordProblem when there is none, or more than one: a parent is never guessed */
export function only(named: Named, found: Found): string {
	const { field, value, reference } = named;
	const what = reference.label.toLowerCase();
	if (found === undefined) {
		throw new RecordProblem(`'${field}' is ${value}: Eryxon has no such ${what}`, `Sync parents before their children: ${ORDER}. Spelling matters, including upper and lower case.`, field);
	}
	if ('several' in found) {
		const shown = found.several.slice(0, 10).map(describe).join('; ');
		const more = found.several.length > 10 ? ` and ${found.several.length - 10} more` : '';
		const byId = reference.by.find(({ by }) => by === 'id')?.field ?? reference.column;
		throw new RecordProblem(`'${field}' is ${value}, which ${found.several.length} records have: ${shown}${more}`, `Use '${byId}' to identify the ${what}.`, field);
	}
	return found.id;
}

function describe(row: Row): string {
	const name = row.job_number ?? row.part_number ?? row.operation_name ?? row.name;
	const job = row.job as Row | undefined;
	return [name, job?.job_number ? `job ${String(job.job_number)}` : undefined, `ID ${String(row.id)}`].filter(Boolean).join(', ');
}
