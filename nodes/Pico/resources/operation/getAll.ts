import type { IDataObject } from 'n8n-workflow';

import { operationsDocument, type Where } from '../../../shared/api/documents/reads';
import { rowsOf } from '../../../shared/events/event';
import { operationChanged } from '../../../shared/events/kinds';
import { asText } from '../../../shared/events/read';
import { shaper } from '../../../shared/events/shape';
import { compareTimestamps } from '../../../shared/events/timestamp';
import type { Row } from '../../../shared/events/types';
import { isArchived } from '../../helpers/operations';
import { readOutput } from '../../helpers/output';
import { asEntered, option, timestamp } from '../../helpers/parameters';
import { readLimit } from '../../helpers/returnAll';
import type { Execute, Run } from '../../helpers/run';

interface Filters {
	partNumber: string;
	revision: string;
	/** Lower case. */
	name: string;
	updatedAfter?: string;
	includeArchived: boolean;
}

export const execute: Execute = async (run, item) => {
	const limit = readLimit(run, item);
	const filters = readFilters(run, item);
	const output = readOutput(run, item);
	const where: Where = {};
	if (filters.partNumber) where.externalId = { _eq: filters.partNumber };
	if (filters.updatedAfter) where.updatedAt = { _gt: filters.updatedAfter };

	// Filters need these fields, also where the user does not want to see them.
	const fields = output.fields && [...output.fields, 'name', 'archivedAt'];
	const data = await run.read((dialect) => operationsDocument(dialect, where, fields));
	const [isWanted, shape] = [passes(filters), shaper(operationChanged, output)];
	const found: IDataObject[] = [];
	for (const row of rowsOf(data.operations).rows) {
		if (found.length >= limit) break;
		if (isWanted(row)) found.push(shape(row) as IDataObject);
	}
	return found;
};

function readFilters(run: Run, item: number): Filters {
	const text = (name: string) => asEntered(option(run, item, `filters.${name}`)).trim();
	return {
		partNumber: text('partNumber'),
		revision: text('revision'),
		name: text('name').toLowerCase(),
		updatedAfter: timestamp(run, option(run, item, 'filters.updatedAfter'), 'Updated After'),
		includeArchived: option(run, item, 'filters.includeArchived') === true,
	};
}

/** Holds also for what the server filtered: one that ignores a filter it does not know must not leak rows. */
function passes({ partNumber, revision, name, updatedAfter, includeArchived }: Filters): (row: Row) => boolean {
	return (row) =>
		(includeArchived || !isArchived(row)) &&
		(partNumber === '' || asText(row.externalId) === partNumber) &&
		(revision === '' || asText(row.externalRevision) === revision) &&
		(name === '' || (asText(row.name) ?? '').toLowerCase().includes(name)) &&
		(updatedAfter === undefined || compareTimestamps(String(row.updatedAt), updatedAfter) > 0);
}
