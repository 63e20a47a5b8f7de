import { isObject } from '../web/http.mts';
import { insertOne } from './crud.mts';
import { ApiError, DatabaseError } from './errors.mts';
import type { Site } from './site.mts';
import type { Values } from './table.mts';

const objects = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isObject) : []);

/**
 * A job with its parts and operations in one call: row by row, without a transaction. Children that fail are listed
 * in `warnings` while the answer stays 201.
 */
export function createNested(site: Site, body: Values): Values {
	const { parts, ...own } = body;
	const job = insertOne(site, 'jobs', own);
	const details: Values[] = [];
	const made: Values[] = [];
	let failedParts = 0;
	let failedOperations = 0;
	const attempt = (what: Values, write: () => Values): Values | undefined => {
		try {
			return write();
		} catch (error) {
			if (!(error instanceof DatabaseError) && !(error instanceof ApiError)) throw error;
			details.push({ ...what, error: error.message });
			return undefined;
		}
	};
	for (const { operations, ...part } of objects(parts)) {
		const row = attempt({ part_number: part.part_number }, () => insertOne(site, 'parts', { ...part, job_id: job.id }));
		if (!row) {
			failedParts += 1;
			continue;
		}
		const steps: Values[] = [];
		for (const operation of objects(operations)) {
			const name = { part_number: part.part_number, operation_name: operation.operation_name };
			const step = attempt(name, () => insertOne(site, 'operations', { ...operation, part_id: row.id }));
			if (step) steps.push({ ...step });
			else failedOperations += 1;
		}
		made.push({ ...row, operations: steps });
	}
	const failed = failedParts + failedOperations > 0;
	const warnings = {
		message: 'Some parts or operations could not be created',
		failed_parts: failedParts,
		failed_operations: failedOperations,
		details,
	};
	return { job: { ...job, parts: made, ...(failed ? { warnings } : {}) } };
}
