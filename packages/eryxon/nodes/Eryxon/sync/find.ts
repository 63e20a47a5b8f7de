import type { IDataObject } from 'n8n-workflow';

import type { Row } from '../../shared/core/answers';
import { ENTITIES, type EntityName } from '../../shared/core/entities';
import { exactly, type Found } from '../../shared/core/parents';
import type { Run } from '../helpers/run';

/** With more numbers than that, one walk through the list needs fewer calls. */
const ONE_BY_ONE = 20;

/** The filter that finds a number, or what contains it; cells have none and are few. */
const FILTER: Partial<Record<EntityName, string>> = { job: 'job_number', part: 'search', operation: 'search', resource: 'search' };

/** Signs that mean something in a filter of Eryxon. */
const BREAKS_FILTER = /[,()"'\\*%:]/;

/** Finds records by number or name, exactly. */
export async function findByNumber(run: Run, name: EntityName, numbers: readonly string[]): Promise<Map<string, Found>> {
	const { number: field } = ENTITIES[name];
	const filter = FILTER[name];
	const found = new Map<string, Found>();
	if (filter !== undefined && numbers.length <= ONE_BY_ONE && !numbers.some((each) => BREAKS_FILTER.test(each))) {
		for (const each of numbers) found.set(each, exactly(await listOnce(run, name, { [filter]: each }), field, each));
		return found;
	}
	const byNumber = new Map<string, Row[]>();
	for (const row of await listOnce(run, name)) {
		const number = String(row[field] ?? '').trim();
		byNumber.set(number, [...(byNumber.get(number) ?? []), row]);
	}
	for (const each of numbers) found.set(each, exactly(byNumber.get(each) ?? [], field, each));
	return found;
}

/** A whole list, read once in a run. */
export async function listOnce(run: Run, name: EntityName, query: IDataObject = {}): Promise<Row[]> {
	const { path, order } = ENTITIES[name];
	return await run.once(`${path} ${JSON.stringify(query)}`, async () => await run.client.list(path, query, order, undefined, run.signal));
}
