import { isObject } from '../web/http.mts';
import { insertOne } from './crud.mts';
import { ApiError, DatabaseError } from './errors.mts';
import type { Site } from './site.mts';
import type { Row, Values } from './table.mts';

const objects = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isObject) : []);

/**
 * A job with its parts and operations in one call: row by row, without a transaction. Children that fail are listed
 * in `warnings` while the answer stays 201.
 */
export function createNested(site: Site, body: Values): Values {
	const { parts, ...own } = body;
	const job = DatabaseError.during('create job', () => insertOne(site, 'jobs', own));
	const failedParts: Values[] = [];
	const failedOperations: Values[] = [];
	const made: Values[] = [];
	const attempt = (write: () => Row): Row | string => {
		try {
			return write();
		} catch (error) {
			if (!(error instanceof DatabaseError) && !(error instanceof ApiError)) throw error;
			return error.message;
		}
	};
	for (const { operations, ...part } of objects(parts)) {
		const row = attempt(() => insertOne(site, 'parts', { ...part, job_id: job.id }));
		if (typeof row === 'string') {
			failedParts.push({ part, error: row });
			continue;
		}
		const steps: Values[] = [];
		objects(operations).forEach((operation, index) => {
			const sequence = operation.sequence || index + 1;
			const step = attempt(() => insertOne(site, 'operations', { ...operation, part_id: row.id, sequence }));
			if (typeof step === 'string') failedOperations.push({ operation, part_id: row.id, error: step });
			else steps.push({ ...step });
		});
		made.push({ ...row, operations: steps });
	}
	const failed = failedParts.length + failedOperations.length > 0;
	const warnings = {
		message: 'Job created but some nested resources failed',
		failed_parts: failedParts.length,
		failed_operations: failedOperations.length,
		details: { parts: failedParts, operations: failedOperations },
	};
	return { job: { ...job, parts: made, ...(failed ? { warnings } : {}) } };
}
